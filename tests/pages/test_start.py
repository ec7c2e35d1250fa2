"""The page Start: with the bundled data, and without it."""

from pathlib import Path

import plotly.graph_objects as go
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import runs, storage
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.figures import explore as figures
from genre_core.models.base import ModelConfig
from genre_core.models.config import MlpConfig
from genre_core.training import TrainingJob
from genre_core.wording import score
from tests.page_text import plain
from tests.waiting import PATIENCE_S, predicted
from ui import cached, glossary, loading
from ui.state import Keys


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
        *("explore", "dataset", "listen", "train", "evaluate", "compare", "predict", "quiz"),
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
    assert len(app.get("page_link")) == 8
    assert [button.key for button in app.button] == ["start_change", "start_learning"]


def test_the_effect_of_the_split_is_one_click_away(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "trainer", StartedTrainings)
    app.run()
    assert "The 99 % that is not" in [plain(text.value) for text in app.markdown]
    app.button(key="start_split").click().run()
    assert not app.exception and not app.error
    assert app.session_state[Keys.RUN] == runs.PAPER_RUN
    assert "Effect of the split" in [header.value for header in app.subheader]


def test_a_song_that_changes_its_genre_is_one_click_away(app: AppTest) -> None:
    app.run()
    app.button(key="start_change").click()
    predicted(app)
    assert not app.exception and not app.error
    assert any(text.value.startswith("The genre changes at **0:16**") for text in app.markdown)


def test_a_training_starts_by_the_click_and_never_by_an_address(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = StartedTrainings()
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    app.run()
    app.session_state[Keys.DATASET] = "another dataset"
    app.button(key="start_learning").click().run()
    assert not app.exception
    assert app.session_state[Keys.DATASET] is cached.bundled_dataset()
    ((config, split),) = trainer.started
    assert config == MlpConfig(layers=(256, 128), dropout=0.0, epochs=80, batch_size=32) and split.kind == "track"
    app.run()
    assert len(trainer.started) == 1
    assert {name: app.query_params[name] for name in ("epochs", "split")} == {"epochs": "80", "split": "track"}
    other = AppTest.from_file("../../app.py", default_timeout=PATIENCE_S)
    other.run()
    other.switch_page("pages/train.py")
    other.query_params |= {**app.query_params, Keys.START_TRAINING: "True"}
    other.run()
    assert not other.exception and len(trainer.started) == 1


class StartedTrainings:
    """A trainer that only notes what it is to train."""

    slowdown = 1.0

    def __init__(self) -> None:
        self.started: list[tuple[ModelConfig, SplitConfig]] = []
        self.jobs: list[TrainingJob] = []

    def start(self, dataset: Dataset, config: ModelConfig, split: SplitConfig, **other: object) -> None:
        self.started.append((config, split))


def has_glossary(app: AppTest) -> bool:
    return "popover" in str(app.main)


def test_without_documents_there_is_no_glossary(app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app.run()
    assert has_glossary(app)
    monkeypatch.setattr(glossary, "entries", lambda: glossary.read(tmp_path / "glossary.md"))
    app.run()
    assert not app.exception
    assert not has_glossary(app)
