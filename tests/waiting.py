"""Waiting for what a page does in the background."""

import time

from streamlit.testing.v1 import AppTest


def predicted(app: AppTest) -> AppTest:
    """The page once all that it judges is judged."""
    deadline = time.monotonic() + 60
    app.run()
    while app.get("progress"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    return app
