"""The worker processes of this server, and how a page waits for them."""

import functools
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Generic, ParamSpec, TypeVar

import streamlit as st

from genre_core.errors import GenreLabError
from genre_core.jobs import Job, Workers
from genre_core.prediction import work
from genre_core.runs import DEFAULT_RUN
from genre_core.wording import duration, ordinal
from ui import state
from ui.cached import runs

P = ParamSpec("P")
Result = TypeVar("Result")

QUICK_S = 0.2
"""A page waits so long before it shows that it waits: most jobs are done by then."""
POLL_S = 0.6
"""How often a part of a page that waits refreshes itself."""
_LONG_S = 12 * 3600.0
_LONG_BYTES = 8_000_000_000


@functools.cache
def workers() -> Workers:
    """The processes for what a visitor waits for: songs and their pictures."""
    return Workers(max(os.cpu_count() or 1, 2))


def start_workers() -> None:
    """Start the processes and load what songs need, before the first visitor brings one; returns at once."""
    with suppress(GenreLabError, OSError):  # without the default run there is nothing to load
        for _ in range(workers().count):
            workers().submit(work.warm_up, runs.key(DEFAULT_RUN))


@functools.cache
def background_workers() -> Workers:
    """The processes for what takes minutes: extractions and checks of whole folders."""
    return Workers(2, niceness=15, limit_s=_LONG_S, memory_bytes=_LONG_BYTES)


def finished(job: Job[Result], doing: str) -> Result:
    """The result of a job.

    Until there is one, this part of the page ends here: it shows what is waited for and refreshes itself.

    Parameters
    ----------
    doing : what is waited for, as in "Decoding the song".

    Raises
    ------
    GenreLabError : if the job has failed.
    """
    if not ready([job], doing):
        st.stop()
    return job.get()


def ready(jobs: Sequence[Job[Any]], doing: str) -> bool:
    """Whether all of these jobs have ended.

    If not, this part of the page says so and refreshes itself; the page is run again when they have.

    Parameters
    ----------
    doing : what is waited for, as in "Computing the pictures".
    """
    deadline = time.monotonic() + QUICK_S
    if all(job.wait(max(deadline - time.monotonic(), 0)) for job in jobs):
        return True
    st.fragment(_show_waiting, run_every=POLL_S)(jobs, doing)
    return False


def _show_waiting(jobs: Sequence[Job[Any]], doing: str) -> None:
    running = [job for job in jobs if job.running]
    if not running:
        st.rerun()
    st.progress(1 - len(running) / len(jobs), waiting_text(running[0], doing))


def waiting_text(job: Job[Result], doing: str) -> str:
    """What a job does, or its place in the line."""
    if job.place:
        return f"{doing}: {ordinal(job.place)} in line, about {duration(job.wait_s)}"
    return f"{doing}…"


def cached_job(
    max_entries: int, *, hash_funcs: Any = None, restarts: bool = True
) -> Callable[[Callable[P, Job[Result]]], "CachedJob[P, Result]"]:
    """A decorator for a function that submits a job: visitors who call it with the same arguments share the job.

    Parameters
    ----------
    max_entries : number of jobs whose results are kept.
    hash_funcs : as for `st.cache_resource`; arguments whose name begins with _ do not count.
    restarts : whether a job that was stopped is submitted again when it is asked for.
    """

    def decorate(submit: Callable[P, Job[Result]]) -> CachedJob[P, Result]:
        cache = st.cache_resource(show_spinner=False, max_entries=max_entries, hash_funcs=hash_funcs)
        return CachedJob(cache(submit), restarts)

    return decorate


class CachedJob(Generic[P, Result]):
    """A function that returns a job, the same one for the same arguments."""

    def __init__(self, cached: Any, restarts: bool) -> None:
        self._cached, self._restarts = cached, restarts

    def __call__(self, *arguments: P.args, **keywords: P.kwargs) -> Job[Result]:
        """The job, running or done; it is submitted again if it failed for a reason that may be gone."""
        job: Job[Result] = self._cached(*arguments, **keywords)
        if (job.stopped and self._restarts) or (job.failed and job.problem is None):
            job = self.restart(*arguments, **keywords)
        job.join(state.visitor())
        return job

    def restart(self, *arguments: P.args, **keywords: P.kwargs) -> Job[Result]:
        """Submit the job anew."""
        self._cached.clear(*arguments, **keywords)
        job: Job[Result] = self._cached(*arguments, **keywords)
        return job
