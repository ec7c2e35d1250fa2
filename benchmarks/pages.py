"""From a widget to the updated figure, in the browser: Explore, Listen and Evaluate with what is bundled.

    python -m benchmarks.pages [--repetitions 9]

Starts the app and a headless Chromium, and measures in the page from the click to the last change of the figure.  The
baseline, in the same run, is the smallest Streamlit app with a widget and a figure: what no page can be faster than.
Wanted: a median of at most 500 ms.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Locator, Page, sync_playwright

from tests.e2e.conftest import FLAGS, chromium, served

BASELINE = """
import plotly.graph_objects as go
import streamlit as st

choice = st.segmented_control("Choice", ["one", "two", "three"], default="one", required=True)
st.plotly_chart(go.Figure(go.Bar(y=[len(choice), 1, 2])), key="figure")
"""

# Resolves with the milliseconds from now to the last redraw of the figure, once it has been still for a second.
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


def main(repetitions: int) -> None:
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
    print(f"smallest Streamlit app: median {baseline:.0f} ms over {repetitions} changes")
    for name, milliseconds in medians.items():
        ratio = milliseconds / baseline
        print(f"{name}: median {milliseconds:.0f} ms  (wanted: at most 500), ratio {ratio:.1f} to the smallest app")


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
    """The songs are judged first, and each kind is drawn once: what is measured is a change of what is known."""
    page.goto(f"{address}/listen")
    figure = page.locator(".st-key-listen_overview")
    figure.locator(".js-plotly-plot").wait_for()
    page.get_by_text("Every genre in every part").wait_for(timeout=120_000)
    kinds = ("linear", "chroma", "mel")
    for kind in kinds:
        page.get_by_role("radio", name=kind).first.click()
        page.wait_for_timeout(3000)
    return median(timed(page, figure, page.get_by_role("radio", name=kinds[i % 3]).first) for i in range(repetitions))


def _evaluate(page: Page, address: str, repetitions: int) -> float:
    page.goto(f"{address}/evaluate")
    figure = page.locator(".js-plotly-plot").filter(has=page.locator("text=heard as")).first
    figure.wait_for()
    page.wait_for_timeout(2000)
    shown = ("% of true genre", "% of heard as", "Counts")
    holder = page.get_by_test_id("stPlotlyChart").filter(has=page.locator("text=heard as")).first
    return median(timed(page, holder, page.get_by_role("radio", name=shown[i % 3]).first) for i in range(repetitions))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=9)
    main(**vars(parser.parse_args()))
