"""The page Start: with what ships, and without it."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import runs, storage
from genre_core.figures.formatting import score
from ui import cached


@pytest.fixture
def app(monkeypatch) -> AppTest:
    monkeypatch.setattr(cached, "trainer", lambda: None)
    st.cache_resource.clear()
    st.cache_data.clear()
    return AppTest.from_file("../../app.py", default_timeout=30)


def test_an_accuracy_never_stands_without_its_split(app):
    app.run()
    assert not app.exception
    assert not app.error
    assert [metric.label for metric in app.metric] == ["Split at random", "Split by track"]
    said = [metric.value for metric in app.metric]
    measured = [runs.load_run(name).info.scores.accuracy for name in ("paper-random", "paper-track")]
    assert said == [score(accuracy) for accuracy in measured]


def test_the_map_shows_the_bundled_songs(app):
    app.run()
    assert any("songs on a map" in header.value for header in app.subheader)
    assert len(app.get("plotly_chart")) == 1


def test_a_home_that_cannot_be_written_to_is_said_at_once(app, home):
    home.write_text("a file where the folder should be")
    app.run()
    assert not app.exception
    assert "GENRE_LAB_HOME" in app.warning[0].value


def test_it_leads_to_every_other_page(app):
    app.run()
    assert [link.proto.page for link in app.get("page_link")] == [
        *("explore", "listen", "train", "evaluate", "compare", "predict", "quiz"),
        "evaluate",
    ]


def test_without_bundled_data_it_says_what_is_missing(app, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "BUNDLED", tmp_path / "nothing")
    app.run()
    assert not app.exception
    assert not app.metric
    assert len(app.info) == 3
    assert len(app.get("page_link")) == 7
