"""Sweeps: hyperparameter search within a time budget.

Every configuration is a trial, scored on a validation set that is taken out of the training set
(`SplitConfig.selection`).  The best one is then trained on the whole training set and evaluated once on the test set.
A score by which a configuration was selected would be too high.
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
from genre_core.models.base import ModelConfig
from genre_core.runs import RunInfo
from genre_core.runs.comparison import ranking_key
from genre_core.training.checks import check_augmentations, check_features
from genre_core.training.job import TrainingJob
from genre_core.training.trainer import Trainer

Search = Literal["grid", "random"]
MAX_COMBINATIONS = 10_000


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep tries; validated when created (ConfigError)."""

    config: ModelConfig
    """The configuration, whose other settings stay as they are."""
    values: Mapping[str, tuple[Any, ...]]
    """The values to try of each setting that varies."""
    split: SplitConfig
    """The split of the final run; trials are scored on a validation set taken out of its training set.  If it has no
    test set (`selection`), trials are scored on its validation set, and there is no final run."""
    search: Search = "grid"
    """grid: the combinations in order; random: in random order, drawn with the seed of the configuration."""
    max_trials: int = 50
    """Number of combinations to try at most."""
    budget_s: float = 600.0
    """Seconds after which the current trial is stopped, and the best of the others is tested."""
    augmentations: tuple[str, ...] = ()
    """Augmentations of the training set, of the trials and of the final run."""

    def __post_init__(self) -> None:
        if not self.values or not all(self.values.values()):
            raise ConfigError("Choose at least one setting to vary, and its values.")
        if not 2 <= self.n_combinations <= MAX_COMBINATIONS:
            raise ConfigError(
                f"These values have {self.n_combinations} combinations; a sweep takes 2 to {MAX_COMBINATIONS}."
            )
        if self.split.folds:
            raise ConfigError("A sweep needs a single test set; choose a split without folds.")
        if self.max_trials < 1:
            raise ConfigError("A sweep needs at least one trial.")
        for name in self.values:
            self.config.setting(name)
        self.configs  # noqa: B018  # refuses values that a setting may not have

    @property
    def n_combinations(self) -> int:
        """Number of combinations of the values."""
        return math.prod(len(values) for values in self.values.values())

    @property
    def configs(self) -> list[ModelConfig]:
        """The configurations to try, in order."""
        combinations = list(itertools.product(*self.values.values()))
        if self.search == "random":
            np.random.default_rng(self.config.seed).shuffle(combinations)
        return [
            replace(self.config, **dict(zip(self.values, combination, strict=True)))
            for combination in combinations[: self.max_trials]
        ]


class Sweep:
    """A running or finished sweep; it runs in a thread of its own.

    Attributes
    ----------
    name : name of the sweep, which its runs refer to.
    owner : id of the visitor of a served dashboard to whom its runs belong; empty for the operator.
    trials : the runs so far, each evaluated on the validation set.
    final_run : the run of the best configuration, evaluated on the test set; None before it is trained.
    problem : why the sweep ended early or a trial failed; None if neither happened.
    """

    def __init__(self, trainer: Trainer, dataset: Dataset, plan: SweepPlan, *, owner: str = "") -> None:
        """Start the sweep; GenreLabError if the features do not suit the model or the split is not possible."""
        check_features(plan.config, dataset.feature_set)
        check_augmentations(dataset, plan.augmentations)
        self._selection_split = replace(plan.split, selection=True)
        make_split(dataset, self._selection_split)
        self.plan, self.configs, self.owner = plan, plan.configs, owner
        self.name = f"sweep-{plan.config.model}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        self.trials: list[RunInfo] = []
        self.final_run: RunInfo | None = None
        self.problem: str | None = None
        self._trainer, self._dataset = trainer, dataset
        self._job: TrainingJob | None = None
        self._stopping = threading.Event()
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopping.is_set()

    @property
    def job(self) -> TrainingJob | None:
        """The current training, or the last one; None before the first."""
        return self._job

    @property
    def seconds_left(self) -> float:
        """What is left of the time budget."""
        return max(self.plan.budget_s - (time.monotonic() - self._started), 0.0)

    @property
    def best(self) -> RunInfo | None:
        """The best trial so far, by `ranking_key`; None before the first has ended."""
        return max(self.trials, key=ranking_key, default=None)

    def stop(self) -> None:
        """End the sweep soon; the trials so far are kept."""
        self._stopping.set()
        if job := self._job:
            job.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the sweep has ended; False if it has not after `timeout` seconds."""
        self._thread.join(timeout)
        return not self.running

    def _run(self) -> None:
        for number, config in enumerate(self.configs, 1):
            if self.stopped or self.seconds_left == 0:
                break
            title = f"{self.name}, {number} of {len(self.configs)}"
            if info := self._train(config, self._selection_split, title, within_budget=True):
                self.trials.append(info)
        if self.stopped:
            return
        if self.best:
            if not self.plan.split.selection:
                self.final_run = self._train(self.best.config, self.plan.split, f"Best of {self.name}")
        elif not self.problem:
            self.problem = "The time budget ended before the first trial was complete; choose a longer one."

    def _train(
        self, config: ModelConfig, split: SplitConfig, title: str, *, within_budget: bool = False
    ) -> RunInfo | None:
        """Train a configuration; None if it was stopped, failed, or did not end within the budget."""
        late = False
        try:
            self._job = self._trainer.start(
                self._dataset,
                config,
                split,
                augmentations=self.plan.augmentations,
                title=title,
                sweep=self.name,
                owner=self.owner,
            )
            late = within_budget and not self._job.wait(self.seconds_left)
            if self.stopped or late:
                self._job.stop()
            run = self._job.result().info
        except GenreLabError as error:
            if not self.stopped and not late:
                self.problem = str(error)
            return None
        # A network that was stopped early is not comparable to the others.
        return None if run.stopped else run
