"""Further scores and curves of runs, and the difference of two."""

import streamlit as st

from genre_core.evaluation import further
from genre_core.evaluation.further import FurtherScores
from genre_core.jobs import Job
from genre_core.runs.curves import RunCurves, run_curves
from genre_core.runs.difference import Difference
from genre_core.runs.difference import difference as difference_of
from ui.cached import runs
from ui.cached.work import cached_job, finished, workers
from ui.state import visitor


def further_scores(name: str) -> FurtherScores:
    """The further scores of a run without the areas under its curves."""
    return _further_scores(name, runs.modified(name))


@st.cache_resource(show_spinner=False, max_entries=256)
def _further_scores(name: str, modified: float) -> FurtherScores:
    return further.further_scores(runs.evaluation(name), areas=False)


def difference(first: str, second: str) -> Difference | None:
    """The difference of two runs; None if they were not tested on the same segments."""
    return _difference(first, runs.modified(first), second, runs.modified(second))


@st.cache_resource(show_spinner=False, max_entries=64)
def _difference(first: str, first_modified: float, second: str, second_modified: float) -> Difference | None:
    return difference_of(runs.evaluation(first), runs.evaluation(second))


def curves(name: str) -> RunCurves:
    """The ROC and precision-recall curves of a run."""
    return finished(_curves(runs.key(name)), "Computing the curves")


@cached_job(64)
def _curves(run: tuple[str, float]) -> Job[RunCurves]:
    return workers().submit(run_curves, run, visitor=visitor(), urgent=True)
