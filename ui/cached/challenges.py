"""The challenges of this server."""

import streamlit as st

from genre_core.classroom import challenges
from genre_core.classroom.challenges import Board, Challenge, Outcome, Submission
from genre_core.datasets import Dataset
from genre_core.jobs import Job
from ui import visitors
from ui.cached.work import background_workers, workers
from ui.state import visitor


def challenge_board(code: str) -> Board:
    """The board of a challenge, computed once for each of its versions."""
    return _board(code, challenges.version(code))


@st.cache_resource(show_spinner=False, max_entries=64)
def _board(code: str, version: str) -> Board:
    return challenges.make_board(challenges.students(code), challenges.submissions(code))


def challenge_outcome(code: str) -> Outcome | None:
    """The outcome of a challenge; None before the reveal."""
    return _outcome(code, challenges.version(code))


@st.cache_resource(show_spinner=False, max_entries=64)
def _outcome(code: str, version: str) -> Outcome | None:
    if (results := challenges.results(code)) is None:
        return None
    return challenges.make_outcome(challenges.students(code), challenges.submissions(code), results)


@st.cache_resource(show_spinner="Loading the dataset of the challenge…", max_entries=4)
def challenge_dataset(challenge: Challenge) -> Dataset:
    """The dataset that the students of a challenge train on."""
    return challenges.student_dataset(challenge.code)


def submit_to_challenge(code: str, run: str) -> Job[Submission]:
    """The job that submits a run of the visitor."""
    owner = visitors.current().id
    return workers().submit(challenges.submit_run, code, owner, run, visitor=visitor())


def start_reveal(code: str) -> None:
    """Start to reveal the results of a challenge, unless that goes on already."""
    job = reveals().get(code)
    if job is None or not job.running:
        reveals()[code] = background_workers().submit(challenges.reveal, code, visitor=visitor(), with_progress=True)


@st.cache_resource(show_spinner=False)
def reveals() -> dict[str, Job[None]]:
    """The jobs that reveal results, by the codes of their challenges."""
    return {}
