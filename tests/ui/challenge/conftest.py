"""A class whose visitors use challenges, with workers of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from genre_core.jobs import Workers
from tests.ui.challenge.visits import Class
from ui import cached
from ui.cached import challenges as calls


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """One worker process for all jobs of the page."""
    workers = Workers(1)
    for name in ("workers", "background_workers"):
        monkeypatch.setattr(calls, name, lambda: workers)
    yield workers
    workers.close()


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch, workers: Workers, home: Path) -> Iterator[Class]:
    st.cache_resource.clear()
    yield Class(monkeypatch)
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def no_second_reveal() -> None:
    """Forget the reveals of earlier tests."""
    cached.reveals().clear()
