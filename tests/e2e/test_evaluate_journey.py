"""Evaluate in a real browser: what the split does, and from a cell to its sound."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from genre_core import runs

pytestmark = pytest.mark.e2e


def plot(page: Page, key: str) -> Locator:
    """The figure with that key."""
    return page.locator(f".st-key-{key} .js-plotly-plot")


def click_cell(page: Page, row: int, column: int, genres: int) -> None:
    area = page.locator("[class*=st-key-evaluate_matrix] .nsewdrag").first
    page.wait_for_timeout(1000)  # a figure is drawn once more when its page has settled
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * (column + 0.5) / genres, box["y"] + box["height"] * (row + 0.5) / genres)


def test_a_class_sees_in_a_minute_what_the_split_does(fresh_server: str, page: Page) -> None:
    page.goto(f"{fresh_server}/evaluate?run={runs.PAPER}")
    expect(page.get_by_text("this model recognizes recordings, not genres")).to_be_visible()
    rows = plot(page, "evaluate_splits").locator(".ytick")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Measure the missing split").click()
    expect(page.get_by_text(re.compile(r"By artist: (waiting|training|saving)"))).to_be_visible()
    # Leaving and coming back finds the training.
    page.get_by_role("link", name="Explore", exact=True).first.click()
    expect(page.get_by_role("heading", name="Explore", exact=True)).to_be_visible()
    page.get_by_role("link", name="Evaluate", exact=True).first.click()
    expect(rows).to_have_count(3, timeout=120_000)
    expect(page.get_by_text("on artists that it never heard (split by artist; only 6 of")).to_be_visible()
    expect(page.get_by_role("button", name="Measure the missing split")).to_have_count(0)
    expect(page.get_by_text("random split by segment: 668 train").first).to_be_visible()  # still the same run


def test_from_a_cell_to_its_clip(fresh_server: str, page: Page, gtzan_mini: Path) -> None:
    evaluation = runs.load_run(runs.PAPER).evaluation()
    pair = evaluation.confused_pairs(2)[-1]
    segments = evaluation.cell(pair.genre, pair.predicted_genre)
    track = str(segments["track"][0])
    page.goto(f"{fresh_server}/evaluate?run={runs.PAPER}")
    expect(plot(page, "evaluate_splits")).to_be_visible()
    row, column = evaluation.genres.index(pair.genre), evaluation.genres.index(pair.predicted_genre)
    click_cell(page, row, column, len(evaluation.genres))
    said = f"{pair.segments} of {pair.of} {pair.genre} segments taken for {pair.predicted_genre}"
    expect(page.get_by_text(re.compile(said))).to_be_visible()
    # Its picture needs no audio; its sound does.
    expect(page.get_by_text(re.compile(rf"{re.escape(track)} from"))).to_be_visible()
    expect(plot(page, "evaluate_picture").locator(".heatmaplayer image")).to_be_attached()
    expect(page.locator("audio")).to_have_count(0)
    folder = page.get_by_role("textbox", name="Folder with the audio")
    folder.fill(str(gtzan_mini))
    folder.press("Enter")
    player = page.locator("audio")
    expect(player).to_be_attached()
    start_s = round(float(segments["start_s"][0]))
    page.wait_for_function("document.querySelector('audio').readyState >= 2")
    player.evaluate("audio => audio.play()")
    page.wait_for_function(f"document.querySelector('audio').currentTime > {start_s} + 0.5")
    page.get_by_text("Tracks", exact=True).click()
    expect(plot(page, "evaluate_picture")).to_be_visible()
    expect(page.get_by_text(re.compile(r"tracks are heard right"))).to_be_visible()
    segment = page.locator("[class*=st-key-evaluate_votes] .nsewdrag").first
    page.wait_for_timeout(1000)  # a figure is drawn once more when its page has settled
    segment.scroll_into_view_if_needed()
    box = segment.bounding_box()
    assert box is not None
    tracks = evaluation.tracks.assign(right=evaluation.tracks["genre"] == evaluation.tracks["predicted"])
    tracks["sure"] = [shares[f"p_{shares['predicted']}"] for _, shares in tracks.iterrows()]
    first = tracks.sort_values(["right", "sure"], ascending=[True, False], kind="stable")["track"].iloc[0]
    starts = sorted(evaluation.start_s[evaluation.track == first])
    end = starts[-1] + 3
    place = (starts[-1] + 1.5 + 0.02 * end) / (1.04 * end)
    page.mouse.click(box["x"] + box["width"] * place, box["y"] + box["height"] * 0.6)
    minutes, seconds = divmod(round(starts[-1]), 60)
    expect(page.get_by_text(re.compile(rf"{re.escape(first)} from {minutes}:{seconds:02d}"))).to_be_visible()
