"""Errors of reading a file, as one sentence that names the file and the reason."""

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genre_core.errors import DamagedFileError, GenreLabError

_MOST_CHARACTERS = 200
"""Of a reason: it may quote what the file holds."""
_DAMAGE = (
    GenreLabError,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,  # zipfile's for encrypted entries
    EOFError,
    MemoryError,
    struct.error,
    zipfile.BadZipFile,
)


@contextmanager
def reporting_damage(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is read and checked into a DamagedFileError.

    Raises
    ------
    DamagedFileError
        Also if there is no such file, or it is no ordinary file: a pipe would be waited for.
    """
    try:
        if not path.is_file():
            raise ValueError("there is no such file")
        yield
    except DamagedFileError:
        raise
    except RecursionError as error:
        raise DamagedFileError(f"{path.name} is damaged: it is nested too deeply.") from error
    except _DAMAGE as error:
        raise DamagedFileError(f"{path.name} is damaged: {_reason(error)}.") from error


def _reason(error: BaseException) -> str:
    """What is wrong, in one line without its full stop; the name of the error where it says nothing."""
    text = (error.strerror or "") if isinstance(error, OSError) and error.errno else str(error)
    # Python's words for a file that another program wrote may quote it, half characters included.
    line = " ".join(text.encode(errors="replace").decode().split())
    shortened = line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS]} …"
    return shortened.rstrip(".") or type(error).__name__
