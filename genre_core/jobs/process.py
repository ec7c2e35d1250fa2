"""The handle of a worker process (`genre_core.jobs.worker`)."""

import contextlib
import os
import pickle  # between processes of our own  # nosec B403
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

PREFIX = "GENRE_LAB_"
"""The names of the project's environment variables begin so."""
_PROJECT = Path(__file__).resolve().parents[2]
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Several workers with several threads each would slow each other and the pages down."""


class WorkerDeath(Exception):
    """The process ended before it had answered."""


@dataclass(frozen=True)
class Call:
    """A function to call in a worker process.

    Attributes
    ----------
    function : found by its module and name; it and its arguments must be picklable.
    with_progress : whether it takes a function for its progress by the keyword `progress`.
    environment : the variables of the project, which may have changed since the process was started.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    with_progress: bool
    environment: dict[str, str] = field(
        default_factory=lambda: {name: os.environ[name] for name in os.environ if name.startswith(PREFIX)}
    )

    @property
    def name(self) -> str:
        """The name of the function, for logs."""
        function = self.function.func if isinstance(self.function, partial) else self.function
        return function.__name__


class WorkerProcess:
    """A process that calls one function after the other. One thread may use it; any may kill it."""

    def __init__(self, niceness: int, memory_bytes: int) -> None:
        """Start the process: see `worker.main`.  OSError if that is not possible."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "genre_core.jobs.worker", str(niceness), str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_PROJECT,
            env=os.environ | _ONE_THREAD,
            start_new_session=True,  # Ctrl-C in the terminal is for the server alone; of no effect on Windows
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows alone
        )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def call(self, call: Call) -> Iterator[tuple[str, Any]]:
        """Call a function; yields the answers of the process, up to the last one.

        Raises
        ------
        WorkerDeath : if the process ends before.
        """
        assert self._process.stdin and self._process.stdout
        try:
            pickle.dump(call, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
            while True:
                kind, content = pickle.load(self._process.stdout)  # from a process of our own  # nosec B301
                yield kind, content
                if kind != "progress":
                    return
        except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
            raise WorkerDeath from error

    def kill(self) -> None:
        """Kill the process and what it has started; `call` then raises WorkerDeath."""
        if sys.platform == "win32":
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):  # it has ended
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill the process and release what belongs to it."""
        self.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with contextlib.suppress(OSError):  # what was not sent yet can't be any more
                    stream.close()
