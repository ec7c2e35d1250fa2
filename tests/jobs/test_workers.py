"""Jobs in worker processes: results, progress, problems, stopping, limits, and a line that is fair."""

import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial

import numpy as np
import psutil
import pytest

from genre_core import datasets
from genre_core.datasets import Dataset
from genre_core.errors import AudioError, GenreLabError
from genre_core.jobs import Job, Workers, workers
from genre_core.progress import Progress
from tests.waiting import PATIENCE_S, wait_until


def add(first: int, second: int) -> int:
    return first + second


def count(total: int, progress: Progress) -> str:
    for done in range(total + 1):
        progress(done, total)
    return "done"


def refuse() -> None:
    raise AudioError("There is only silence in it.")


def fail() -> None:
    raise ZeroDivisionError


def report_and_wait(progress: Progress) -> None:
    progress(1, 2)
    time.sleep(PATIENCE_S)


def process_number() -> int:
    return os.getpid()


def take(n_bytes: int) -> int:
    return len(bytearray(n_bytes))


def variable(name: str) -> str | None:
    return os.environ.get(name)


@pytest.fixture(scope="module")
def one() -> Iterator[Workers]:
    """A single worker process."""
    pool = Workers(1, memory_bytes=300_000_000)
    yield pool
    pool.close()


@pytest.fixture
def occupied(one: Workers) -> Iterator[Job[None]]:
    """A job that keeps the single process busy until it is stopped."""
    job = one.submit(report_and_wait, with_progress=True)
    wait_until(lambda: job.done == 1)
    yield job
    job.stop()
    assert job.wait(PATIENCE_S)


def test_a_function_is_called_in_another_process(one: Workers) -> None:
    assert one.submit(add, 2, 3).get() == 5
    assert one.submit(partial(add, second=4), 3).get() == 7
    assert one.submit(process_number).get() != os.getpid()


def test_progress_is_reported(one: Workers) -> None:
    job = one.submit(count, 4, with_progress=True)
    assert job.get() == "done"
    assert (job.done, job.total) == (4, 4)


def test_an_error_that_a_user_can_cause_is_a_message(one: Workers) -> None:
    job = one.submit(refuse)
    with pytest.raises(GenreLabError, match="only silence"):
        job.get()
    assert (job.failed, job.problem, job.result) == (True, "There is only silence in it.", None)


def test_a_bug_leaves_neither_result_nor_message(one: Workers) -> None:
    job = one.submit(fail)
    assert job.wait(PATIENCE_S)
    assert (job.failed, job.problem, job.stopped) == (True, None, False)
    with pytest.raises(GenreLabError, match="the log"):
        job.get()
    assert one.submit(add, 1, 1).get() == 2


def test_a_job_is_stopped_whatever_it_does_and_the_process_is_replaced(one: Workers, occupied: Job[None]) -> None:
    occupied.stop()
    assert occupied.wait(PATIENCE_S)
    assert (occupied.problem, occupied.stopped, occupied.result) == ("Stopped.", True, None)
    assert one.submit(add, 1, 1).get() == 2


def test_a_job_that_waits_is_stopped_too(one: Workers, occupied: Job[None]) -> None:
    job = one.submit(add, 1, 1)
    job.stop()
    assert not job.running and job.problem == "Stopped."
    assert occupied.running


def test_a_job_goes_on_while_another_visitor_wants_it(one: Workers, occupied: Job[None]) -> None:
    job = one.submit(add, 1, 1, visitor="first")
    job.join("second")
    job.stop("first")
    assert job.running and not job.stopped
    job.stop("second")
    assert job.stopped


def test_the_line_is_fair(one: Workers, occupied: Job[None]) -> None:
    jobs = [one.submit(time.monotonic, visitor=visitor) for visitor in "aaabbc"]
    assert [job.place for job in jobs] == [1, 4, 6, 2, 5, 3]
    assert jobs[0].wait_s < jobs[3].wait_s < jobs[1].wait_s
    occupied.stop()
    ended = sorted(jobs, key=Job.get)
    order = [job.visitor for job in ended]
    assert order == ["a", "b", "c", "a", "b", "a"]
    assert all(job.place == 0 for job in jobs)


def test_the_line_is_bounded(one: Workers, occupied: Job[None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_WAITING_OF_VISITOR", 2)
    monkeypatch.setattr(workers, "MOST_WAITING", 3)
    jobs = [one.submit(add, 1, 1, visitor=visitor) for visitor in "aab"]
    for visitor in "ac":
        with pytest.raises(GenreLabError, match="try again"):
            one.submit(add, 1, 1, visitor=visitor)
    for job in jobs:
        job.stop()
    assert one.submit(add, 1, 1, visitor="c").place == 1


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
def test_a_job_that_takes_too_much_memory_ends_with_a_message(one: Workers) -> None:
    assert one.submit(take, 100_000_000).get() == 100_000_000
    job = one.submit(take, 10_000_000_000)
    assert job.wait(PATIENCE_S)
    assert "memory" in (job.problem or "")
    assert one.submit(add, 1, 1).get() == 2


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no signals")
def test_a_process_that_dies_is_replaced_and_its_job_ends_with_a_message(one: Workers) -> None:
    before = one.submit(process_number).get()
    job = one.submit(report_and_wait, with_progress=True)
    wait_until(lambda: job.done == 1)
    os.kill(before, signal.SIGKILL)
    assert job.wait(PATIENCE_S)
    assert "ended, probably" in (job.problem or "")
    assert one.submit(process_number).get() != before


def test_a_job_that_takes_too_long_is_stopped() -> None:
    hasty = Workers(1, limit_s=0.2)
    job = hasty.submit(time.sleep, PATIENCE_S)
    assert job.wait(PATIENCE_S)
    assert "longer than" in (job.problem or "") and not job.stopped
    hasty.close()


def test_the_variables_of_the_project_are_those_of_the_moment(one: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENRE_LAB_HOME", "first")
    assert one.submit(variable, "GENRE_LAB_HOME").get() == "first"
    monkeypatch.delenv("GENRE_LAB_HOME")
    assert one.submit(variable, "GENRE_LAB_HOME").get() is None


def test_the_process_ends_with_the_one_that_started_it() -> None:
    pool = Workers(1)
    number = pool.submit(process_number).get()
    (process,) = pool._processes
    assert process._process.stdin
    process._process.stdin.close()
    assert process._process.wait(PATIENCE_S) == 0
    assert number == process.pid
    pool.close()


def test_urgent_jobs_go_first(one: Workers, occupied: Job[None]) -> None:
    usual = one.submit(time.monotonic, visitor="a")
    urgent = [one.submit(time.monotonic, visitor=visitor, urgent=True) for visitor in "bb"]
    assert [job.place for job in (usual, *urgent)] == [3, 1, 2]
    urgent[0].stop()
    assert not urgent[0].running
    occupied.stop()
    assert urgent[1].get() < usual.get()


def hold(content: bytes) -> int:
    return len(content)


def open_lock(content: bytes) -> object:
    return threading.Lock()


def test_the_arguments_of_an_ended_job_are_released(one: Workers) -> None:
    content = bytearray(1000)
    before = sys.getrefcount(content)
    job = one.submit(hold, content)
    assert job.get() == 1000
    wait_until(lambda: sys.getrefcount(content) == before)


def test_a_result_that_cannot_be_sent_is_a_bug_and_the_process_goes_on(one: Workers) -> None:
    number = one.submit(process_number).get()
    job = one.submit(open_lock, b"")
    assert job.wait(PATIENCE_S)
    assert (job.failed, job.problem, job.passing) == (True, None, True)
    assert one.submit(process_number).get() == number


def test_the_process_ends_with_the_one_that_started_it_in_the_middle_of_a_call() -> None:
    pool = Workers(1)
    pool.submit(process_number).get()
    (process,) = pool._processes
    assert process._process.stdin
    process._process.stdin.write(pickle.dumps(("a call",))[:-3])
    process._process.stdin.close()
    assert process._process.wait(PATIENCE_S) == 0
    pool.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of processes")
def test_what_a_job_has_started_ends_with_it(one: Workers) -> None:
    job = one.submit(start_and_wait, with_progress=True)
    wait_until(lambda: job.done > 0)
    job.stop()
    assert job.wait(PATIENCE_S)
    wait_until(lambda: not psutil.pid_exists(job.done) or psutil.Process(job.done).status() == psutil.STATUS_ZOMBIE)


def start_and_wait(progress: Progress) -> None:
    progress(subprocess.Popen(["sleep", str(PATIENCE_S)]).pid, 1)
    time.sleep(PATIENCE_S)


def test_nothing_is_begun_after_the_end(one: Workers) -> None:
    pool = Workers(1)
    assert pool.submit(add, 1, 1).get() == 2
    pool.close()
    with pytest.raises(GenreLabError):
        pool.submit(add, 1, 1)


@pytest.mark.parametrize("features", ["paper", "mel", "embedding", "wide-mel"])
def test_datasets_of_all_kinds_are_sent_to_a_process_and_back(one: Workers, features: str) -> None:
    dataset = pictures() if features == "wide-mel" else datasets.load_dataset(datasets.BUNDLED, features=features)
    back = one.submit(same, dataset).get()
    assert np.array_equal(back.values, dataset.values)
    if dataset.augmented.names:
        rows = np.array([0, 5])
        assert np.array_equal(back.augmented.values("telephone", rows), dataset.augmented.values("telephone", rows))


def pictures() -> Dataset:
    file = io.BytesIO()
    songs = np.random.default_rng(0).integers(0, 256, (2, 128, 387), dtype=np.uint8)
    np.savez(file, X=songs, names=np.array(["blues.00000", "jazz.00001"]))
    return datasets.read_dataset(file.getvalue(), "pictures.npz")


def same(dataset: Dataset) -> Dataset:
    return dataset
