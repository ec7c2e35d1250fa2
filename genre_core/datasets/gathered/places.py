"""Where gathered datasets, their songs and unfinished uploads lie, and who may write to them at a time."""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genre_core import storage
from genre_core.errors import DatasetError, StorageError
from genre_core.wording import quoted

CONTENT = "content"
"""The file of a song or an upload, as it came."""
_NAME = re.compile(r"gathered-[0-9a-f]{16}")
_ID = re.compile(r"[0-9a-f]{16}")
_LEAST_FREE_BYTES = 500_000_000
"""That songs leave free on the disk, for runs and features."""
_LOCK, _LOCK_S = "lock", 60.0
"""Who waits longer for others to write to a dataset is told so."""


def root() -> Path:
    """The folder of all gathered datasets."""
    return storage.home() / "gathered"


def make_root() -> Path:
    """The folder of all gathered datasets, which is made, and which no other account of the computer can list.

    Raises StorageError if that fails.
    """
    with storage.reporting_errors(root()):
        root().mkdir(parents=True, exist_ok=True)
        root().chmod(0o700)
    return root()


def incoming_dir() -> Path:
    """The folder of unfinished uploads."""
    return root() / "incoming"


def new_name() -> str:
    """A random name of a dataset."""
    return f"gathered-{new_id()}"


def new_id() -> str:
    """A random id of a song."""
    return secrets.token_hex(8)


def check_disk(n_bytes: int) -> None:
    """Raise StorageError if so many bytes would fill the disk."""
    if shutil.disk_usage(make_root()).free - n_bytes < _LEAST_FREE_BYTES:
        raise StorageError("The disk of the server is nearly full; free some space, and go on.")


def is_id(text: str) -> bool:
    """Whether a text may be the id of a song or an upload."""
    return bool(_ID.fullmatch(text))


def is_name(text: str) -> bool:
    """Whether a text may be the name of a gathered dataset."""
    return bool(_NAME.fullmatch(text))


def dataset_folder(name: str) -> Path:
    """The folder of a dataset.  Raises DatasetError if there is none of this name."""
    if not is_name(name) or not (root() / name).is_dir():
        raise no_such_dataset(name)
    return root() / name


def songs_folder(name: str) -> Path:
    """The folder with the songs of a dataset, a folder each.  Raises DatasetError as `dataset_folder`."""
    return dataset_folder(name) / "songs"


def no_such_dataset(name: str) -> DatasetError:
    """The error that says that there is no dataset of this name."""
    return DatasetError(f"There is no dataset {quoted(name)}; choose another one.")


@contextmanager
def changing(name: str) -> Iterator[Path]:
    """Be the only one, in all processes, who changes a dataset; yields its folder.

    Raises
    ------
    DatasetError
        If there is no such dataset, or not any more.
    StorageError
        If others are changing it for too long.
    """
    with only_one(dataset_folder(name)) as folder:
        yield dataset_folder(folder.name)


@contextmanager
def only_one(folder: Path) -> Iterator[Path]:
    """Be the only one, in all processes and threads, who changes what is in a folder."""
    # Imported when needed: pages that only list datasets don't.
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, timeout=_LOCK_S, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise StorageError("Others are changing this dataset; try again in a minute.") from None
    except OSError as error:
        if not folder.is_dir():
            raise no_such_dataset(folder.name) from error
        raise StorageError(f"Can't write to {folder} ({error.strerror or error}); free some space.") from error
    try:
        yield folder
    finally:
        lock.release()
