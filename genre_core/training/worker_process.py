"""The handle of a worker process, which trains models (`genre_core.training.worker`)."""

import contextlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genre_core.errors import TrainingError

_PROJECT = Path(__file__).resolve().parents[2]
YIELDING = {
    "GENRE_LAB_NICENESS": "15",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
"""The environment of a process that lets others go first."""
_log = logging.getLogger(__name__)


class WorkerProcess:
    """A process that trains one model after the other; for any thread."""

    def __init__(self, *, yields: bool = False) -> None:
        """Start the process: with `yields`, at low priority and with one thread.  TrainingError if that fails."""
        try:
            # TensorFlow writes a lot to standard error; it is only of interest if the process dies.
            self._stderr = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
            self.process = subprocess.Popen(
                [sys.executable, "-m", "genre_core.training.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                text=True,
                encoding="utf-8",
                cwd=_PROJECT,
                env=os.environ | (YIELDING if yields else {}),
                # Ctrl-C in the terminal must reach the command alone, which then stops its workers in order.
                start_new_session=True,  # of no effect on Windows
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows alone
            )
        except OSError as error:
            raise TrainingError(
                f"The training process could not be started ({error.strerror}); free some memory or disk space."
            ) from error
        self._current: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the process is alive and idle."""
        return self._current is None and self.process.poll() is None

    def train(self, name: str, folder: Path) -> Iterator[dict[str, Any]]:
        """Train the model that is prepared in a folder.

        Yields the messages of the process (see `training.worker`), up to the last one, `done`.

        Raises
        ------
        TrainingError : if the training fails, or the process dies.
        """
        self._current = name
        self._send(train=str(folder), name=name)
        while True:
            message = self._receive()
            if "done" in message or "failed" in message:
                self._current = None
            if "failed" in message:
                raise TrainingError(message["failed"])
            yield message
            if "done" in message:
                return

    def load_tensorflow(self) -> None:
        """Load TensorFlow ahead of the first training; returns at once."""
        self._send(load_tensorflow=True)

    def stop(self, name: str) -> None:
        """Stop the training of that name, unless it has ended."""
        with contextlib.suppress(TrainingError):  # `train` reports that the process died
            self._send(stop=name)

    def kill(self) -> None:
        """Kill the process; `train` then raises TrainingError."""
        self.process.kill()

    def close(self) -> None:
        """Kill the process and release what belongs to it."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self._stderr):
            if stream:
                with contextlib.suppress(OSError):  # what was not sent yet can't be any more
                    stream.close()

    def _send(self, **message: str | bool) -> None:
        assert self.process.stdin
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
        except (OSError, ValueError) as error:
            raise self._death() from error

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise self._death()
        return json.loads(line)

    def _death(self) -> TrainingError:
        if not self._stderr.closed:
            self._stderr.seek(0)
            _log.error("The training process ended unexpectedly. Its output:\n%s", self._stderr.read()[-2000:])
        return TrainingError(
            "The training process ended unexpectedly, perhaps because memory ran out; start the training again."
        )
