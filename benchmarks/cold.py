"""Cold starts: what a new process costs before it answers, in the browser and on the command line.

    python -m benchmarks.cold [--repetitions 3] [--write docs/results.md]

- The first page: from the start of a server to Start in a headless Chromium, first with its links and both accuracies,
  then with the drawn projection.  The baseline is a Streamlit app of two lines, then the same with a figure of Plotly,
  whose library a browser takes seconds to load.
- The second page: from the click on a link, as soon as Start is drawn, to the other page with its first figure.
- The command line: `genre-lab runs`, and `genre-lab predict` of a clip of 30 s.  The baseline is
  `python -c "import numpy, pandas"`.

All of it is measured in turns, each time in new processes.  Files are in the memory of the system, for each is read
once before.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.results import argument_parser, median_seconds, publish, table
from genre_core.audio import synthesis, wav_bytes
from tests.browser import PATIENCE_MS
from tests.e2e.conftest import FLAGS, PROJECT, chromium, served

TWO_LINES = 'import streamlit as st\nst.title("Genre Lab")\n'
FIGURE = """
import plotly.graph_objects as go
st.plotly_chart(go.Figure(go.Bar(y=[1, 2])), key="start_projection")
"""
CLIP_S = 30.0


def _heading(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("heading", name=name, exact=True).wait_for()


def _button(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=name).first.wait_for()


def _drawn(key: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f".st-key-{key} .main-svg").first.wait_for()


SECOND_PAGES: dict[str, Callable[[Page], None]] = {
    "Explore": _drawn("explore_distribution"),
    "Listen": _drawn("listen_overview"),
    "Train": _button("Start training"),
    "Evaluate": lambda page: page.locator(".main-svg").filter(has_text="Predicted genre").first.wait_for(),
    "Compare": lambda page: page.get_by_test_id("stDataFrame").first.wait_for(),
    "Predict": lambda page: page.get_by_test_id("stFileUploader").first.wait_for(),
    "Quiz": _button("Play alone"),
}
"""Waits for what makes each page usable."""


def main(repetitions: int) -> str:
    return f"{_command_line(repetitions)}\n\n{_pages(repetitions)}"


def _command_line(repetitions: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song.wav"
        song.write_bytes(wav_bytes(synthesis.song("adagio").clip(seconds=CLIP_S)))
        commands = {
            'python -c "import numpy, pandas"': ["-c", "import numpy, pandas"],
            "genre-lab runs": ["-m", "genre_core", "runs"],
            "genre-lab predict CLIP": ["-m", "genre_core", "predict", str(song)],
        }
        works = {name: partial(_process, command, Path(folder)) for name, command in commands.items()}
        seconds = median_seconds(works, repetitions)
    baseline = next(iter(seconds.values()))
    targets = ("", "at most 2", "at most 5")
    rows = [
        (f"`{name}`", f"{taken:.2f} s", f"{taken / baseline:.1f}", target)
        for (name, taken), target in zip(seconds.items(), targets, strict=True)
    ]
    return table(("Command", "Median", "Ratio to the baseline", "Target"), rows)


def _process(command: list[str], home: Path) -> None:
    subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env={**os.environ, "GENRE_LAB_HOME": str(home)},
        check=True,
        capture_output=True,
    )


def _pages(repetitions: int) -> str:
    first_s: dict[str, list[_Opening]] = {"bare": [], "app": []}
    second_s: dict[str, list[float]] = {name: [] for name in SECOND_PAGES}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, bare = Path(folder), Path(folder) / "bare.py"
        bare.write_text(TWO_LINES + FIGURE, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for script in (bare, PROJECT / "app.py"):  # the first time reads the files
            _visit(browser, home, script, _heading("Genre Lab"))
        for _ in range(repetitions):
            for name in SECOND_PAGES:
                first_s["bare"].append(_visit(browser, home, bare, _heading("Genre Lab")))
                first_s["app"].append(_visit(browser, home, PROJECT / "app.py", _accuracies, name))
                second_s[name].append(first_s["app"][-1].second_s)
        browser.close()
    medians = {
        script: (median(each.text_s for each in openings), median(each.figure_s for each in openings))
        for script, openings in first_s.items()
    }
    rows = [
        (name, f"{bare_s:.1f} s", f"{app_s:.1f} s", f"{app_s - bare_s:+.1f} s", target)
        for name, bare_s, app_s, target in zip(
            ("links and both accuracies", "drawn projection"),
            medians["bare"],
            medians["app"],
            ("at most +1.2 s", ""),
            strict=True,
        )
    ]
    of_start = table(("Start on a cold server", "Smallest app", "Genre Lab", "Difference", "Target"), rows)
    of_others = table(
        ("Page", "Median from Start"), [(name, f"{median(seconds):.1f} s") for name, seconds in second_s.items()]
    )
    return f"{of_start}\n\n{of_others}\n\nMedian of {len(first_s['app'])} starts of each server."


@dataclass(frozen=True)
class _Opening:
    """Seconds from the start of a server to the text of its first page and to its figure, and to another page."""

    text_s: float
    figure_s: float
    second_s: float = 0.0


def _visit(
    browser: Browser, home: Path, script: Path, readable: Callable[[Page], None], second: str | None = None
) -> _Opening:
    """Start a server and open its first page, and from there another one."""
    began = time.perf_counter()
    with served(home, script) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        readable(page)
        text_s = time.perf_counter() - began
        _drawn("start_projection")(page)
        figure_s, second_s = time.perf_counter() - began, 0.0
        if second:
            began = time.perf_counter()
            page.get_by_role("link", name=second, exact=True).first.click()
            _heading(second)(page)
            SECOND_PAGES[second](page)
            second_s = time.perf_counter() - began
        page.close()
    return _Opening(text_s, figure_s, second_s)


def _accuracies(page: Page) -> None:
    _heading("Genre Lab")(page)
    for split in ("Random split", "Track split"):
        page.get_by_test_id("stMetric").filter(has_text=split).wait_for()


if __name__ == "__main__":
    parser = argument_parser("cold", __doc__)
    parser.add_argument("--repetitions", type=int, default=3)
    publish(parser, main)
