"""A visit to a page by AppTest, without the worker process that a real visit starts."""

from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.waiting import PATIENCE_S
from ui import cached


@pytest.fixture
def nothing_cached() -> None:
    """Clear the caches that earlier tests filled; a module with tests that share them overrides this."""
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, nothing_cached: None) -> Callable[[str], AppTest]:
    """Open the app and go to a page, which is then to be run."""
    monkeypatch.setattr(cached, "trainer", lambda: None)
    monkeypatch.setattr(cached, "start_workers", lambda: None)
    monkeypatch.setattr(cached, "prepare_next_quiz", lambda settings: None)

    def go(page: str) -> AppTest:
        app = AppTest.from_file("../../app.py", default_timeout=PATIENCE_S)
        app.run()
        return app.switch_page(page)

    return go
