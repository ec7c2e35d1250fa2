"""Sweeps: what is tried, what is selected, and that the test set is used once."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core import runs
from genre_core.datasets import AugmentedCopies, Dataset
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.errors import ConfigError, DatasetError
from genre_core.models.config import KnnConfig, MlpConfig
from genre_core.training import Trainer
from genre_core.training.sweep import Sweep, SweepPlan
from tests.waiting import PATIENCE_S

TRACK = SplitConfig("track")
ENDLESS = MlpConfig(epochs=100_000)


def test_a_random_search_has_the_combinations_of_the_grid_in_another_order() -> None:
    values = {"neighbors": (1, 5, 20), "weights": ("uniform", "distance")}
    grid = SweepPlan(KnnConfig(), values, TRACK).configs
    random = SweepPlan(KnnConfig(), values, TRACK, "random").configs
    assert len(grid) == len(set(grid)) == 6
    assert set(grid) == set(random)
    assert grid != random
    assert SweepPlan(KnnConfig(), values, TRACK, max_trials=2).configs == grid[:2]


@pytest.mark.parametrize(
    "values", [{}, {"neighbors": ()}, {"neighbors": (3,)}, {"depth": (1, 2)}, {"neighbors": (1, -1)}], ids=str
)
def test_an_invalid_plan_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        SweepPlan(KnnConfig(), values, TRACK)


def test_a_plan_needs_a_single_test_set() -> None:
    with pytest.raises(ConfigError, match="without folds"):
        SweepPlan(KnnConfig(), {"neighbors": (1, 5)}, SplitConfig("track", folds=5))


def test_the_best_is_selected_on_the_validation_set_and_then_tested_once(trainer: Trainer, bundled: Dataset) -> None:
    sweep = Sweep(trainer, bundled, SweepPlan(KnnConfig(), {"neighbors": (1, 5, 300)}, TRACK))
    assert sweep.wait(PATIENCE_S)
    assert sweep.problem is None
    assert [info.config.values["neighbors"] for info in sweep.trials] == [1, 5, 300]
    test = set(bundled.track[make_split(bundled, TRACK).single.test])
    for info in sweep.trials:
        assert info.split == SplitConfig("track", selection=True)
        assert info.sweep == sweep.name
        assert not test & set(runs.load_run(info.name).evaluation().track)
    best = max(info.scores.track_accuracy for info in sweep.trials)
    assert sweep.best is not None
    assert sweep.best.scores.track_accuracy == best
    assert sweep.final_run is not None
    assert sweep.final_run.split == TRACK
    assert sweep.final_run.config == sweep.best.config
    np.testing.assert_array_equal(sorted(test), np.unique(runs.load_run(sweep.final_run.name).evaluation().track))


def test_trials_are_augmented_and_only_the_final_run_is_tested_on_augmented_tracks(
    trainer: Trainer, bundled: Dataset
) -> None:
    dataset = replace(bundled, augmented=AugmentedCopies.of_arrays({"room": bundled.values, "mp3": bundled.values}))
    plan = SweepPlan(KnnConfig(), {"neighbors": (1, 5)}, TRACK, augmentations=("room",))
    sweep = Sweep(trainer, dataset, plan)
    assert sweep.wait(PATIENCE_S)
    assert [info.augmentations for info in sweep.trials] == [("room",), ("room",)]
    assert [info.augmented for info in sweep.trials] == [{}, {}]
    assert sweep.final_run is not None
    assert sweep.final_run.augmentations == ("room",)
    assert set(sweep.final_run.augmented) == {"room", "mp3"}


def test_stopping_ends_a_sweep_without_a_final_run(trainer: Trainer, bundled: Dataset) -> None:
    sweep = Sweep(trainer, bundled, SweepPlan(ENDLESS, {"dropout": (0.0, 0.2)}, TRACK))
    while sweep.job is None or not sweep.job.epochs:
        assert not sweep.wait(0.02)
    assert sweep.job.validates
    sweep.stop()
    assert sweep.wait(PATIENCE_S)
    assert sweep.final_run is None
    assert sweep.problem is None
    assert sweep.trials == []


def test_the_current_trial_is_stopped_when_the_budget_ends(trainer: Trainer, bundled: Dataset) -> None:
    sweep = Sweep(trainer, bundled, SweepPlan(ENDLESS, {"dropout": (0.0, 0.5)}, TRACK, budget_s=3))
    assert sweep.wait(PATIENCE_S)
    assert sweep.trials == []
    assert sweep.problem is not None
    assert "before the first trial" in sweep.problem
    assert trainer.jobs == []


def test_trials_within_the_budget_have_a_final_run(trainer: Trainer, bundled: Dataset) -> None:
    plan = SweepPlan(MlpConfig(layers=(8,)), {"epochs": (1, 100_000)}, TRACK, budget_s=20)
    sweep = Sweep(trainer, bundled, plan)
    assert sweep.wait(90)
    assert [info.epochs for info in sweep.trials] == [1]
    assert sweep.final_run is not None
    assert sweep.final_run.split == TRACK


def test_a_split_that_is_not_possible_is_refused_at_the_start(trainer: Trainer, bundled: Dataset, home: Path) -> None:
    with pytest.raises(DatasetError):
        Sweep(trainer, bundled, SweepPlan(KnnConfig(), {"neighbors": (1, 2)}, SplitConfig("fault-filtered")))
    assert not (home / "runs").exists()


def test_without_a_test_set_there_is_no_final_run(trainer: Trainer, bundled: Dataset) -> None:
    subset = np.where(np.isin(bundled.track, np.unique(bundled.track)[::3]), "valid", "train")
    split = SplitConfig("column", selection=True)
    plan = SweepPlan(KnnConfig(), {"neighbors": (1, 5)}, split)
    sweep = Sweep(trainer, replace(bundled, subset=subset), plan)
    assert sweep.wait(PATIENCE_S)
    assert (sweep.final_run, sweep.problem) == (None, None)
    assert [info.split for info in sweep.trials] == [split, split]
