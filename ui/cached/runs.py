"""Runs and their predictions."""

import streamlit as st

from genre_core import runs
from genre_core.evaluation import Evaluation
from genre_core.runs import Run
from genre_core.runs.folds import FoldFacts, folds_of


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
    """When a run was written: part of every cache key, since another run may get the same name later."""
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
