"""A real browser and a real server: Chromium, driven by Playwright.

Without Chromium the journeys are skipped, or fail if GENRE_LAB_REQUIRE_BROWSER is 1.
"""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from genre_core.cli.app import MALLOC
from genre_core.visitors import Serving
from tests.browser import PATIENCE_MS, new_context
from tests.waiting import PATIENCE_S

expect.set_options(timeout=PATIENCE_MS)

PROJECT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The path of an installed Chromium or Chrome, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each module, since Playwright leaves an event loop running that tests of Dask would use."""
    if not chromium():
        if os.environ.get("GENRE_LAB_REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium is required here and is not installed")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that all journeys share, with its own home."""
    with served(tmp_path_factory.mktemp("served-home")) as address:
        yield address


@pytest.fixture(scope="session")
def unchanged_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on which journeys train nothing and store no setting: it has the bundled runs alone."""
    with served(tmp_path_factory.mktemp("unchanged-home")) as address:
        yield address


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[str]:
    """The address of a server without visitors, with its own home.

    It takes seconds to start, so most journeys share another server.
    """
    with served(tmp_path) as address:
        yield address


TOKEN = "the-token-of-the-operator"
"""Of `class_server`."""


@pytest.fixture(scope="session")
def class_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server for a class, with its own home."""
    with served(tmp_path_factory.mktemp("class-home"), environment=Serving(TOKEN).environment()) as address:
        yield address


@contextmanager
def served(
    home: Path,
    script: Path = PROJECT / "app.py",
    *,
    flags: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    scheme: str = "http",
    path: str = "",
) -> Iterator[str]:
    """Serve an app on a free port; a traceback in its log is a failure.

    flags : of Streamlit, as in "--server.baseUrlPath=genre-lab".
    environment : further environment variables, such as those of `Serving`.
    scheme : "https" if the flags name a certificate.
    path : if the flags name one, as in "/genre-lab".
    """
    log = home / f"{script.stem}.log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", str(script)),
                *("--server.headless=true", f"--server.port={port}", *flags),
            ],
            cwd=PROJECT,
            env=os.environ | {"GENRE_LAB_HOME": str(home)} | MALLOC | dict(environment or {}),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_up(f"{scheme}://localhost:{port}{path}", process)
            yield f"{scheme}://localhost:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
    output = log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in output, output


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server has ended"
        try:
            context = ssl._create_unverified_context()  # a certificate that a test has made
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=10, context=context).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not start in time")


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A new visitor at 1280 px; an error inside the page fails the test."""
    context = new_context(browser, viewport={"width": 1280, "height": 900}, base_url=server)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert page.get_by_test_id("stException").count() == 0
    assert not errors
    context.close()
