"""From the table of runs to a report that opens offline, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from genre_core import runs
from genre_core.wording import score
from tests.browser import PATIENCE_MS, assert_fits, go, settled

pytestmark = pytest.mark.e2e


def tick(page: Page, row: int) -> None:
    """Tick a row of the table of runs, which is drawn on a canvas with the boxes in its first column."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table.locator("canvas").first).to_be_visible()
    settled(page)  # the grid measures itself before it takes clicks
    table.click(position={"x": 16, "y": 36 + 35 * row + 17})


def test_the_report_of_a_run_opens_offline(unchanged_server: str, page: Page, browser: Browser, tmp_path: Path) -> None:
    row = [info.name for info in runs.list_runs()].index("paper-random")
    info = runs.list_runs()[row]
    page.goto(f"{unchanged_server}/compare")
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    expect(page.get_by_text("can't be ranked")).to_be_visible()
    tick(page, row)
    expect(page.get_by_text("Measured on the test set of a random split").first).to_be_visible()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Report (HTML)").click()
    report = tmp_path / download.value.suggested_filename
    download.value.save_as(report)
    assert report.name == f"{info.name}.html"

    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    context.set_default_timeout(PATIENCE_MS)
    paper = context.new_page()
    requested: list[str] = []
    problems: list[str] = []
    paper.on("request", lambda request: requested.append(request.url))
    paper.on("pageerror", lambda error: problems.append(str(error)))
    paper.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    paper.goto(report.as_uri())
    matrix = paper.locator("[data-figure=matrix-counts]")
    expect(matrix.locator(".heatmaplayer image").first).to_be_attached()
    counts = runs.load_run(info.name).evaluation().confusion.ravel().tolist()
    expect(matrix.locator(".annotation-text")).to_have_text([str(count) for count in counts])
    expect(paper.locator("[data-figure=accuracy] .scatterlayer .trace")).to_have_count(2)
    expect(paper.get_by_text(score(info.scores.accuracy)).first).to_be_visible()
    assert requested == [report.as_uri()]
    assert not problems
    for colors in ("dark", "light"):
        paper.emulate_media(color_scheme=colors)
        text = "#e9ecf4" if colors == "dark" else "#1c2333"
        paper.wait_for_function(f"document.querySelector('[data-figure=matrix-counts]').layout.font.color == '{text}'")
    paper.set_viewport_size({"width": 390, "height": 844})
    paper.wait_for_function("document.querySelector('[data-figure=matrix-counts]')._fullLayout.width <= 390")
    paper.wait_for_function("document.documentElement.scrollWidth <= 390")
    place = matrix.bounding_box()
    assert place is not None and place["height"] > 400, "a figure keeps its height when the window changes"
    context.close()


def test_two_runs_are_compared_with_curves_and_the_difference_of_their_matrices(
    unchanged_server: str, page: Page
) -> None:
    page.goto(f"{unchanged_server}/compare")
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    tick(page, 2)
    expect(page.get_by_role("button", name="Open in Evaluate")).to_be_visible()
    tick(page, 3)
    expect(page.get_by_role("heading", name="Difference of the confusion matrices")).to_be_visible()
    expect(page.get_by_text(re.compile("a higher curve does not mean a better model"))).to_be_visible()
    lines = page.locator(".st-key-compare_accuracy .js-plotly-plot .scatterlayer .trace")
    expect(lines).to_have_count(2)
    expect(page.locator(".st-key-compare_difference .js-plotly-plot .heatmaplayer image").first).to_be_attached()
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits(page)


def test_a_run_opens_in_evaluate_and_its_settings_in_train(unchanged_server: str, page: Page) -> None:
    info = runs.list_runs()[1]
    page.goto(f"{unchanged_server}/compare")
    tick(page, 1)
    expect(page.get_by_role("link", name="Open settings in Train")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Open settings in Train").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    settled(page)
    go(page, "Compare")
    settled(page)
    expect(page.get_by_text("Choose one run to open")).to_have_count(0)  # it is still chosen
    page.get_by_role("button", name="Open in Evaluate").click()
    expect(page.get_by_role("heading", name="Evaluate", exact=True)).to_be_visible()
    expect(page.get_by_text(info.split.description).first).to_be_visible()
