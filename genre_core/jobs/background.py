"""Work that takes longer than a page may: in a thread, with progress, to be stopped."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from genre_core.errors import GenreLabError

Result = TypeVar("Result")


class _Stopped(Exception):
    """Raised inside the work, where it reports progress."""


class BackgroundTask(Generic[Result]):
    """A call that reports progress, in a thread of its own.

    Attributes
    ----------
    done, total : progress so far; total is 0 before it is known.
    began : when, by time.monotonic().
    result : what the call returned, once it has.
    problem : the message of the GenreLabError that ended it, if one did.
    """

    def __init__(self, work: Callable[[Callable[[int, int], None]], Result]) -> None:
        self.done, self.total = 0, 0
        self.began = time.monotonic()
        self.result: Result | None = None
        self.problem: str | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop; it may still be running."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End it at its next report of progress."""
        self._stop.set()

    def _run(self, work: Callable[[Callable[[int, int], None]], Result]) -> None:
        try:
            self.result = work(self._progress)
        except _Stopped:
            self.problem = "Stopped."
        except GenreLabError as error:
            self.problem = str(error)

    def _progress(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _Stopped
        self.done, self.total = done, total
