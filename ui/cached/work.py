"""The worker processes of this server, and how a page waits for them."""

import functools
import inspect
import math
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

import streamlit as st

from genre_core.datasets import Dataset
from genre_core.errors import GenreLabError
from genre_core.jobs import Job, Workers
from genre_core.prediction import work
from genre_core.runs import DEFAULT_RUN
from genre_core.wording import duration, ordinal
from ui import state
from ui.cached import runs
from ui.cached.datasets import digest

P = ParamSpec("P")
Result = TypeVar("Result")

QUICK_S = 0.2
"""A page waits so long before it shows that it waits: most jobs are done by then."""
POLL_S = 0.6
"""How often a part of a page that waits refreshes itself."""
_RETRY_S = 10.0
"""A job that failed for a reason that may be gone is submitted again when it is asked for so much later."""
_SHOWN_S = 60.0
_lock = threading.Lock()
_LONG_S = 12 * 3600.0
_LONG_BYTES = 8_000_000_000


def workers() -> Workers:
    """The processes for what a visitor waits for: songs and their pictures."""
    with _lock:
        return _workers()


def start_workers() -> None:
    """Start the processes and load what songs need, before the first visitor brings one; returns at once."""
    with suppress(GenreLabError, OSError):  # without the default run there is nothing to load
        for _ in range(workers().count):
            workers().submit(work.warm_up, runs.key(DEFAULT_RUN))
        # In jobs of their own: a song that comes meanwhile is predicted before them.
        for _ in range(workers().count):
            workers().submit(work.warm_up_stems)


def background_workers() -> Workers:
    """The processes for what takes minutes: extractions and checks of whole folders."""
    with _lock:
        return _background_workers()


@functools.cache
def _workers() -> Workers:
    return Workers(max(os.cpu_count() or 1, 2))


@functools.cache
def _background_workers() -> Workers:
    return Workers(2, niceness=15, limit_s=_LONG_S, memory_bytes=_LONG_BYTES)


class NotReadyError(Exception):
    """A result is not there yet; the page shows that already, and `shell.messages` ends here what needs it."""


def finished(job: Job[Result], doing: str) -> Result:
    """The result of a job.

    Until there is one, this part of the page ends, up to the next `shell.messages`: it shows what is waited for and
    refreshes itself.

    Parameters
    ----------
    doing : what is waited for, as in "Decoding the song".

    Raises
    ------
    NotReadyError : while the job runs.
    GenreLabError : if the job has failed.
    """
    if not ready([job], doing):
        raise NotReadyError
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
    most: int, *, most_bytes: float = math.inf, restarts: bool = True
) -> Callable[[Callable[P, Job[Result]]], "CachedJob[P, Result]"]:
    """A decorator for a function that submits a job: visitors who call it with the same arguments share the job.

    Arguments whose name begins with _ do not count; datasets count by their content.

    Parameters
    ----------
    most : number of ended jobs whose results are kept; results that were asked for just now are kept beyond.
    most_bytes : what their results may take together, by their attribute `n_bytes`.
    restarts : whether a job that was stopped is submitted again when it is asked for.
    """
    return lambda submit: CachedJob(submit, most, most_bytes, restarts)


class CachedJob(Generic[P, Result]):
    """A function that returns a job, the same one for the same arguments."""

    def __init__(self, submit: Callable[P, Job[Result]], most: int, most_bytes: float, restarts: bool) -> None:
        self._submit, self._most, self._most_bytes, self._restarts = submit, most, most_bytes, restarts
        self._signature = inspect.signature(submit)
        self._lock = threading.Lock()

    def __call__(self, *arguments: P.args, **keywords: P.kwargs) -> Job[Result]:
        """The job, running or done.

        One that was stopped is submitted again, and one that failed for a reason that may be gone, after a while.
        """
        key = self._key(*arguments, **keywords)
        with self._lock:
            jobs = self._jobs()
            if key not in jobs or self._is_outdated(jobs[key].job):
                jobs[key] = _Entry(self._submit(*arguments, **keywords))
            jobs[key].asked = time.monotonic()
            jobs.move_to_end(key)
            job: Job[Result] = jobs[key].job
            self._forget_old(jobs)
        job.join(state.visitor())
        return job

    def restart(self, *arguments: P.args, **keywords: P.kwargs) -> Job[Result]:
        """Submit the job anew."""
        with self._lock:
            self._jobs().pop(self._key(*arguments, **keywords), None)
        return self(*arguments, **keywords)

    def _is_outdated(self, job: Job[Result]) -> bool:
        is_old = job.ended is not None and time.monotonic() - job.ended > _RETRY_S
        return (job.stopped and self._restarts) or (job.passing and is_old)

    def _forget_old(self, jobs: "OrderedDict[Hashable, _Entry]") -> None:
        """Forget the jobs that were asked for longest ago; not those that run, or that a page shows that waits for
        another one: it would submit them again and again."""
        n_bytes = sum(entry.n_bytes for entry in jobs.values())
        for key, entry in list(jobs.items()):
            if len(jobs) <= self._most and n_bytes <= self._most_bytes:
                return
            if not entry.job.running and time.monotonic() - entry.asked > _SHOWN_S:
                n_bytes -= entry.n_bytes
                del jobs[key]

    def _jobs(self) -> "OrderedDict[Hashable, _Entry]":
        return _jobs_of(f"{self._submit.__module__}.{self._submit.__qualname__}")

    def _key(self, *arguments: P.args, **keywords: P.kwargs) -> Hashable:
        bound = self._signature.bind(*arguments, **keywords).arguments
        values = (value for name, value in bound.items() if not name.startswith("_"))
        return tuple(digest(value) if isinstance(value, Dataset) else value for value in values)


@dataclass
class _Entry:
    job: Job[Any]
    asked: float = 0.0
    """When it was last asked for, by time.monotonic()."""

    @property
    def n_bytes(self) -> int:
        """What its result takes in memory, if that is known."""
        return getattr(self.job.result, "n_bytes", 0)


@st.cache_resource(show_spinner=False)
def _jobs_of(function: str) -> "OrderedDict[Hashable, _Entry]":
    return OrderedDict()
