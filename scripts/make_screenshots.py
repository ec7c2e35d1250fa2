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
from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import FLAGS, PROJECT, chromium, served

FOLDER = PROJECT / "docs" / "images"
WIDTH, HEIGHT = 1280, 900
COLORS = 256
TIMEOUT_MS = 120_000


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright, served(Path(home)) as address:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for name in names or PAGES:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", base_url=address)
            page.set_default_timeout(TIMEOUT_MS)
            page.goto("/" if name == "start" else f"/{name}")
            PAGES[name](page)
            settle(page)
            image = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLORS)
            image.save(FOLDER / f"{name}.png", optimize=True)
            page.close()
        browser.close()


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


def listen(page: Page) -> None:
    page.locator("audio").nth(3).wait_for()
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


def quiz(page: Page) -> None:
    page.get_by_role("button", name="Play alone").click()
    page.get_by_text("Which genre is it?").wait_for()
    settle(page)
    page.locator(".st-key-quiz_answers").get_by_role("button", name="metal").click()
    page.get_by_text("True genre").wait_for()


PAGES: dict[str, Callable[[Page], None]] = {
    "start": figure,
    "explore": figure,
    "listen": listen,
    "train": train,
    "evaluate": evaluate,
    "compare": settle,
    "predict": predict,
    "quiz": quiz,
}
"""What each page must show before its picture is taken."""


if __name__ == "__main__":
    main(sys.argv[1:])
