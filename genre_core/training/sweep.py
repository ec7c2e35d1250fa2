"""Trying many settings within a time budget.

Each configuration is scored on a validation part, taken out of the training part (`SplitConfig.selection`); the test
part is not touched until the best one is trained on the whole training part and tested there, once.  Choosing by the
test part itself would flatter the winner.
"""

import itertools
import math
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np

from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.errors import ConfigError, GenreLabError
from genre_core.models.config import ModelConfig
from genre_core.runs import RunInfo
from genre_core.training import Trainer, TrainingJob, check_features

Order = Literal["grid", "random"]
MOST_COMBINATIONS = 10_000


@dataclass(frozen=True)
class SweepPlan:
    """What to try; checks itself when made (ConfigError)."""

    config: ModelConfig
    """Where the settings that do not vary are taken from."""
    choices: Mapping[str, tuple[Any, ...]]
    """The values of each setting that varies."""
    split: SplitConfig
    """Of the winner; the others are scored on its validation part."""
    order: Order = "grid"
    """grid: one after the other; random: in an order drawn by the configuration's seed."""
    most: int = 50
    """At most so many configurations."""
    budget_s: float = 600.0
    """After so many seconds the one under way is ended, and the best of the others tested."""

    def __post_init__(self) -> None:
        if not self.choices or not all(self.choices.values()):
            raise ConfigError("Choose at least one setting, and a value for each.")
        if not 2 <= self.combinations <= MOST_COMBINATIONS:
            raise ConfigError(
                f"These values make {self.combinations} configurations; a sweep takes 2 to {MOST_COMBINATIONS}."
            )
        if self.split.folds:
            raise ConfigError("A sweep keeps one test part for its winner; choose one test part instead of folds.")
        if self.most < 1:
            raise ConfigError("A sweep tries at least one configuration.")
        for name in self.choices:
            self.config.setting(name)
        self.configs  # noqa: B018  # a value that a setting may not have is refused now

    @property
    def combinations(self) -> int:
        return math.prod(len(values) for values in self.choices.values())

    @property
    def configs(self) -> list[ModelConfig]:
        """What is tried, in order."""
        products = list(itertools.product(*self.choices.values()))
        if self.order == "random":
            np.random.default_rng(self.config.seed).shuffle(products)
        return [
            replace(self.config, **dict(zip(self.choices, values, strict=True))) for values in products[: self.most]
        ]


class Sweep:
    """A sweep that goes on in a thread of its own.

    Attributes
    ----------
    name : what its runs are known by.
    done : the runs so far, each scored on the validation part.
    winner : the run of the best configuration, scored on the test part, once there is one.
    problem : why it ended early, if it did.
    """

    def __init__(self, trainer: Trainer, dataset: Dataset, plan: SweepPlan) -> None:
        """Begin it.  GenreLabError at once for what can be known before: features or splits that don't fit."""
        check_features(plan.config, dataset.feature_set)
        self._selection = replace(plan.split, selection=True)
        make_split(dataset, self._selection)
        self.plan, self.configs = plan, plan.configs
        self.name = f"sweep-{plan.config.model}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        self.done: list[RunInfo] = []
        self.winner: RunInfo | None = None
        self.problem: str | None = None
        self._trainer, self._dataset = trainer, dataset
        self._job: TrainingJob | None = None
        self._stopping = threading.Event()
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    @property
    def seconds_left(self) -> float:
        """Of the budget."""
        return max(self.plan.budget_s - (time.monotonic() - self._began), 0.0)

    @property
    def best(self) -> RunInfo | None:
        """The best run so far, by `goodness` on the validation part."""
        return max(self.done, key=goodness, default=None)

    def stop(self) -> None:
        """End it soon; what was tried so far stays."""
        self._stopping.set()
        if job := self._job:
            job.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; False if it has not within `timeout` seconds."""
        self._thread.join(timeout)
        return not self.running

    def _run(self) -> None:
        for number, config in enumerate(self.configs, 1):
            if self.stopped or self.seconds_left == 0:
                break
            title = f"{self.name}, {number} of {len(self.configs)}"
            if info := self._train(config, self._selection, title, within_budget=True):
                self.done.append(info)
        if self.best and not self.stopped:
            self.winner = self._train(self.best.config, self.plan.split, f"Best of {self.name}")
        elif not self.stopped and not self.problem:
            self.problem = "The time budget was spent before one configuration was learned to its end."

    def _train(
        self, config: ModelConfig, split: SplitConfig, title: str, *, within_budget: bool = False
    ) -> RunInfo | None:
        late = False
        try:
            self._job = self._trainer.start(self._dataset, config, split, title=title, sweep=self.name)
            late = within_budget and not self._job.wait(self.seconds_left)
            if self.stopped or late:
                self._job.stop()
            run = self._job.result().info
        except GenreLabError as error:
            if not self.stopped and not late:
                self.problem = str(error)
            return None
        # A network that was stopped halfway can't be compared with the others.
        return None if run.stopped else run


def goodness(info: RunInfo) -> tuple[float, float, float]:
    """By what the best trial is chosen: tracks right, among equals segments right, then the log loss."""
    return info.scores.track_accuracy, info.scores.accuracy, -info.scores.log_loss
