"""The trainings and sweeps of the visitor, within the limits of a served dashboard."""

import threading

from genre_core import runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.models.base import ModelConfig
from genre_core.training import TrainingJob
from genre_core.training.sweep import Sweep, SweepPlan
from genre_core.visitors import serving
from ui import cached, visitors
from ui.state import visitor

_starting = threading.Lock()
"""Held from the check of the limits to the start."""


def running() -> list[TrainingJob]:
    """The visitor's trainings that have not ended, without trials of sweeps."""
    return [job for job in cached.trainer().jobs if job.owner == visitors.current().id and not job.is_trial]


def running_sweeps() -> list[Sweep]:
    """The visitor's sweeps that have not ended."""
    return [sweep for sweep in cached.sweeps() if sweep.owner == visitors.current().id and sweep.running]


def start(
    dataset: Dataset, config: ModelConfig, split: SplitConfig, *, augmentations: tuple[str, ...] = ()
) -> TrainingJob:
    """Start a training of the visitor.

    Raises GenreLabError if it is not possible, or the visitor has too many runs or trainings.
    """
    owner = visitors.current().id
    with _starting:
        check_room(1)
        return cached.trainer().start(
            dataset, config, split, augmentations=augmentations, visitor=visitor(), owner=owner
        )


def start_sweep(dataset: Dataset, plan: SweepPlan) -> Sweep:
    """Start a sweep of the visitor.

    Raises GenreLabError if it is not possible, or the visitor has too many runs or trainings.
    """
    with _starting:
        check_room(len(plan.configs) + 1)
        sweep = Sweep(cached.trainer(), dataset, plan, owner=visitors.current().id)
        cached.sweeps().append(sweep)
    return sweep


def check_room(n_new: int) -> None:
    """Raise ConfigError if the visitor may not have so many more runs, with those that are in progress, or has too
    many in progress."""
    if settings := serving():
        trainings, sweeps = running(), running_sweeps()
        coming = len(trainings) + sum(len(sweep.configs) + 1 - len(sweep.trials) for sweep in sweeps)
        in_progress = len(trainings) + len(sweeps)
        settings.check_new_run(visitors.current().id, runs.list_runs(), in_progress, n_new + coming)
