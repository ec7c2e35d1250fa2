"""The worker process: calls one function after the other.

Started as `python -m genre_core.jobs.worker NICENESS MEMORY`.  A call is a pickled (function, arguments, with_progress,
environment) on standard input; the process ends with its input, also in the middle of a call.  It answers on standard
output with pickled pairs: any number of ("progress", (done, total)), and then ("result", value), ("problem", message)
for an error that a user can cause, or ("bug", None) after it has logged a traceback.

Only the process that started it can write to its input: nothing that came from a user is unpickled.
"""

import logging
import os
import pickle  # between processes of our own  # nosec B403
import queue
import sys
import threading
from collections.abc import Callable
from typing import IO, Any

from genre_core.errors import GenreLabError
from genre_core.jobs.process import PREFIX, Call

TOO_MUCH_MEMORY = "It needs more memory than one visitor may use; try a shorter or a smaller file."
LIBRARIES_BYTES = 2_500_000_000
"""What all libraries take of the address space, most of it without memory behind it; they are loaded by the first calls
that need them, and one that could be loaded only in part would fail from then on."""
_log = logging.getLogger(__name__)


def main(niceness: int, memory_bytes: int) -> None:
    """Answer calls until the input ends.

    Parameters
    ----------
    niceness : how far other processes have precedence; of no effect on Windows.
    memory_bytes : memory that calls may take beside the libraries; no limit on Windows and macOS.
    """
    # What libraries print must not mix with the answers: standard output is redirected to standard error.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(niceness)
    _limit_memory(LIBRARIES_BYTES + memory_bytes)
    calls: queue.Queue[Call] = queue.Queue()
    threading.Thread(target=_read_calls, args=(sys.stdin.buffer, calls), daemon=True).start()
    while True:
        call = calls.get()
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            del os.environ[name]
        os.environ.update(call.environment)
        _send(out, *_answer(call, out))


def _read_calls(pipe: IO[bytes], calls: "queue.Queue[Call]") -> None:
    try:
        while True:
            calls.put(pickle.load(pipe))  # from the process that started this one  # nosec B301
    except EOFError:
        pass
    except BaseException:
        _log.exception("a call could not be read")
    finally:
        os._exit(0)  # the other process has ended, or can't be understood: nobody would read the answer


def _answer(call: Call, out: IO[bytes]) -> tuple[str, Any]:
    keywords: dict[str, Callable[[int, int], None]] = {}
    if call.with_progress:
        keywords["progress"] = lambda done, total: _send(out, "progress", (done, total))
    try:
        return "result", call.function(*call.arguments, **keywords)
    except GenreLabError as error:
        return "problem", str(error)
    except MemoryError:
        return "problem", TOO_MUCH_MEMORY
    except Exception:
        _log.exception("%s failed", call.name)
        return "bug", None


def _send(out: IO[bytes], kind: str, content: Any) -> None:
    try:
        out.write(_packed(kind, content))
        out.flush()
    except BrokenPipeError:
        os._exit(0)


def _packed(kind: str, content: Any) -> bytes:
    """An answer as bytes; a bug if it can't be sent."""
    try:
        return pickle.dumps((kind, content), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(("problem", TOO_MUCH_MEMORY))
    except Exception:
        _log.exception("an answer could not be sent")
        return pickle.dumps(("bug", None))


def _limit_memory(n_bytes: int) -> None:
    if sys.platform == "linux":
        import resource

        _, highest = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (n_bytes, highest))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
