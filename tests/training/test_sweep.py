"""Sweeps: what is tried, what is chosen, and that the test part is touched once."""

from pathlib import Path

import numpy as np
import pytest

from genre_core import runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.errors import ConfigError, DatasetError
from genre_core.models.config import KnnConfig, MlpConfig
from genre_core.training import Trainer
from genre_core.training.sweep import Sweep, SweepPlan

TRACK = SplitConfig("track")


def test_a_grid_is_every_combination_and_a_random_order_the_same_ones() -> None:
    choices = {"neighbors": (1, 5, 20), "weights": ("uniform", "distance")}
    grid = SweepPlan(KnnConfig(), choices, TRACK).configs
    drawn = SweepPlan(KnnConfig(), choices, TRACK, "random").configs
    assert len(grid) == len(set(grid)) == 6
    assert set(grid) == set(drawn)
    assert grid != drawn
    assert SweepPlan(KnnConfig(), choices, TRACK, most=2).configs == grid[:2]


@pytest.mark.parametrize(
    "choices", [{}, {"neighbors": ()}, {"neighbors": (3,)}, {"depth": (1, 2)}, {"neighbors": (1, -1)}], ids=str
)
def test_a_senseless_plan_is_refused(choices: dict) -> None:
    with pytest.raises(ConfigError):
        SweepPlan(KnnConfig(), choices, TRACK)


def test_the_best_is_chosen_without_the_test_part_and_then_tested_once(trainer: Trainer, bundled: Dataset) -> None:
    sweep = Sweep(trainer, bundled, SweepPlan(KnnConfig(), {"neighbors": (1, 5, 300)}, TRACK))
    assert sweep.wait(60)
    assert sweep.problem is None
    assert [info.config.values["neighbors"] for info in sweep.done] == [1, 5, 300]
    test = set(bundled.track[make_split(bundled, TRACK).single.test])
    for info in sweep.done:
        assert info.split == SplitConfig("track", selection=True)
        assert info.sweep == sweep.name
        assert not test & set(runs.load_run(info.name).evaluation().track)
    best = max(info.scores.track_accuracy for info in sweep.done)
    assert sweep.best is not None
    assert sweep.best.scores.track_accuracy == best
    assert sweep.winner is not None
    assert sweep.winner.split == TRACK
    assert sweep.winner.config == sweep.best.config
    np.testing.assert_array_equal(sorted(test), np.unique(runs.load_run(sweep.winner.name).evaluation().track))


def test_stop_ends_it_and_keeps_what_was_tried(trainer: Trainer, bundled: Dataset) -> None:
    sweep = Sweep(trainer, bundled, SweepPlan(MlpConfig(epochs=100_000), {"dropout": (0.0, 0.2)}, TRACK))
    while sweep._job is None or not sweep._job.epochs:
        assert not sweep.wait(0.02)
    sweep.stop()
    assert sweep.wait(30)
    assert sweep.winner is None
    assert sweep.problem is None
    assert sweep.done == []


def test_the_one_under_way_is_ended_when_the_budget_is_spent(trainer: Trainer, bundled: Dataset) -> None:
    endless = MlpConfig(epochs=100_000)
    sweep = Sweep(trainer, bundled, SweepPlan(endless, {"dropout": (0.0, 0.5)}, TRACK, budget_s=3))
    assert sweep.wait(60)
    assert sweep.done == []
    assert sweep.problem is not None
    assert "before one configuration" in sweep.problem
    assert trainer.jobs == []


def test_what_was_tried_within_the_budget_has_its_winner(trainer: Trainer, bundled: Dataset) -> None:
    plan = SweepPlan(MlpConfig(layers=(8,)), {"epochs": (1, 100_000)}, TRACK, budget_s=20)
    sweep = Sweep(trainer, bundled, plan)
    assert sweep.wait(90)
    assert [info.epochs for info in sweep.done] == [1]
    assert sweep.winner is not None
    assert sweep.winner.split == TRACK


def test_a_winner_has_one_test_part_that_nothing_was_chosen_by() -> None:
    with pytest.raises(ConfigError, match="instead of folds"):
        SweepPlan(KnnConfig(), {"neighbors": (1, 5)}, SplitConfig("track", folds=5))


def test_what_cannot_be_done_is_said_before(trainer: Trainer, bundled: Dataset, home: Path) -> None:
    with pytest.raises(DatasetError, match="the whole of GTZAN"):
        Sweep(trainer, bundled, SweepPlan(KnnConfig(), {"neighbors": (1, 2)}, SplitConfig("fault-filtered")))
    assert not (home / "runs").exists()
