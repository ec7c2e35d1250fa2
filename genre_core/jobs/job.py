"""A job: a call that waits for a worker process, runs in it, or has ended."""

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from genre_core import logbook
from genre_core.errors import GenreLabError
from genre_core.jobs.process import Call, WorkerProcess

if TYPE_CHECKING:
    from genre_core.jobs.workers import Workers

Result = TypeVar("Result")
STOPPED = "Stopped."


class Job(Generic[Result]):
    """A call in a worker process, for any thread; made by `Workers.submit`.

    Attributes
    ----------
    done, total : steps so far; `total` is 0 until it is known.
    began, ended : when the job was submitted and when it ended, by time.monotonic(); `ended` is None before.
    result : what the call returned; None until then.
    problem : why there is no result, for people; None while it runs, with a result, and after a bug.
    stopped : whether it was stopped; its process may still be ending.
    passing : whether it failed for a reason that may be gone later: a bug, or a process that died.
    name : the name of the function.
    """

    def __init__(self, workers: "Workers", call: Call, visitor: str) -> None:
        self.done, self.total = 0, 0
        self.began = time.monotonic()
        self.ended: float | None = None
        self.result: Result | None = None
        self.problem: str | None = None
        self.stopped, self.passing = False, False
        self.name = call.name
        self._workers, self._visitor = workers, visitor
        self._call: Call | None = call
        self._wanted_by = {visitor}
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None
        self._ended = threading.Event()
        self._succeeded = False

    @property
    def visitor(self) -> str:
        """Who submitted the job."""
        return self._visitor

    @property
    def running(self) -> bool:
        """Whether the job has not ended; it may still wait for a worker."""
        return not self._ended.is_set()

    @property
    def failed(self) -> bool:
        """Whether the job has ended without a result."""
        return not self.running and not self._succeeded

    @property
    def place(self) -> int:
        """The place in the line, from 1; 0 if the job does not wait for a worker."""
        return self._workers.place(self)

    @property
    def wait_s(self) -> float:
        """About how long it still waits for a worker, in seconds, by the duration of the last jobs."""
        return self._workers.wait_s(self)

    def join(self, visitor: str) -> None:
        """Note that another visitor waits for the same result."""
        with self._lock:
            self._wanted_by.add(visitor)

    def stop(self, visitor: str | None = None) -> None:
        """Stop the job at once; with a visitor, only if no other one waits for it."""
        with self._lock:
            if visitor is not None:
                self._wanted_by.discard(visitor)
                if self._wanted_by:
                    return
            if self._ended.is_set():
                return
            self.stopped = True
            worker = self._worker
            if worker:
                worker.kill()  # under the lock: the process may serve another job afterwards
                return
        if self._workers.forget(self):
            self.fail(STOPPED)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the job has ended; False if it has not after `timeout` seconds."""
        return self._ended.wait(timeout)

    def get(self) -> Result:
        """The result, once there is one.

        Raises
        ------
        GenreLabError : with the problem, if there is none.
        """
        self.wait()
        if not self._succeeded:
            raise GenreLabError(self.problem or "An internal error occurred; the log of Genre Lab has the details.")
        return cast(Result, self.result)

    def begin(self, worker: WorkerProcess) -> Call | None:
        """Note the process that calls the function; returns what to call, None if the job was stopped before."""
        with self._lock:
            self._worker = None if self.stopped else worker
            return None if self.stopped else self._call

    def report(self, done: int, total: int) -> None:
        """Note the progress."""
        self.done, self.total = done, total

    def succeed(self, result: Result) -> None:
        """Note what the function returned."""
        self._end(result, None, succeeded=True)

    def fail(self, problem: str | None, *, passing: bool = False) -> None:
        """Note why there is no result; None after a bug."""
        self.passing = passing or problem is None
        self._end(None, problem, succeeded=False)

    def _end(self, result: Result | None, problem: str | None, *, succeeded: bool) -> None:
        with self._lock:
            self._worker, self._call = None, None  # its arguments may be large
            self.ended = time.monotonic()
            self.result, self.problem, self._succeeded = result, problem, succeeded
            self._ended.set()
        failure = "stopped" if self.stopped else "error" if problem is None else "refused"
        outcome = "done" if succeeded else failure
        logbook.note(self.name, outcome, visitor=self._visitor, seconds=time.monotonic() - self.began)
