"""Make the pictures of README.md again: docs/images/PAGE.png, from the running app in headless Chromium.

    python -m scripts.make_screenshots [PAGE...]

The light theme at 1280 px, on a server of its own with an empty home, so the pictures show what a new user sees.
"""

import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from genre_core.audio import example_songs
from genre_core.visitors import Serving
from tests.e2e.conftest import FLAGS, PROJECT, TOKEN, chromium, served

FOLDER = PROJECT / "docs" / "images"
WIDTH, HEIGHT = 1280, 900
COLORS = 256
TIMEOUT_MS = 120_000


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    chosen = names or [*PAGES, *CLASS_PAGES]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        with tempfile.TemporaryDirectory() as home, served(Path(home)) as address:
            for name in chosen:
                if name in PAGES:
                    take(browser, address, name, "/" if name == "start" else f"/{name}", PAGES[name])
        serving = Serving(TOKEN).environment()
        with tempfile.TemporaryDirectory() as home, served(Path(home), environment=serving) as address:
            for name in chosen:
                if name in CLASS_PAGES:
                    take(browser, address, name, f"/enter#{TOKEN}", CLASS_PAGES[name])
        browser.close()


def take(browser: Browser, address: str, name: str, path: str, prepare: Callable[[Page], None]) -> None:
    """Take the picture of a page."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", base_url=address)
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(path)
    prepare(page)
    settle(page)
    image = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLORS)
    image.save(FOLDER / f"{name}.png", optimize=True)
    page.close()


def settle(page: Page) -> None:
    """Wait until the page has run and its figures have stopped moving."""
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached")
    page.wait_for_timeout(3000)


def figure(page: Page) -> None:
    page.locator(".js-plotly-plot").first.wait_for()


def scroll_to(page: Page, heading: str) -> None:
    """Scroll a heading to the top of the window."""
    settle(page)
    page.get_by_role("heading", name=heading).first.evaluate("heading => heading.scrollIntoView()")


def dataset(page: Page) -> None:
    page.get_by_role("textbox", name="Title").fill("Music of our class")
    page.get_by_role("textbox", name="Genres").fill("classical, metal")
    page.get_by_role("button", name="Create the dataset").click()
    for genre in ("classical", "metal"):
        songs = [song.path for song in example_songs.SONGS if song.genre == genre]
        group = page.get_by_role("group", name=f"Songs of the genre {genre}")
        with page.expect_file_chooser() as chooser:
            group.get_by_role("button", name="Choose songs").click()
        chooser.value.set_files(songs)
        group.get_by_text(f"{len(songs)} of {len(songs)} file").wait_for()


def listen(page: Page) -> None:
    figure(page)
    scroll_to(page, "Waveform, spectrogram and scalogram")


def train(page: Page) -> None:
    page.get_by_role("button", name="Start training").click()
    page.get_by_text("Saved as the run").wait_for()
    page.mouse.move(0, 0)


def evaluate(page: Page) -> None:
    figure(page)
    scroll_to(page, "Predictions of all folds together")


def predict(page: Page) -> None:
    page.get_by_text("Classical to metal", exact=True).first.click()
    figure(page)


def operator(page: Page) -> None:
    page.get_by_role("link", name="Operator", exact=True).first.click()
    page.get_by_role("heading", name="Operator", exact=True).wait_for()
    settle(page)
    page.get_by_text("Link for students").click()


def quiz(page: Page) -> None:
    page.get_by_role("button", name="Play alone").click()
    page.get_by_text("Which genre is it?").wait_for()
    settle(page)
    page.locator(".st-key-quiz_answers").get_by_role("button", name="metal").click()
    page.get_by_text("True genre").wait_for()


PAGES: dict[str, Callable[[Page], None]] = {
    "start": figure,
    "explore": figure,
    "dataset": dataset,
    "listen": listen,
    "train": train,
    "evaluate": evaluate,
    "compare": settle,
    "predict": predict,
    "quiz": quiz,
}
CLASS_PAGES: dict[str, Callable[[Page], None]] = {"operator": operator}
"""What each page must show before its picture is taken; the last ones are of a dashboard that is served to a class."""


if __name__ == "__main__":
    main(sys.argv[1:])
