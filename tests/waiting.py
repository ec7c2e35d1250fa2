"""Waiting for what a page or another process does in the background."""

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

PATIENCE_S = 180
"""How long tests wait for anything; far longer than it should take, since they also run on busy machines."""


def run_until(app: AppTest, done: Callable[[AppTest], bool], seconds: float = PATIENCE_S) -> AppTest:
    """Run a page again and again until a condition holds; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    app.run()
    while not done(app):
        assert time.monotonic() < deadline, "the page did not get there in time"
        time.sleep(0.05)
        app.run()
    return app


def wait_until(done: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Wait until a condition holds; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not get there in time"
        time.sleep(0.05)


def predicted(app: AppTest) -> AppTest:
    """The page once all predictions are done."""
    return run_until(app, lambda app: not app.get("progress"))
