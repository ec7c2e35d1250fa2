"""Memory of the server while a visitor uploads a dataset of their own.

    python -m benchmarks.uploads [--songs 100] [--megabytes 15] [--write docs/results.md]

A server is started, and a browser gathers a dataset of one genre on the page Your dataset: it sends all songs at once,
as a visitor does who chooses a folder.  The songs are noise.  The baseline is the memory just before.  The memory of a
process counts as its proportional set size, so what processes share counts once.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import soundfile
from playwright.sync_api import Page, sync_playwright

from benchmarks.load import memory_of, server_process
from benchmarks.results import argument_parser, publish, table
from tests.e2e.conftest import FLAGS, chromium, served

RATE = 22_050
TARGET_MB = 300
_SAMPLE_S = 0.25
_PATIENCE_MS = 600_000


def main(songs: int, megabytes: int) -> str:
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as home,
        served(Path(home)) as address,
        sync_playwright() as playwright,
    ):
        files = [_noise(Path(folder, f"{number}.wav"), megabytes, number) for number in range(songs)]
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(base_url=address)
        page.set_default_timeout(_PATIENCE_MS)
        _create_dataset(page)
        page.wait_for_timeout(15_000)  # the worker processes are ready
        server = server_process(address)
        before = _memory_mb(server)
        most, began = before, time.perf_counter()
        with page.expect_file_chooser() as chooser:
            page.get_by_role("group", name="Songs of the genre noise").get_by_role(
                "button", name="Choose songs"
            ).click()
        chooser.value.set_files(files)
        done = page.get_by_text(f"{songs} of {songs} files added")
        while not done.is_visible():
            now = _memory_mb(server)
            most = max(most[0], now[0]), max(most[1], now[1])
            time.sleep(_SAMPLE_S)
        seconds = time.perf_counter() - began
        browser.close()
    names = ("Server", "Server and its worker processes")
    rows = [
        (name, f"{one:.0f} MB", f"{other:.0f} MB", f"{other - one:+.0f} MB", f"at most +{TARGET_MB} MB")
        for name, one, other in zip(names, before, most, strict=True)
    ]
    header = ("", "Before", "At most, while songs arrive", "Growth", "Target")
    return f"{songs} songs of {megabytes} MB in {seconds:.0f} s.\n\n{table(header, rows)}"


def _noise(path: Path, megabytes: int, seed: int) -> Path:
    """A song of this size, another one for each seed."""
    samples = np.random.default_rng(seed).integers(-3000, 3000, megabytes * 500_000, dtype=np.int16)
    soundfile.write(path, samples, RATE)
    return path


def _create_dataset(page: Page) -> None:
    page.goto("/dataset")
    page.get_by_role("textbox", name="Title").fill("Noise")
    page.get_by_role("textbox", name="Genres").fill("noise, silence")
    page.get_by_role("button", name="Create the dataset").click()
    page.get_by_role("group", name="Songs of the genre noise").wait_for()


def _memory_mb(server: psutil.Process) -> tuple[float, float]:
    """Memory of the server alone, and with its descendants, in MB."""
    return memory_of([server]) / 1e6, memory_of([server, *server.children(recursive=True)]) / 1e6


if __name__ == "__main__":
    parser = argument_parser("uploads", __doc__)
    parser.add_argument("--songs", type=int, default=100)
    parser.add_argument("--megabytes", type=int, default=15)
    publish(parser, main)
