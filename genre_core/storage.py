"""Folders on disk, and writing to them atomically.

`BUNDLED` ships with the project and is never written to.  What a user makes goes below `home()`: the folder
`artifacts/` of the project, or the one in the environment variable GENRE_LAB_HOME.
Files and folders are written under a temporary name beside their destination and then renamed, so that neither a
reader nor a full disk leaves a partial one in its place.
"""

import hashlib
import itertools
import json
import os
import platform
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from genre_core.errors import DamagedFileError, StorageError
from genre_core.reading import read_json

ARTIFACTS = Path(__file__).resolve().parent.parent / "artifacts"
BUNDLED = ARTIFACTS / "bundled"

_PARTIAL = ".partial-"
_SCRATCH = "genre-lab-"
_OWNER = re.compile(rf"(?:{re.escape(_PARTIAL)}|{_SCRATCH})(?P<machine>[0-9a-f]{{8}})-(?P<process>\d+)-")
"""What is written belongs to a process of a machine; several machines may share a folder."""


def home() -> Path:
    """The folder for everything a user makes: GENRE_LAB_HOME, or `artifacts/`."""
    setting = os.environ.get("GENRE_LAB_HOME")
    return Path(setting).expanduser() if setting else ARTIFACTS


def cache_dir() -> Path:
    """The feature cache, by file content; it may be deleted at any time."""
    return home() / "cache"


def bundled_runs_dir() -> Path:
    """The runs that ship with the project, one folder each."""
    return BUNDLED / "runs"


def runs_dir() -> Path:
    """The user's runs, one folder each."""
    return home() / "runs"


def downloads_dir() -> Path:
    """Downloaded datasets, each a folder with one subfolder per genre; hidden folders are none."""
    return home() / "downloads"


@contextmanager
def writing_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to; on success it replaces `path`.

    Raises StorageError if the folder isn't writable or the disk is full; `path` is then unchanged.
    """
    with reporting_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_owned(_PARTIAL), suffix=path.suffix, dir=path.parent)
        os.close(handle)
        partial = Path(name)
        try:
            yield partial
            partial.chmod(0o644)  # files of mkstemp are readable by the owner alone
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def writing_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder to fill; on success it is renamed to `path`, which must not exist.

    Raises StorageError if `path` exists, its parent isn't writable, or the disk is full.
    """
    with reporting_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=_owned(_PARTIAL), dir=path.parent))
        try:
            yield partial
            partial.chmod(0o755)
            if path.exists():
                raise StorageError(f"{path} already exists; choose another name.")
            partial.rename(path)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def delete_folder(path: Path) -> None:
    """Delete a folder and its content: it disappears at once, and its files are then removed one by one.

    Raises StorageError if that fails.
    """
    try:
        partial = Path(tempfile.mkdtemp(prefix=_owned(_PARTIAL), dir=path.parent))
        try:
            path.rename(partial / path.name)
        finally:
            shutil.rmtree(partial)
    except OSError as error:
        raise StorageError(f"{path.name} can't be deleted ({error.strerror or error}).") from error


@contextmanager
def scratch_folder(inside: Path | None = None) -> Iterator[Path]:
    """Yield a temporary folder that is deleted afterwards.  Raises StorageError if there is no space for it.

    inside : the folder below `home()` in which it is made, so that files can be moved from it; by default that of the
        system for temporary files.
    """
    place = inside or Path(tempfile.gettempdir())
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_owned(_PARTIAL if inside else _SCRATCH), dir=place) as name:
            yield Path(name)
    except OSError as error:
        raise StorageError(f"Can't write to {place} ({error.strerror or error}); free some space.") from error


def user_path(text: str) -> Path:
    """The path that a user typed, with ~ resolved; it need not exist.  Raises StorageError for an invalid path."""
    try:
        path = Path(text).expanduser()
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()
    except (OSError, RuntimeError, ValueError) as error:
        raise StorageError(f"{text[:80]!r} can't be reached ({getattr(error, 'strerror', None) or error}).") from error
    return path


def check_writable(path: Path, *, may_exist: bool = False) -> None:
    """Raise StorageError unless a file or folder can be created at `path`.

    may_exist: whether an existing file may be replaced.
    """
    with reporting_errors(path.parent):
        if path.is_dir() or (path.exists() and not may_exist):
            raise StorageError(f"{path} already exists; choose another name.")
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()


@contextmanager
def claimed(path: Path, *, busy: str = "") -> Iterator[None]:
    """Claim a path that is to be created at the end of long work, until that or the process ends; meanwhile no other
    process of the user can claim it, nor can another thread.

    Parameters
    ----------
    busy : message of the error if it is claimed already.

    Raises
    ------
    StorageError
        If it is claimed already, exists or can't be created.
    """
    from filelock import FileLock, Timeout

    check_writable(path)
    # Beside the path a file would be left behind, since a lock can't be deleted safely.
    digest = hashlib.sha256(os.fsencode(f"{os.path.expanduser('~')}\n{path.resolve()}")).hexdigest()  # noqa: PTH111
    place = Path(tempfile.gettempdir())
    with reporting_errors(place):
        lock = FileLock(place / f"{_SCRATCH}{digest[:16]}.lock", timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise StorageError(busy or f"Something else is writing {path} already; choose another name.") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def reporting_errors(folder: Path) -> Iterator[None]:
    """Raise StorageError in place of an OSError while files are written to a folder."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"Can't write to {folder} ({error.strerror or error}); free some space, or name another folder in "
            "GENRE_LAB_HOME."
        ) from error


def is_partial(path: Path) -> bool:
    """Whether this file or folder is still being written, or was left behind by a crash."""
    return path.name.startswith(_PARTIAL)


def remove_abandoned() -> list[Path]:
    """Delete what processes of this machine were writing when they were killed; returns what was deleted.

    What a living process writes stays, as does what other machines write to the same folder.
    """
    places = itertools.chain(home().rglob(f"{_PARTIAL}*"), Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"))
    abandoned = [path for path in places if _is_abandoned(path.name)]
    for path in abandoned:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return abandoned


def _owned(prefix: str) -> str:
    return f"{prefix}{_machine()}-{os.getpid()}-"


def _machine() -> str:
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _is_abandoned(name: str) -> bool:
    owner = _OWNER.match(name)
    return owner is not None and owner["machine"] == _machine() and not _is_alive(int(owner["process"]))


def _is_alive(process: int) -> bool:
    if sys.platform == "win32":  # os.kill would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_settings() -> dict[str, str]:
    """The saved settings of the user, each a path; without those that can't be reached, and empty if there are none or
    the file is damaged: they are soon entered again."""
    try:
        settings: dict[str, str] = read_json(_settings_file(), dict[str, str])
    except DamagedFileError:
        return {}
    return {name: path for name, path in settings.items() if _can_be_reached(path)}


def write_setting(name: str, value: str) -> None:
    """Save one setting."""
    with writing_file(_settings_file()) as partial:
        partial.write_text(json.dumps({**read_settings(), name: value}, indent=2), encoding="utf-8")


def _settings_file() -> Path:
    return home() / "settings.json"


def _can_be_reached(path: str) -> bool:
    try:
        user_path(path)
    except StorageError:
        return False
    return True
