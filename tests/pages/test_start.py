"""The page Start: with the bundled data, and without it."""

from pathlib import Path

import plotly.graph_objects as go
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import runs, storage
from genre_core.figures import explore as figures
from genre_core.wording import score
from tests.page_text import plain
from tests.waiting import PATIENCE_S
from ui import cached, glossary, loading


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, nothing_cached: None) -> AppTest:
    """The app before its first run."""
    monkeypatch.setattr(cached, "trainer", lambda: None)
    return AppTest.from_file("../../app.py", default_timeout=PATIENCE_S)


def test_every_accuracy_is_shown_with_its_split_and_interval(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert not app.error
    assert [metric.label for metric in app.metric] == ["Random split", "Track split"]
    infos = [runs.load_run(name).info for name in ("paper-random", "paper-track")]
    assert [metric.value for metric in app.metric] == [score(info.scores.accuracy) for info in infos]
    for metric, info in zip(app.metric, infos, strict=True):
        assert f"95 % CI {100 * info.ci95['accuracy'].low:.1f} to " in metric.delta


def test_the_map_shows_the_bundled_tracks(app: AppTest) -> None:
    app.run()
    assert any(header.value == "Projection of 100 tracks" for header in app.subheader)
    assert len(app.get("plotly_chart")) == 1


def test_the_map_is_drawn_while_no_thread_imports_pandas(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """See ui/loading.py."""
    held: list[bool] = []

    def draw(*arguments: object) -> go.Figure:
        held.append(loading.importing_pandas.locked())
        return go.Figure()

    def show(*arguments: object, **settings: object) -> None:
        held.append(loading.importing_pandas.locked())

    monkeypatch.setattr(figures, "moving_tracks", draw)
    monkeypatch.setattr(st, "plotly_chart", show)
    app.run()
    assert not app.exception
    assert held == [True, True]
    assert not loading.importing_pandas.locked()


def test_a_home_that_cannot_be_written_to_is_a_warning(app: AppTest, home: Path) -> None:
    home.write_text("a file where the folder should be", encoding="utf-8")
    app.run()
    assert not app.exception
    assert "GENRE_LAB_HOME" in plain(app.warning[0].value)


def test_it_links_to_every_other_page(app: AppTest) -> None:
    app.run()
    assert [link.proto.page for link in app.get("page_link")] == [
        *("explore", "listen", "train", "evaluate", "compare", "predict", "quiz"),
        "evaluate",
    ]


def test_without_bundled_data_it_says_what_is_missing(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BUNDLED", tmp_path / "nothing")
    app.run()
    assert not app.exception
    assert not app.metric
    assert len(app.info) == 3
    assert len(app.get("page_link")) == 7


def has_glossary(app: AppTest) -> bool:
    return "popover" in str(app.main)


def test_without_documents_there_is_no_glossary(app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app.run()
    assert has_glossary(app)
    monkeypatch.setattr(glossary, "entries", lambda: glossary.read(tmp_path / "glossary.md"))
    app.run()
    assert not app.exception
    assert not has_glossary(app)
