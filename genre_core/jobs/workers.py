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

_log = logging.getLogger(__name__)


class Workers:
    """Worker processes and the jobs that wait for them.  For any thread.

    The next job is that of the visitor who was served longest ago, so that one visitor with many songs keeps no other
    one waiting.  A process that dies, or takes too long or too much memory, is replaced; the visitor is told.

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
        self._waiting: OrderedDict[str, deque[Job[Any]]] = OrderedDict()
        self._urgent: deque[Job[Any]] = deque()
        self._changed = threading.Condition()
        self._usual_s = _FIRST_GUESS_S
        self._processes: set[WorkerProcess] = set()
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
        urgent : whether a page can't be shown before: such jobs, which must be short, go before all others.

        Raises
        ------
        GenreLabError : if too many jobs wait already.
        """
        job: Job[Result] = Job(self, Call(function, arguments, with_progress), visitor)
        with self._changed:
            if not self._has_room(visitor):
                raise GenreLabError("Too much work is waiting on this server; try again in a minute.")
            if urgent:
                self._urgent.append(job)
            else:
                self._waiting.setdefault(visitor, deque()).append(job)
            self._changed.notify()
        return job

    def place(self, job: Job[Any]) -> int:
        """The place of a job in the line, from 1; 0 if it does not wait."""
        with self._changed:
            if job in self._urgent:
                return 1 + self._urgent.index(job)
            own = self._waiting.get(job.visitor, ())
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
            return len(self._urgent) + 1 + turn + sum(others)

    def wait_s(self, job: Job[Any]) -> float:
        """About how long a job still waits, in seconds."""
        return self.place(job) / self.count * self._usual_s

    def forget(self, job: Job[Any]) -> bool:
        """Take a job out of the line; False if it does not wait."""
        with self._changed:
            if job in self._urgent:
                self._urgent.remove(job)
                return True
            own = self._waiting.get(job.visitor, deque())
            if job not in own:
                return False
            own.remove(job)
            if not own:
                del self._waiting[job.visitor]
            return True

    def close(self) -> None:
        """Kill the processes; jobs in progress fail."""
        for process in list(self._processes):
            process.close()

    def _has_room(self, visitor: str) -> bool:
        own = len(self._waiting.get(visitor, ())) + sum(job.visitor == visitor for job in self._urgent)
        of_all = len(self._urgent) + sum(map(len, self._waiting.values()))
        return own < MOST_WAITING_OF_VISITOR and of_all < MOST_WAITING

    def _serve(self) -> None:
        process: WorkerProcess | None = None
        while True:
            job = self._next()
            if process is None or not process.is_alive:
                process = self._replace(process)
            if process is None:
                job.fail("No worker process could be started; free some memory or disk space.")
            elif not job.begin(process):
                job.fail(STOPPED)
            else:
                began = monotonic()
                self._run(job, process)
                if not job.stopped:
                    self._usual_s += _WEIGHT_OF_LAST * (monotonic() - began - self._usual_s)

    def _next(self) -> Job[Any]:
        with self._changed:
            self._changed.wait_for(lambda: self._urgent or self._waiting)
            if self._urgent:
                return self._urgent.popleft()
            visitor, own = self._waiting.popitem(last=False)
            job = own.popleft()
            if own:
                self._waiting[visitor] = own  # to the end of the line
            return job

    def _run(self, job: Job[Any], process: WorkerProcess) -> None:
        late = threading.Event()

        def end_late() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._limit_s, end_late)
        timer.start()
        try:
            for kind, content in process.call(job.call):
                if kind == "progress":
                    job.report(*content)
                elif kind == "result":
                    job.succeed(content)
                else:
                    job.fail(content)
        except WorkerDeath:
            process.close()
            if job.stopped:
                job.fail(STOPPED)
            elif late.is_set():
                job.fail(f"It took longer than {self._limit_s / 60:.3g} minutes and was stopped.")
            else:
                _log.warning("a worker process ended in %s", job.call.name)
                job.fail(
                    "The process that worked on it ended, probably because the file is damaged or needs too "
                    "much memory; try another file."
                )
        except Exception:
            _log.exception("a job failed")
            process.close()
            job.fail(None)
        finally:
            timer.cancel()

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
