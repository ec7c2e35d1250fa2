"""Evaluate: the scores of a run, its split, and what to know about them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import runs, storage
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.training import Trainer
from genre_core.wording import score
from tests.evaluate_page import train, words
from tests.page_text import plain
from ui.state import Keys


def test_scores_are_shown_with_their_split_and_a_warning(app: AppTest) -> None:
    app.run()
    assert not app.exception and not app.error
    info = runs.load_run(runs.PAPER_RUN).info
    assert [metric.value for metric in app.metric] == [
        score(info.scores.accuracy),
        score(info.scores.track_accuracy),
        f"{info.scores.macro_f1:.2f}",
        f"{info.scores.log_loss:.2f}",
    ]
    interval = info.ci95["accuracy"]
    assert app.metric[0].delta == f"{100 * interval.low:.1f} to {score(interval.high)}"
    assert "bootstrap over the 99 test tracks" in words(app)
    assert "the test set of a random split (668 training and 329 test segments; 99 of 100 tracks in both sets" in words(
        app
    )
    clean = runs.load_run("paper-track").info.scores.accuracy
    (warning,) = app.warning
    assert "Data leakage" in warning.value
    assert f"{100 * clean:.0f}" in warning.value


def test_a_track_split_needs_no_warning(app: AppTest, own_run: str) -> None:
    app.session_state[Keys.RUN] = own_run
    app.run()
    assert app.selectbox(key="run_picker").value == own_run
    assert "a track split" in words(app) and "none in both sets" in words(app)
    assert not app.warning


def test_runs_are_chosen_by_their_labels(app: AppTest, own_run: str) -> None:
    app.run()
    infos = runs.list_runs()
    options = app.selectbox(key="run_picker").options
    assert options == list(runs.run_labels(infos).values())
    assert options[0].startswith("MLP on 58 features · track split · 70\u00a0% · ")
    assert options[1].startswith("Default: ")


def test_another_run_is_remembered(app: AppTest) -> None:
    app.run()
    app.selectbox(key="run_picker").select("paper-track").run()
    assert app.session_state[Keys.RUN] == "paper-track"
    app.switch_page("pages/predict.py").run()
    assert app.selectbox(key="run_picker").value == "paper-track"


def test_excluded_tracks_and_untested_genres_are_named(app: AppTest, trainer: Trainer, bundled: Dataset) -> None:
    app.session_state[Keys.RUN] = train(trainer, bundled, SplitConfig("artist")).name
    app.run()
    notes = [plain(info.value) for info in app.info]
    assert "4 tracks excluded: their artist is unknown." in notes
    assert any(note.startswith("Not tested: blues, classical, reggae, rock") for note in notes)


def test_the_scores_of_the_folds_are_listed(app: AppTest, trainer: Trainer, bundled: Dataset) -> None:
    info = train(trainer, bundled, SplitConfig("track", folds=3))
    app.session_state[Keys.RUN] = info.name
    app.run()
    assert not app.exception
    assert (
        "Measured in 3-fold cross-validation by track (997 test segments of 100 tracks; no track is in both sets of a "
        "fold)." in words(app)
    )
    (table,) = [table.value for table in app.dataframe if "fold" in table.value]
    assert list(table["fold"]) == [1, 2, 3]
    assert list(table["accuracy"]) == pytest.approx([100 * fold.accuracy for fold in info.folds])


def test_validation_scores_are_not_test_scores(app: AppTest, trainer: Trainer, bundled: Dataset) -> None:
    tracks = np.unique(bundled.track)
    part = dict(zip(tracks, np.resize(["train", "valid", "train", "test"], len(tracks)), strict=True))
    dataset = replace(bundled, subset=np.array([part[track] for track in bundled.track]))
    info = train(trainer, dataset, SplitConfig("column"))
    app.session_state[Keys.RUN] = info.name
    app.session_state[Keys.DATASET] = dataset
    app.run()
    assert not app.exception
    assert info.validation_scores is not None
    chosen = score(info.validation_scores.accuracy).replace("\u00a0", " ")
    assert f"had an accuracy of {chosen} (segments)" in words(app)
    assert "so this is not a test result" in words(app)
    assert app.button(key="evaluate_train_missing").label == "Train with the missing splits"


def test_without_a_run_it_links_to_train(app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BUNDLED", tmp_path / "nothing")
    app.run()
    assert not app.exception and not app.error
    assert "no runs yet" in app.info[0].value
    assert [link.proto.page for link in app.get("page_link")] == ["train"]


def test_a_damaged_run_gives_a_message(app: AppTest, home: Path, own_run: str) -> None:
    (home / "runs" / "mine" / "predictions.parquet").write_bytes(b"gone")
    app.session_state[Keys.RUN] = own_run
    app.run()
    assert not app.exception
    assert "damaged" in app.error[0].value
    assert app.selectbox(key="run_picker").value == own_run
