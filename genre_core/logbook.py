"""The log of a server for its operator: one line an event, without the content of anything.

A line has the time (UTC), the first digits of the visitor's random number, the action, its duration and its outcome,
as in "2026-11-27T20:05:06Z visitor=3f2a9c01 action=predict seconds=0.42 outcome=done".  It has no names of files,
texts or addresses.  The file is `logs/genre-lab.log` in the home folder; it is begun anew before it gets large, and a
few older ones are kept.  What can't be written is left out: a full disk stops no page.

Nothing is written before `begin` is called, so that a process that serves no pages has no log.
"""

import logging
import os
import threading
import time
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from genre_core import storage

_BYTES, _OLDER = 1_000_000, 5
"""Size of a file, and number of older ones."""
_VISITOR_DIGITS = 8

_lock = threading.Lock()
_log = logging.getLogger("genre_lab.events")
_log.propagate = False


class _Handler(RotatingFileHandler):
    """Leaves out what can't be written."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Do nothing."""


def log_file() -> Path:
    """The current file of the log."""
    return storage.home() / "logs" / "genre-lab.log"


def begin() -> None:
    """Write events from now on; does nothing if they are written already."""
    with _lock:
        _begin()


def _begin() -> None:
    path = log_file()
    if any(handler.baseFilename == os.path.abspath(path) for handler in _handlers()):  # noqa: PTH100 (as logging does)
        return
    end()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    handler = _Handler(path, maxBytes=_BYTES, backupCount=_OLDER, encoding="utf-8", delay=True)
    formatter = logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)


def end() -> None:
    """Write no more events."""
    for handler in _handlers():
        _log.removeHandler(handler)
        with suppress(OSError):
            handler.close()


def note(action: str, outcome: str, *, visitor: str = "", seconds: float | None = None) -> None:
    """Write one event.

    Parameters
    ----------
    action, outcome : one word each, of the program and never of a user.
    visitor : a random number of the session; only its first digits are written.
    seconds : how long it took.
    """
    if _log.handlers:
        took = "-" if seconds is None else f"{seconds:.2f}"
        who = visitor[:_VISITOR_DIGITS] or "-"
        _log.info("visitor=%s action=%s seconds=%s outcome=%s", who, action, took, outcome)


def _handlers() -> list[_Handler]:
    return [handler for handler in _log.handlers if isinstance(handler, _Handler)]
