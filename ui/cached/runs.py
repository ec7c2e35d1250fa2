"""Runs and their predictions, as far as the visitor of the session may see them."""

import streamlit as st

from genre_core import runs
from genre_core.evaluation import Evaluation
from genre_core.runs import Run, RunInfo
from genre_core.runs.folds import FoldFacts, folds_of
from ui import visitors


def visible_runs() -> list[RunInfo]:
    """The runs that the visitor may see, as `runs.list_runs` lists them."""
    visitor = visitors.current()
    return [info for info in runs.list_runs() if runs.is_bundled(info) or visitor.may_see(info)]


def check_visible(name: str) -> None:
    """Raise RunError if there is no run with this name that the visitor may see: without saying which."""
    info = runs.run_info(name)
    if not runs.is_bundled(info) and not visitors.current().may_see(info):
        raise runs.no_such_run(name)


def run(name: str) -> Run:
    """The run with this name."""
    return _run(name, modified(name))


def evaluation(name: str) -> Evaluation:
    """The predictions of a run for its test set."""
    return _evaluation(name, modified(name))


def folds(name: str) -> tuple[FoldFacts, ...]:
    """What each fold of a run tested; empty without folds."""
    return _folds(name, modified(name))


def segment_seconds(name: str) -> float:
    """Length of a run's segments."""
    known = run(name)
    return known.info.segment_samples / known.feature_set.rate


def key(name: str) -> tuple[str, float]:
    """What tells this run from others, in worker processes too."""
    return name, modified(name)


def modified(name: str) -> float:
    """When a run was written: part of every cache key, since another run may get the same name later.

    Raises RunError if there is no such run that the visitor may see.
    """
    check_visible(name)
    return runs.run_folder(name).joinpath("run.json").stat().st_mtime


@st.cache_resource(show_spinner="Loading the run…", max_entries=32)
def _run(name: str, modified: float) -> Run:
    return runs.load_run(name)


@st.cache_resource(show_spinner=False, max_entries=32)
def _evaluation(name: str, modified: float) -> Evaluation:
    return _run(name, modified).evaluation()


@st.cache_resource(show_spinner=False, max_entries=32)
def _folds(name: str, modified: float) -> tuple[FoldFacts, ...]:
    return folds_of(_run(name, modified).info, _evaluation(name, modified))
