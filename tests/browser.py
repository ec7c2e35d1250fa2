"""Acting on a page of the dashboard in a real browser, and never on one that is still being drawn.

A page is drawn in several steps: the server answers each request piece by piece, and then figures and tables measure
themselves and are drawn once more.  A click in between can miss a figure that moves, and a setting that is changed
before the server has sent an earlier change is set back by it.
"""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.waiting import PATIENCE_S

PATIENCE_MS = 1000 * PATIENCE_S

_WATCH = """
(() => {
    // Streamlit's page does not show that it has sent a request until the answer begins.
    const watch = window.genreLabWatch = { asked: false, changed: true, still: 0 };
    window.WebSocket = class extends WebSocket {
        constructor(...args) {
            super(...args);
            this.addEventListener("message", () => { watch.asked = false; });
        }
        send(data) {
            watch.asked = true;
            super.send(data);
        }
    };
    new MutationObserver(() => { watch.changed = true; }).observe(
        document, { subtree: true, childList: true, attributes: true, characterData: true });
})();
"""
_IS_SETTLED = """
(frames) => {
    const watch = window.genreLabWatch, app = document.querySelector("[data-testid=stApp]");
    const { testScriptState, testConnectionState } = app ? app.dataset : {};
    const rests = testScriptState === "notRunning" && testConnectionState === "CONNECTED" && !watch.asked
        && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]");
    watch.still = rests && !watch.changed ? watch.still + 1 : 0;
    watch.changed = false;
    return watch.still > frames;
}
"""
_STILL_FRAMES = 20
"""Frames of the browser, not seconds: a busy machine draws fewer.  More than the 200 ms that Streamlit lets a slider
rest before it sends its value."""


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A new visitor, whose pages can be waited for with `settled`."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_WATCH)
    return context


def settled(page: Page) -> None:
    """Wait until the server has answered and nothing on the page moves.

    Not for a page that refreshes itself, such as one that shows the progress of a training.  Listen and Predict come to
    rest when their predictions are done, of which the first compiles code.
    """
    page.evaluate("if (window.genreLabWatch) window.genreLabWatch.still = 0")
    page.wait_for_function(_IS_SETTLED, arg=_STILL_FRAMES, timeout=3 * PATIENCE_MS)


def plot(page: Page, key: str) -> Locator:
    """The figure with that key."""
    return page.locator(f".st-key-{key} .js-plotly-plot")


def go(page: Page, title: str) -> None:
    """Follow the link to a page in the navigation."""
    page.get_by_role("link", name=title, exact=True).first.click()
    page.get_by_role("heading", name=title, exact=True).wait_for()


def open_first(page: Page, server: str, path: str) -> None:
    """Open a page as the first visitor of a server, which does not know its pages yet."""
    page.goto(f"{server}/{path}")
    page.get_by_role("heading", name=path.partition("?")[0].title(), exact=True).wait_for()
    page.get_by_role("link", name="Start", exact=True).first.wait_for(state="attached")
    assert not page.get_by_text("Page not found").count()


def click_in(area: Locator, x: float, y: float) -> None:
    """Click at a place inside an element, given as shares of its width and height."""
    settled(area.page)
    box = area.bounding_box()
    assert box is not None
    area.click(position={"x": x * box["width"], "y": y * box["height"]})


def drag_in(area: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one place inside an element to another, given as shares of its width and height."""
    settled(area.page)
    area.scroll_into_view_if_needed()
    settled(area.page)
    box = area.bounding_box()
    assert box is not None
    (x, y), (end_x, end_y) = ((box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end))
    mouse = area.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(end_x, end_y, steps=8)
    mouse.up()


def assert_fits(page: Page) -> None:
    """The page is not wider than the window."""
    settled(page)
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert page.viewport_size is not None and width <= page.viewport_size["width"]
