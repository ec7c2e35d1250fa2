"""A call in a thread of its own, with progress, that can be stopped."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from genre_core.errors import GenreLabError
from genre_core.progress import Progress

Result = TypeVar("Result")


class _Stopped(Exception):
    """Raised inside the call, where it reports its progress."""


class BackgroundTask(Generic[Result]):
    """A call that runs in a thread of its own and reports its progress.

    Parameters
    ----------
    work : called at once with a function that takes the number of steps done and their total.

    Attributes
    ----------
    done, total : steps so far; `total` is 0 until it is known.
    began : when the task started, by time.monotonic().
    result : what the call returned; None until then.
    problem : the message of the GenreLabError that ended the call, or "Stopped."; None otherwise.
    """

    def __init__(self, work: Callable[[Progress], Result]) -> None:
        self.done, self.total = 0, 0
        self.began = time.monotonic()
        self.result: Result | None = None
        self.problem: str | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the call has not ended yet."""
        return self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called; the call may still be running."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End the call when it next reports its progress."""
        self._stop.set()

    def _run(self, work: Callable[[Progress], Result]) -> None:
        try:
            self.result = work(self._report)
        except _Stopped:
            self.problem = "Stopped."
        except GenreLabError as error:
            self.problem = str(error)

    def _report(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _Stopped
        self.done, self.total = done, total
