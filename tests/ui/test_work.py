"""Jobs that visitors share: when one is submitted anew, and when it is forgotten."""

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import streamlit as st

from genre_core.jobs import Job
from tests import ended_jobs
from tests.feature_table import make_dataset
from ui.cached import work
from ui.cached.work import cached_job


@pytest.fixture(autouse=True)
def no_jobs() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


class Clock:
    """Time that passes when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: self.now_s)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_visitors_share_a_job_by_the_arguments_that_count() -> None:
    submitted: list[str] = []

    @cached_job(4)
    def double(name: str, _content: bytes) -> Job[int]:
        submitted.append(name)
        return ended_jobs.succeeded(2)

    first = double("a", b"1")
    assert double("a", b"2") is first
    assert double("b", b"1") is not first
    assert submitted == ["a", "b"]


def test_datasets_count_by_their_content() -> None:
    @cached_job(4)
    def count(dataset: object) -> Job[int]:
        return ended_jobs.succeeded(2)

    rows, genres = [[0.0], [1.0]], ["blues", "jazz"]
    datasets = [make_dataset(np.array(values), genres) for values in (rows, rows, rows[::-1])]
    first, same, other = (count(dataset) for dataset in datasets)
    assert first is same is not other


@pytest.mark.parametrize("problem", [None, "The process ended."])
def test_a_job_that_failed_for_a_passing_reason_is_told_and_submitted_again_later(
    problem: str | None, clock: Clock
) -> None:
    @cached_job(4)
    def fail(name: str) -> Job[None]:
        job = ended_jobs.unfinished(None)
        job.fail(problem, passing=True)
        return job

    first = fail("a")
    assert first.failed and fail("a") is first
    clock.now_s += work._RETRY_S + 1
    assert fail("a") is not first


def test_a_job_that_failed_for_good_is_not_submitted_again(clock: Clock) -> None:
    @cached_job(4)
    def fail(name: str) -> Job[None]:
        return ended_jobs.failed("Only silence.")

    first = fail("a")
    clock.now_s += 1000
    assert fail("a") is first


@pytest.mark.parametrize("restarts", [True, False])
def test_a_stopped_job_is_submitted_again_where_that_is_wanted(restarts: bool) -> None:
    @cached_job(4, restarts=restarts)
    def wait(name: str) -> Job[None]:
        job = ended_jobs.unfinished(None)
        job.stopped = True
        job.fail("Stopped.")
        return job

    first = wait("a")
    assert (wait("a") is first) is not restarts
    assert wait.restart("a") is not first


def test_no_job_is_forgotten_while_a_page_waits_for_it(clock: Clock) -> None:
    jobs = {name: ended_jobs.unfinished(1) for name in "abcdef"}

    @cached_job(2)
    def wait(name: str) -> Job[int]:
        return jobs[name]

    for name in jobs:
        wait(name)
    clock.now_s += 1000
    running = [wait(name) for name in jobs]
    assert running == list(jobs.values())
    for job in running:
        job.succeed(1)
    jobs |= {name: ended_jobs.succeeded(2) for name in "abcdef"}
    assert wait("a") is running[0]  # it was asked for just now
    clock.now_s += work._SHOWN_S + 1
    wait("f")
    assert wait("b") is jobs["b"]


def test_what_a_prediction_needs_is_loaded_before_what_stems_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """In jobs of their own, so that a song that comes meanwhile need not wait for all."""
    submitted: list[str] = []

    class TwoWorkers:
        count = 2

        def submit(self, function: Callable[..., None], *arguments: object) -> None:
            submitted.append(function.__name__)

    monkeypatch.setattr(work, "workers", TwoWorkers)
    work.start_workers()
    assert submitted == ["warm_up", "warm_up", "warm_up_stems", "warm_up_stems"]
