"""Workers: processes that take jobs, in a line that is bounded and fair between visitors."""

import atexit
import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from genre_core.errors import GenreLabError
from genre_core.jobs.job import STOPPED, Job
from genre_core.jobs.process import Call, WorkerDeath, WorkerProcess

Result = TypeVar("Result")

MOST_WAITING = 300
"""Jobs that may wait, over all visitors."""
MOST_WAITING_OF_VISITOR = 100
MEMORY_BYTES = 1_500_000_000
"""Memory that a job may take beside the libraries."""
_FIRST_GUESS_S = 2.0
"""Expected duration of a job before the first has ended."""
_WEIGHT_OF_LAST = 0.2
_MOST_URGENT_IN_A_ROW = 4
"""After so many urgent jobs another one has its turn."""

_log = logging.getLogger(__name__)


class _Line:
    """Jobs that wait: the next one is that of the visitor who was served longest ago."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Job[Any]]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def count(self, visitor: str) -> int:
        """Number of the jobs of a visitor."""
        return len(self._waiting.get(visitor, ()))

    def add(self, job: Job[Any]) -> None:
        """Put a job behind those of its visitor."""
        self._waiting.setdefault(job.visitor, deque()).append(job)

    def next(self) -> Job[Any]:
        """Take the next job."""
        visitor, own = self._waiting.popitem(last=False)
        job = own.popleft()
        if own:
            self._waiting[visitor] = own  # to the end of the line
        return job

    def all(self) -> list[Job[Any]]:
        """The jobs that wait, those of a visitor one after the other."""
        return [job for own in self._waiting.values() for job in own]

    def remove(self, job: Job[Any]) -> bool:
        """Take a job out; False if it does not wait here."""
        own = self._waiting.get(job.visitor, deque())
        if job not in own:
            return False
        own.remove(job)
        if not own:
            del self._waiting[job.visitor]
        return True

    def place(self, job: Job[Any]) -> int:
        """The place of a job, from 1; 0 if it does not wait here."""
        own = self._waiting.get(job.visitor, deque())
        if job not in own:
            return 0
        turn = own.index(job)  # the visitor's jobs before it; as many of each other visitor's are served
        visitors = list(self._waiting)
        mine = visitors.index(job.visitor)
        others = (
            min(len(self._waiting[visitor]), turn + (place < mine))
            for place, visitor in enumerate(visitors)
            if place != mine
        )
        return 1 + turn + sum(others)


class Workers:
    """Worker processes and the jobs that wait for them.  For any thread.

    The next job is that of the visitor who was served longest ago, so that one visitor with many songs keeps no other
    one waiting; urgent ones have a line of their own, which has most of the turns.  A process that dies, or takes too
    long or too much memory, is replaced; the visitor is told.

    Parameters
    ----------
    count : number of processes; each is started when it is first needed.
    niceness : how far the pages have precedence over them, 0 to 19.
    limit_s : how long one job may take, in seconds.
    memory_bytes : memory that one job may take.
    """

    def __init__(
        self, count: int, *, niceness: int = 5, limit_s: float = 600.0, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self.count = count
        self._niceness, self._limit_s, self._memory_bytes = niceness, limit_s, memory_bytes
        self._urgent, self._usual = _Line(), _Line()
        self._urgent_in_a_row = 0
        self._changed = threading.Condition()
        self._closed = False
        self._usual_s = _FIRST_GUESS_S
        self._processes: set[WorkerProcess] = set()
        self._begun: set[Job[Any]] = set()
        for _ in range(count):
            threading.Thread(target=self._serve, daemon=True).start()
        atexit.register(self.close)

    def submit(
        self,
        function: Callable[..., Result],
        *arguments: Any,
        visitor: str = "",
        with_progress: bool = False,
        urgent: bool = False,
    ) -> Job[Result]:
        """Call a function in a worker process; returns at once.

        Parameters
        ----------
        function, arguments : both picklable; the function is one of a module.
        visitor : who asks for it.
        with_progress : whether the function takes a `genre_core.progress.Progress` by the keyword `progress`.
        urgent : whether a page can't be shown before: such jobs, which must be short, go before most others.

        Raises
        ------
        GenreLabError : if too many jobs wait already.
        """
        job: Job[Result] = Job(self, Call(function, arguments, with_progress), visitor)
        with self._changed:
            own, of_all = (line.count(visitor) for line in self._lines), map(len, self._lines)
            if sum(own) >= MOST_WAITING_OF_VISITOR or sum(of_all) >= MOST_WAITING or self._closed:
                raise GenreLabError("Too much work is waiting on this server; try again in a minute.")
            (self._urgent if urgent else self._usual).add(job)
            self._changed.notify()
        return job

    @property
    def jobs(self) -> list[Job[Any]]:
        """The jobs in progress, then those that wait."""
        with self._changed:
            return [*self._begun, *self._urgent.all(), *self._usual.all()]

    def place(self, job: Job[Any]) -> int:
        """About the place of a job in the line, from 1; 0 if it does not wait."""
        with self._changed:
            usual = self._usual.place(job)
            return usual + len(self._urgent) if usual else self._urgent.place(job)

    def wait_s(self, job: Job[Any]) -> float:
        """About how long a job still waits, in seconds."""
        return self.place(job) / self.count * self._usual_s

    def forget(self, job: Job[Any]) -> bool:
        """Take a job out of the line; False if it does not wait."""
        with self._changed:
            return any(line.remove(job) for line in self._lines)

    def close(self) -> None:
        """End the processes; jobs in progress fail, and those that wait are not begun."""
        with self._changed:
            self._closed = True
        for process in list(self._processes):
            process.close()

    @property
    def _lines(self) -> tuple[_Line, _Line]:
        return self._urgent, self._usual

    def _serve(self) -> None:
        process: WorkerProcess | None = None
        while not self._closed:
            process = self._serve_next(process)

    def _serve_next(self, process: WorkerProcess | None) -> WorkerProcess | None:
        """Wait for a job and do it; returns the process for the next one. Nothing of the job is held afterwards."""
        job = self._next()
        if job is None:
            return process
        if process is None or not process.is_alive:
            process = self._replace(process)
        if process is None:
            job.fail("No worker process could be started; free some memory or disk space.", passing=True)
        elif (call := job.begin(process)) is None:
            job.fail(STOPPED)
        else:
            began = monotonic()
            with self._changed:
                self._begun.add(job)
            self._run(job, call, process)
            with self._changed:
                self._begun.discard(job)
            if not job.stopped:
                self._usual_s += _WEIGHT_OF_LAST * (monotonic() - began - self._usual_s)
        return process

    def _next(self) -> Job[Any] | None:
        """The next job, as soon as there is one; None after `close`."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or any(map(len, self._lines)))
            if self._closed:
                return None
            is_urgent = len(self._urgent) and (not len(self._usual) or self._urgent_in_a_row < _MOST_URGENT_IN_A_ROW)
            self._urgent_in_a_row = self._urgent_in_a_row + 1 if is_urgent else 0
            return (self._urgent if is_urgent else self._usual).next()

    def _run(self, job: Job[Any], call: Call, process: WorkerProcess) -> None:
        late = threading.Event()

        def end_late() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._limit_s, end_late)
        timer.start()
        try:
            for kind, content in process.call(call):
                if kind == "progress":
                    job.report(*content)
                elif kind == "result":
                    job.succeed(content)
                else:
                    job.fail(content)
        except WorkerDeath:
            if job.stopped:
                job.fail(STOPPED)
            elif late.is_set():
                job.fail(f"It took longer than {self._limit_s / 60:.3g} minutes and was stopped.", passing=True)
            else:
                _log.warning("a worker process ended in %s", job.name)
                job.fail(
                    "The process that worked on it ended, probably because it needed too much memory; try again, or "
                    "try a shorter or smaller file.",
                    passing=True,
                )
            process.close()
        except Exception:
            _log.exception("a job failed")
            process.close()
            job.fail(None)
        finally:
            timer.cancel()
            if job.stopped or late.is_set():
                process.close()  # it was killed, perhaps after it had answered

    def _replace(self, former: WorkerProcess | None) -> WorkerProcess | None:
        if former:
            former.close()
            self._processes.discard(former)
        try:
            process = WorkerProcess(self._niceness, self._memory_bytes)
        except OSError:
            _log.exception("a worker process could not be started")
            return None
        self._processes.add(process)
        return process
