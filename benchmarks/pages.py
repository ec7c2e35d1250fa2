"""Response time of the pages: from a click on a widget to the updated figure in the browser.

    python -m benchmarks.pages [--repetitions 9] [--write docs/results.md]

The app and a headless Chromium are started, and the page itself measures from the click to the last change of the
figure, on Explore, Listen and Evaluate with the bundled data.  The baseline is the smallest Streamlit app with a
widget and a figure: no page can be faster.
"""

import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Locator, Page, sync_playwright

from benchmarks.results import argument_parser, publish, table
from tests.e2e.conftest import FLAGS, chromium, served

BASELINE = """
import plotly.graph_objects as go
import streamlit as st

choice = st.segmented_control("Choice", ["one", "two", "three"], default="one", required=True)
st.plotly_chart(go.Figure(go.Bar(y=[len(choice), 1, 2])), key="figure")
"""

# Resolves with the milliseconds from now to the last redraw of the figure, once it has not changed for a second.
WATCH = """figure => {
  window.redrawn = new Promise(resolve => {
    const began = performance.now();
    let last = 0, timer = null;
    const look = new MutationObserver(() => {
      last = performance.now() - began;
      clearTimeout(timer);
      timer = setTimeout(() => { look.disconnect(); resolve(last); }, 1000);
    });
    look.observe(figure, {childList: true, subtree: true, attributes: true});
  });
}"""


def timed(page: Page, figure: Locator, widget: Locator) -> float:
    """Milliseconds from a click on a widget to the figure's last change."""
    figure.evaluate(WATCH)
    widget.click()
    return float(page.evaluate("window.redrawn"))


def main(repetitions: int) -> str:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, bare = Path(folder), Path(folder) / "bare.py"
        bare.write_text(BASELINE, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 1800})
        with served(home) as app, served(home, bare) as smallest:
            baseline = _baseline(page, smallest, repetitions)
            medians = {
                "Explore, distribution": _explore(page, app, repetitions),
                "Listen, spectrogram": _listen(page, app, repetitions),
                "Evaluate, confusion matrix": _evaluate(page, app, repetitions),
            }
        browser.close()
    rows = [
        ("Smallest Streamlit app (baseline)", f"{baseline:.0f} ms", "1.0", ""),
        *((name, f"{ms:.0f} ms", f"{ms / baseline:.1f}", "at most 500 ms") for name, ms in medians.items()),
    ]
    medians_table = table(("Page and figure", "Median", "Ratio to the baseline", "Target"), rows)
    return f"{medians_table}\n\nMedian of {repetitions} changes."


def _baseline(page: Page, address: str, repetitions: int) -> float:
    page.goto(address)
    figure = page.locator(".st-key-figure")
    figure.locator(".js-plotly-plot").wait_for()
    page.wait_for_timeout(2000)
    choices = ("three", "two", "one")
    return median(timed(page, figure, page.get_by_role("radio", name=choices[i % 3]).first) for i in range(repetitions))


def _explore(page: Page, address: str, repetitions: int) -> float:
    page.goto(f"{address}/explore")
    figure = page.locator(".st-key-explore_distribution")
    figure.locator(".js-plotly-plot").wait_for()
    page.wait_for_timeout(2000)
    kinds = ("Box", "Histogram", "Violin", "Cumulative")
    return median(timed(page, figure, page.get_by_role("radio", name=kinds[i % 4]).first) for i in range(repetitions))


def _listen(page: Page, address: str, repetitions: int) -> float:
    """Waits for the predictions and draws each kind once first, to measure a change of what is cached."""
    page.goto(f"{address}/listen")
    figure = page.locator(".st-key-listen_overview")
    figure.locator(".js-plotly-plot").wait_for()
    page.get_by_text("Probabilities for each stem").wait_for(timeout=120_000)
    kinds = ("linear", "chroma", "mel")
    for kind in kinds:
        page.get_by_role("radio", name=kind).first.click()
        page.wait_for_timeout(3000)
    return median(timed(page, figure, page.get_by_role("radio", name=kinds[i % 3]).first) for i in range(repetitions))


def _evaluate(page: Page, address: str, repetitions: int) -> float:
    page.goto(f"{address}/evaluate")
    figure = page.locator(".js-plotly-plot").filter(has=page.locator("text=Predicted genre")).first
    figure.wait_for()
    page.wait_for_timeout(2000)
    shown = ("% of true genre", "% of predicted genre", "Counts")
    holder = page.get_by_test_id("stPlotlyChart").filter(has=page.locator("text=Predicted genre")).first
    return median(timed(page, holder, page.get_by_role("radio", name=shown[i % 3]).first) for i in range(repetitions))


if __name__ == "__main__":
    parser = argument_parser("pages", __doc__)
    parser.add_argument("--repetitions", type=int, default=9)
    publish(parser, main)
