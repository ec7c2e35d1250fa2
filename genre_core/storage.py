"""Where things lie on disk, and how they get there whole.

`BUNDLED` ships with the project and is only read.  What a user makes goes below `home()`: the folder
`artifacts/` of the project, or the one that the environment variable GENRE_LAB_HOME names.
Everything is written to a temporary name beside its place and then renamed, so that a reader, a second
user or a full disk never sees half of it.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from genre_core.errors import StorageError

ARTIFACTS = Path(__file__).resolve().parent.parent / "artifacts"
BUNDLED = ARTIFACTS / "bundled"

_PARTIAL = ".partial-"


def home() -> Path:
    """The folder of what the user makes: GENRE_LAB_HOME, or `artifacts/`."""
    chosen = os.environ.get("GENRE_LAB_HOME")
    return Path(chosen).expanduser() if chosen else ARTIFACTS


def cache_dir() -> Path:
    """Features by file content; may be deleted at any time."""
    return home() / "cache"


def runs_dir() -> Path:
    """Trained runs, a folder each."""
    return home() / "runs"


def downloads_dir() -> Path:
    """Data sets that were downloaded, a folder of genre folders each."""
    return home() / "downloads"


@contextmanager
def writing_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write; afterwards it becomes `path`, replacing what was there.

    Raises StorageError if the folder can't be written to or the disk is full; `path` is then as before.
    """
    with _storage_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_PARTIAL, suffix=path.suffix, dir=path.parent)
        os.close(handle)
        partial = Path(name)
        try:
            yield partial
            partial.chmod(0o644)  # mkstemp's files are for the owner alone
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def writing_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder to fill; afterwards it becomes `path`, which must not exist.

    Raises StorageError if `path` exists, its parent can't be written to, or the disk is full.
    """
    with _storage_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=path.parent))
        try:
            yield partial
            partial.chmod(0o755)
            if path.exists():
                raise StorageError(f"{path} exists already; choose another name.")
            partial.rename(path)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def delete_folder(path: Path) -> None:
    """Delete a folder and what is in it: gone for all readers at once, and only then file by file.

    Raises StorageError if that can't be done.
    """
    try:
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=path.parent))
        try:
            path.rename(partial / path.name)
        finally:
            shutil.rmtree(partial)
    except OSError as error:
        raise StorageError(f"{path.name} can't be deleted ({error.strerror or error}).") from error


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a temporary folder that is gone afterwards.  StorageError if there is no room for what is written."""
    try:
        with tempfile.TemporaryDirectory(prefix="genre-lab-") as name:
            yield Path(name)
    except OSError as error:
        raise StorageError(
            f"Can't write to {tempfile.gettempdir()} ({error.strerror or error}); free some space."
        ) from error


def user_path(text: str) -> Path:
    """The path that a user means, with ~ resolved; it need not exist.  StorageError if there can be none such."""
    try:
        path = Path(text).expanduser()
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()
    except (OSError, RuntimeError, ValueError) as error:
        raise StorageError(f"{text[:80]!r} can't be reached ({getattr(error, 'strerror', None) or error}).") from error
    return path


def check_writable(path: Path, *, may_exist: bool = False) -> None:
    """StorageError unless a folder or file can be made at `path`, where nothing is yet or something to replace."""
    if path.is_dir() or (path.exists() and not may_exist):
        raise StorageError(f"{path} exists already; choose another name.")
    with _storage_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()


@contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"Can't write to {folder} ({error.strerror or error}); free some space, or name another folder in "
            "GENRE_LAB_HOME."
        ) from error


def is_partial(path: Path) -> bool:
    """Whether this is something that is still being written, or was left behind by a crash."""
    return path.name.startswith(_PARTIAL)


def read_settings() -> dict[str, str]:
    """What the user chose once and wants remembered; empty if nothing was, or if the file is damaged."""
    try:
        settings = json.loads((home() / "settings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def write_setting(name: str, value: str) -> None:
    """Remember one choice."""
    with writing_file(home() / "settings.json") as partial:
        partial.write_text(json.dumps({**read_settings(), name: value}, indent=2), encoding="utf-8")
