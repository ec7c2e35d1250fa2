"""Evaluate: the effect of the split, and the training of missing splits."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from genre_core import datasets, runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.models.config import LogisticConfig
from genre_core.training import Trainer
from tests.evaluate_page import train, words
from tests.waiting import PATIENCE_S
from ui.state import Keys


def test_the_gap_between_the_splits_is_explained_with_both_accuracies(app: AppTest) -> None:
    app.run()
    leaky, clean = (runs.load_run(name).info.scores.accuracy for name in ("paper-random", "paper-track"))
    text = words(app)
    assert "percentage points of accuracy are due to data leakage" in text
    assert f"gives {100 * leaky:.0f} % per segment" in text and f"falls to {100 * clean:.0f} %" in text


def test_a_missing_split_is_explained_and_can_be_trained(app: AppTest) -> None:
    app.run()
    text = words(app)
    assert (
        "Artist split: not trained yet. Artists are divided, so no artist in the test set is in the training set."
        in text
    )
    assert "Not tested: blues, classical, reggae, rock" in text
    assert app.button(key="evaluate_train_missing").label == "Train with the missing split"


def test_missing_splits_are_trained_and_found_again(busy_app: AppTest, trainer: Trainer, bundled: Dataset) -> None:
    app = busy_app
    info = train(trainer, bundled, SplitConfig("random", seed=3))
    app.session_state[Keys.RUN] = info.name
    app.run()
    assert app.button(key="evaluate_train_missing").label == "Train with the missing splits"
    app.button(key="evaluate_train_missing").click().run()
    jobs = list(app.session_state["evaluate_jobs"].values())
    assert {job.split.config for job in jobs} == {SplitConfig("track", seed=3), SplitConfig("artist", seed=3)}
    # Leaving and coming back while they go on.
    app.switch_page("pages/start.py").run()
    for job in jobs:
        assert job.wait(PATIENCE_S)
    app.switch_page("pages/evaluate.py").run()
    assert not app.exception and not app.error
    assert "evaluate_train_missing" not in [button.key for button in app.button]
    text = words(app)
    assert "track split" in text and "only 6 of the 10 genres can be tested" in text
    assert app.session_state[Keys.RUN] == info.name


def test_a_training_started_in_another_session_is_found(busy_app: AppTest, trainer: Trainer, bundled: Dataset) -> None:
    app = busy_app
    ended = train(trainer, bundled, SplitConfig("random"))
    app.session_state[Keys.RUN] = ended.name
    ahead = trainer.start(bundled, LogisticConfig(), SplitConfig("track", folds=10))  # keeps the one worker busy
    job = trainer.start(bundled, LogisticConfig(), SplitConfig("artist"))
    app.run()
    assert "evaluate_stop" in [button.key for button in app.button]
    app.button(key="evaluate_stop").click().run()
    assert job.wait(PATIENCE_S)
    ahead.stop()
    ahead.wait(PATIENCE_S)
    app.run()
    assert not app.exception
    if job.run is None:
        assert job.problem is not None and job.problem in words(app)


def test_a_split_that_is_not_possible_says_why(app: AppTest, trainer: Trainer, demo_folder: Path) -> None:
    dataset = datasets.read_folder(demo_folder, jobs=1)
    dataset = replace(dataset, artist=np.full(len(dataset.track), "one artist"))
    app.session_state[Keys.RUN] = train(trainer, dataset, SplitConfig("random")).name
    app.session_state[Keys.DATASET] = dataset
    app.run()
    assert not app.exception
    assert "Artist split: not possible. " in words(app)
    assert app.button(key="evaluate_train_missing").label == "Train with the missing split"


def test_without_its_dataset_it_says_which_one_is_needed(app: AppTest, trainer: Trainer, demo_folder: Path) -> None:
    dataset = datasets.read_folder(demo_folder, jobs=1)
    app.session_state[Keys.RUN] = train(trainer, dataset, SplitConfig("random")).name
    app.run()
    assert not app.exception
    assert f"choose the dataset {dataset.name} with the feature set paper" in words(app)
    assert "evaluate_train_missing" not in [button.key for button in app.button]


def test_another_dataset_of_the_same_name_is_not_used(app: AppTest, trainer: Trainer, demo_folder: Path) -> None:
    dataset = datasets.read_folder(demo_folder, jobs=1)
    app.session_state[Keys.RUN] = train(trainer, dataset, SplitConfig("random")).name
    app.session_state[Keys.DATASET] = dataset.take(dataset.track != dataset.track[0])
    app.run()
    assert "evaluate_train_missing" not in [button.key for button in app.button]


def test_a_stopped_run_offers_no_comparison(app: AppTest, own_run: str, home: Path) -> None:
    path = home / "runs" / own_run / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"stopped": True}))
    app.session_state[Keys.RUN] = own_run
    app.run()
    assert not app.exception
    assert "was stopped early" in words(app)
    assert "evaluate_train_missing" not in [button.key for button in app.button]
