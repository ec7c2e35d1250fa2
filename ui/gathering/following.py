"""How far a job of a gathered dataset is, with a button that stops it."""

from typing import Any

import streamlit as st

from genre_core.errors import GenreLabError
from genre_core.jobs import Job
from ui import cached, shell
from ui.text import SEE_LOG

_FOLLOW_S = 0.5
_QUICK_S = 0.2
"""What ends as fast as this is not shown as running."""


def show(job: Job[Any], doing: str, key: str) -> bool:
    """Show how far a job is, or why it has failed; returns whether it has a result.

    The page is run again when it ends.

    Parameters
    ----------
    doing : what it does, as in "Checking the songs".
    """
    if not job.wait(_QUICK_S):
        st.fragment(_follow, run_every=_FOLLOW_S)(job, doing, key)
    elif job.stopped:
        shell.show_problem("Stopped. What was done is kept.", kind="info")
    elif job.failed:
        shell.show_problem(job.problem or f"It failed; {SEE_LOG}. Try again.")
    return not job.running and not job.failed


def _follow(job: Job[Any], doing: str, key: str) -> None:
    if not job.running:
        st.rerun()
    label = cached.waiting_text(job, doing)
    if job.total:
        label = f"{doing}: {job.done} of {job.total}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(job.done / job.total, 1.0) if job.total else 0.0, label)
        if st.button("Stop", icon=":material/stop:", key=f"{key}_stop", disabled=job.stopped):
            job.stop()


def refusal(key: str) -> str:
    """The key under which the session keeps why the last change was refused."""
    return f"{key}_refused"


def refused(error: GenreLabError, key: str) -> None:
    """Keep why a change was refused for the next view."""
    st.session_state[refusal(key)] = str(error)


def show_refusal(key: str) -> None:
    """Show why the last change was refused, once."""
    if problem := st.session_state.pop(refusal(key), None):
        shell.show_problem(problem)
