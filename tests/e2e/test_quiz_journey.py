"""The quiz in a real browser: five clips alone, and a class on two devices."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from genre_core import runs
from tests.browser import PATIENCE_MS, assert_fits, new_context, open_first, plot, settled

pytestmark = pytest.mark.e2e


def answer(page: Page, number: int, genre: str, *, then: str) -> None:
    """Answer the clip with this number, and press the button `then`."""
    expect(page.get_by_text(f"Clip {number} of 5")).to_be_visible()
    expect(page.get_by_text("Which genre is it?")).to_be_visible()
    settled(page)
    page.locator(".st-key-quiz_answers").get_by_role("button", name=genre).click()
    expect(page.get_by_text(re.compile(rf"You: {genre}"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"Model: \w+"))).to_be_visible()
    settled(page)
    page.get_by_role("button", name=then).click()


def play_on(page: Page, first: int = 1) -> None:
    """Answer the remaining clips, all with blues."""
    for number in range(first, 6):
        answer(page, number, "blues", then="Next clip" if number < 5 else "Show results")


def test_a_quiz_of_five_clips(fresh_server: str, page: Page, gtzan_mini: Path) -> None:
    open_first(page, fresh_server, "quiz?run=paper-track")
    expect(page.get_by_role("radio", name="Example songs")).to_be_checked()
    settled(page)
    page.get_by_text("Test set of the run", exact=True).click()
    expect(page.get_by_text("was not found")).to_be_visible()
    settled(page)
    folder = page.get_by_role("textbox", name="Audio folder")
    folder.fill(str(gtzan_mini))
    folder.press("Enter")
    expect(page.get_by_role("radio", name="Test set of the run")).to_be_checked()
    settled(page)  # the form stands twice until the page has run
    page.get_by_role("button", name="Play alone").click()
    expect(page.get_by_text("Which genre is it?")).to_be_visible()
    settled(page)
    # The clip plays for six seconds, and neither the page nor the address of the audio reveals its genre.
    page.wait_for_function("document.querySelector('audio')?.readyState >= 2")
    player = page.locator("audio")
    player.evaluate("audio => audio.play()")
    page.wait_for_function("document.querySelector('audio').currentTime > 0.5")
    assert player.evaluate("audio => audio.duration") == pytest.approx(6, abs=0.1)
    genres = runs.load_run("paper-track").info.genres
    assert not re.search("|".join(genres), player.get_attribute("src") or "")
    expect(page.get_by_text(re.compile(r"\w+\.000\d\d"))).to_have_count(0)
    address = page.url
    page.keyboard.press("1")  # the shortcut of blues
    expect(page.get_by_text("You: blues")).to_be_visible()
    expect(page.get_by_role("button", name="Next clip")).to_be_visible()
    settled(page)
    page.keyboard.press("Enter")
    play_on(page, 2)
    expect(page.get_by_role("heading", name="Model", exact=True)).to_be_visible()
    expect(page.locator("[class*=st-key-quiz_matrix] .js-plotly-plot")).to_have_count(2)
    expect(page.get_by_test_id("stMetric").filter(has_text="You")).to_contain_text(re.compile(r"[01] of 5 correct"))
    expect(page.get_by_test_id("stMetric").filter(has_text="Model")).to_contain_text(re.compile(r"\d of 5 correct"))
    expect(page.get_by_text("track split").first).to_be_visible()
    check_figure_downloads(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download answers (CSV)").click()
    rows = download.value.path().read_text(encoding="utf-8").splitlines()
    assert len(rows) == 6 and rows[0].startswith("player,clip,track,start_s,length_s,true_genre,answer,predicted_genre")
    page.get_by_role("button", name="Play again with other clips").click()
    expect(page.get_by_text("Clip 1 of 5")).to_be_visible()
    settled(page)
    assert page.url != address


def check_figure_downloads(page: Page) -> None:
    """A figure is downloaded by the keyboard, as PNG and as SVG, at a size that does not depend on the window."""
    figure = plot(page, "quiz_scores")
    figure.hover()  # until then, figures have no bar
    png = figure.get_by_role("button", name="Download as PNG")
    png.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "genre-lab-quiz-scores.png"
    with Image.open(download.value.path()) as picture:
        assert picture.width == 2000
        assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "genre-lab-quiz-scores.svg"
    drawing = download.value.path().read_text(encoding="utf-8")
    assert 'width="1000"' in drawing and "random guessing" in drawing


def test_a_class_follows_the_class_screen_on_a_phone(unchanged_server: str, page: Page, browser: Browser) -> None:
    page.goto(f"{unchanged_server}/quiz")
    expect(page.get_by_role("button", name="Play as a class")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Play as a class").click()
    expect(page.get_by_text("and enter quiz number")).to_be_visible(timeout=3 * PATIENCE_MS)  # compiles code
    page.wait_for_url(re.compile(r"quiz=\d{4}"))
    found = re.search(r"quiz=(\d{4})", page.url)
    assert found
    phone_context = new_context(browser, viewport={"width": 390, "height": 844})
    phone = phone_context.new_page()
    phone.goto(f"{unchanged_server}/quiz")
    box = phone.get_by_role("spinbutton", name="Quiz number")
    expect(box).to_be_visible()
    settled(phone)
    box.fill(found[1])
    box.press("Enter")
    expect(phone.get_by_text("You have joined")).to_be_visible()
    for number in range(1, 6):
        page.get_by_role("button", name="Start the quiz" if number == 1 else "Next clip").click()
        expect(phone.get_by_text(f"Clip {number} of 5")).to_be_visible()
        blues = phone.locator(".st-key-quiz_answers").get_by_role("button", name="blues")
        expect(blues).to_be_visible()
        if number == 1:
            assert_within_reach(phone)
        blues.click()
        expect(phone.get_by_text("True genre")).to_be_visible()  # all have answered
        expect(page.get_by_text("Answers of the class")).to_be_visible()
    assert_fits(phone)
    page.get_by_role("button", name="Show results").click()
    expect(page.get_by_role("heading", name="The class")).to_be_visible()
    expect(page.locator("[class*=st-key-quiz_matrix] .js-plotly-plot")).to_have_count(2)
    expect(phone.get_by_role("heading", name="Model", exact=True)).to_be_visible()
    phone_context.close()


def assert_within_reach(phone: Page) -> None:
    """Nothing needs scrolling, and all genres are in the lower two thirds of the window, large enough for a thumb."""
    main = phone.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollHeight <= main.clientHeight")
    boxes = [button.bounding_box() for button in phone.locator(".st-key-quiz_answers button").all()]
    assert len(boxes) == 10
    for box in boxes:
        assert box is not None
        assert box["height"] >= 48 and box["width"] >= 120
        assert box["y"] > 844 / 3 and box["y"] + box["height"] <= 844
