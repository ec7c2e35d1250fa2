"""Compare: a run is downloaded as a ZIP file, and imported again."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import report, runs
from genre_core.runs.exchange import import_run
from genre_core.visitors import Visitors
from tests.compare_page import choose
from tests.waiting import run_until
from ui import cached, server
from ui.state import Keys

Visit = Callable[[str], AppTest]


@pytest.fixture(scope="module")
def archive() -> bytes:
    return report.run_archive("two-networks")


def upload(app: AppTest, content: bytes) -> AppTest:
    """Give a file to the page, and wait until it is imported or refused."""
    app.file_uploader[0].set_value(("run.zip", content, "application/zip"))
    return run_until(app, lambda app: bool(app.success or app.error))


def test_a_chosen_run_is_downloaded_as_the_archive_of_the_command_line(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Callable[[], bytes]] = {}
    button = st.download_button

    def caught(label: str, data: Any, *arguments: Any, **keywords: Any) -> bool:
        made[label] = data
        return button(label, data, *arguments, **keywords)

    monkeypatch.setattr(st, "download_button", caught)
    choose(app.run(), "paper-track")
    assert not app.exception
    assert import_run(made["Run (ZIP)"]()).name == "paper-track-2"


def test_an_archive_is_imported_and_is_then_the_run_that_other_pages_open(app: AppTest, archive: bytes) -> None:
    upload(app.run(), archive)
    assert not app.exception
    assert [element.value for element in app.success] == ["Imported as two-networks-2."]
    assert app.session_state[Keys.RUN] == "two-networks-2"
    assert "two-networks-2" in app.dataframe[0].value["name"].tolist()
    assert runs.run_info("two-networks-2").owner == ""


def test_what_is_no_run_is_refused_in_one_sentence(app: AppTest) -> None:
    upload(app.run(), b"no archive")
    assert not app.exception and not app.success
    assert "can't be imported as a run" in app.error[0].value
    assert not [info for info in runs.list_runs() if not runs.is_bundled(info)]


def test_a_visitor_owns_what_they_import_within_the_limit_of_runs(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, home: Path, archive: bytes
) -> None:
    visitors = Visitors()
    one = visitors.meet(visitors.new_id())
    monkeypatch.setenv("GENRE_LAB_SERVE", "1")
    monkeypatch.setenv("GENRE_LAB_MAX_RUNS", "1")
    monkeypatch.setattr(cached, "trainer", lambda: SimpleNamespace(jobs=[], slowdown=1.0))
    monkeypatch.setattr(server, "who", lambda cookies: one.id)
    app = upload(visit("pages/compare.py").run(), archive)
    assert runs.run_info("two-networks-2").owner == one.id
    app.file_uploader[0].set_value(("run.zip", archive, "application/zip"))
    app.run()
    assert "keeps 1 runs for each visitor" in app.error[0].value
