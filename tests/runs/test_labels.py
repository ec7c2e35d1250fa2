"""Labels of runs say what a person needs to choose one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from genre_core import runs
from genre_core.features import FEATURE_SETS
from genre_core.models.config import KnnConfig
from genre_core.runs import RunInfo, dataset_name, feature_set_name, run_label, run_labels, run_title


@pytest.fixture
def info() -> RunInfo:
    """A run without a title, trained in this year."""
    created = datetime.now(UTC).replace(month=7, day=5, hour=12, minute=30).isoformat(timespec="seconds")
    return replace(runs.load_run("paper-track").info, title="", created=created)


def test_a_label_has_model_features_split_accuracy_and_time(info: RunInfo) -> None:
    time = datetime.fromisoformat(info.created).astimezone()
    assert run_label(info) == f"MLP on 58 features · track split · 70\u00a0% · 5 Jul {time:%H:%M}"


def test_a_time_of_another_year_has_the_year(info: RunInfo) -> None:
    assert run_label(replace(info, created="2019-03-04T10:00:00+00:00")).endswith(" · 4 Mar 2019")


def test_a_title_comes_first_and_a_stopped_run_says_so(info: RunInfo) -> None:
    label = run_label(replace(info, title="Monday's class", stopped=True))
    assert label.startswith("Monday's class · track split · 70\u00a0% · stopped early · ")


def test_a_run_with_an_augmented_training_set_says_so(info: RunInfo) -> None:
    assert run_title(replace(info, augmentations=("room",))) == "MLP on 58 features, augmented"


def test_labels_are_unique(info: RunInfo) -> None:
    infos = [info, replace(info, name="second"), replace(info, name="third", title="Mine")]
    labels = run_labels(infos)
    assert list(labels) == ["paper-track", "second", "third"]
    assert len(set(labels.values())) == 3
    assert labels["second"].endswith(" · second")
    assert labels["third"] == run_label(infos[2])


def test_the_titles_that_a_sweep_gives_are_replaced_by_settings(info: RunInfo) -> None:
    trial = replace(info, config=KnnConfig(neighbors=3), sweep="sweep-knn-1", title="sweep-knn-1, 2 of 9")
    assert run_title(trial) == "k-NN, number of neighbors = 3"
    assert run_title(replace(trial, title="Best of sweep-knn-1")) == "Best of sweep: k-NN, number of neighbors = 3"


@pytest.mark.parametrize("title", ["sweep-knn-1 with few neighbors", "sweep-knn-1, 2 of 9 repeated", "Best one"])
def test_a_title_that_the_user_gives_to_a_run_of_a_sweep_is_shown(info: RunInfo, title: str) -> None:
    assert run_title(replace(info, sweep="sweep-knn-1", title=title)) == title


@pytest.mark.parametrize("features", FEATURE_SETS)
def test_every_feature_set_has_a_short_name(features: str) -> None:
    assert 0 < len(feature_set_name(features)) <= 30
    assert feature_set_name(f"{features}@vocals") == f"{feature_set_name(features)} of the vocals"


def test_an_unknown_feature_set_is_shown_by_its_name() -> None:
    assert feature_set_name("tea@vocals") == "tea of the vocals"


def test_the_bundled_runs_have_titles_and_the_default_says_so() -> None:
    titles = {info.name: run_title(info) for info in runs.list_runs()}
    assert titles[runs.DEFAULT_RUN].startswith("Default: ")
    assert "with data leakage" in titles["paper-random"] and "without data leakage" in titles["paper-track"]
    assert dataset_name(runs.load_run("paper-track").info) == "GTZAN-mini"
