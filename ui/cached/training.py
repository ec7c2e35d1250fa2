"""The trainer and the sweeps of this server, and the trainings of the visitor."""

import threading

import streamlit as st

from genre_core import runs, storage
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.models.base import ModelConfig
from genre_core.training import Trainer, TrainingJob
from genre_core.training.sweep import Sweep, SweepPlan
from genre_core.visitors import serving
from ui import visitors
from ui.state import visitor


@st.cache_resource(show_spinner=False)
def trainer() -> Trainer:
    """The trainer of this server, with its worker processes; what a killed server left behind is deleted first."""
    threading.Thread(target=storage.remove_abandoned, daemon=True).start()
    return Trainer(slots=2, load_tensorflow=True, yields=True)


@st.cache_resource(show_spinner=False)
def sweeps() -> list[Sweep]:
    """The sweeps of all visitors, running and finished."""
    return []


def own_trainings() -> list[TrainingJob]:
    """The visitor's trainings that have not ended, without trials of sweeps."""
    return [job for job in trainer().jobs if job.owner == visitors.current().id and not job.is_trial]


def own_sweeps() -> list[Sweep]:
    """The visitor's sweeps that have not ended."""
    return [sweep for sweep in sweeps() if sweep.owner == visitors.current().id and sweep.running]


def start_training(
    dataset: Dataset, config: ModelConfig, split: SplitConfig, *, augmentations: tuple[str, ...] = ()
) -> TrainingJob:
    """Start a training of the visitor.

    Raises GenreLabError if it is not possible, or the visitor has too many runs or trainings.
    """
    _check_limits(1)
    owner = visitors.current().id
    return trainer().start(dataset, config, split, augmentations=augmentations, visitor=visitor(), owner=owner)


def start_sweep(dataset: Dataset, plan: SweepPlan) -> Sweep:
    """Start a sweep of the visitor.

    Raises GenreLabError if it is not possible, or the visitor has too many runs or trainings.
    """
    _check_limits(len(plan.configs) + 1)
    sweep = Sweep(trainer(), dataset, plan, owner=visitors.current().id)
    sweeps().append(sweep)
    return sweep


def _check_limits(n_new: int) -> None:
    if settings := serving():
        in_progress = len(own_trainings()) + len(own_sweeps())
        settings.check_new_run(visitors.current().id, runs.list_runs(), in_progress, n_new)
