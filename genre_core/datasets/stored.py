"""Feature tables and pictures that users uploaded: kept as they came, so that they can be chosen again.

They lie in `home()/datasets/`, a folder for each with the file and a small JSON file.  No name that a user chose
becomes a path.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from genre_core import escaping, storage
from genre_core.datasets.dataset import Dataset
from genre_core.datasets.loading import BUNDLED, read_dataset
from genre_core.errors import DamagedFileError, DatasetError
from genre_core.reading import read_json
from genre_core.visitors import most_upload_bytes
from genre_core.wording import counted, quoted

MOST_DATASETS = 20
"""Stored datasets of one owner."""
LONGEST_TITLE = 100

_NAME = re.compile(r"dataset-[0-9a-f]{16}")
_FACTS, _CONTENT = "dataset.json", "content"


@dataclass(frozen=True)
class StoredDataset:
    """What is known of a stored dataset without reading it.

    Raises
    ------
    DatasetError
        If its title is empty or too long.
    """

    name: str
    """Differs between all stored datasets."""
    title: str
    file_name: str
    """The name of the file as it came, which decides the format."""
    digest: str
    """SHA-256 of the file."""
    n_bytes: int
    created: str
    """ISO 8601, UTC."""
    owner: str = ""
    """Id of the visitor who stored it; empty for the operator."""
    shared: bool = False
    """Whether the whole class may use it."""

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.title) > LONGEST_TITLE or self.title == BUNDLED:
            raise DatasetError(
                f"{quoted(self.title)} is no title for a dataset; enter 1 to {LONGEST_TITLE} characters, and not "
                f"{BUNDLED!r}."
            )


def add_dataset(content: bytes, file_name: str, owner: str = "") -> Dataset:
    """Read a feature table or a file of pictures, and store it if it can be used.

    A file that the owner has stored already is not stored again.

    Parameters
    ----------
    file_name : as it came; the title at first.

    Raises
    ------
    DatasetError
        If the file can't be used, or the owner has too many.
    StorageError
        If the disk is full.
    """
    digest, file_name = hashlib.sha256(content).hexdigest(), escaping.visible(file_name)
    mine = [stored for stored in list_datasets() if stored.owner == owner]
    for stored in mine:
        if (stored.digest, stored.file_name) == (digest, file_name):
            return _read(content, stored)
    check_room(owner, len(content), file_name)
    stored = StoredDataset(
        name=f"dataset-{secrets.token_hex(8)}",
        title=file_name[:LONGEST_TITLE],
        file_name=file_name,
        digest=digest,
        n_bytes=len(content),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        owner=owner,
    )
    dataset = _read(content, stored)
    with storage.writing_folder(dataset_folder(stored.name)) as partial:
        (partial / _CONTENT).write_bytes(content)
        (partial / _FACTS).write_text(json.dumps(asdict(stored)), encoding="utf-8")
    return dataset


def check_room(owner: str, n_bytes: int, file_name: str) -> None:
    """Raise DatasetError if an owner can't store a file of this size."""
    mine = [stored for stored in list_datasets() if stored.owner == owner]
    if len(mine) >= MOST_DATASETS:
        raise DatasetError(
            f"{quoted(file_name)} was not stored: at most {counted(MOST_DATASETS, 'dataset')} are kept; delete one of "
            "yours."
        )
    most_bytes = most_upload_bytes(owner)
    if sum(stored.n_bytes for stored in mine) + n_bytes > most_bytes:
        raise DatasetError(
            f"{quoted(file_name)} was not stored: your datasets may have {most_bytes / 1e6:.0f} MB together; delete "
            "one of them, or choose a smaller file."
        )


def list_datasets() -> list[StoredDataset]:
    """All stored datasets, of all owners, the newest first."""
    return sorted(_all(), key=lambda stored: (stored.created, stored.name), reverse=True)


def dataset_facts(name: str) -> StoredDataset:
    """What is known of a stored dataset.  Raises DatasetError if there is none of this name, or it is damaged."""
    if not _is_stored(name):
        raise no_such_dataset(name)
    try:
        return replace(read_json(dataset_folder(name) / _FACTS, StoredDataset), name=name)
    except DamagedFileError as error:
        raise DatasetError(f"{error} Delete the dataset {name}, and upload the file again.") from error


def open_dataset(name: str) -> Dataset:
    """Read a stored dataset; its title is its name.

    Raises
    ------
    DatasetError
        If there is none of this name, or it can't be read.
    """
    stored = dataset_facts(name)
    return replace(read_dataset(dataset_folder(name) / _CONTENT, stored.file_name), name=stored.title)


def share_dataset(name: str, shared: bool) -> None:
    """Share a stored dataset with the class, or end that."""
    _write(replace(dataset_facts(name), shared=shared))


def rename_dataset(name: str, title: str) -> None:
    """Give a stored dataset another title.  Raises DatasetError if it is empty or too long."""
    _write(replace(dataset_facts(name), title=escaping.visible(title).strip()))


def delete_dataset(name: str) -> None:
    """Delete a stored dataset.  Raises DatasetError if there is none of this name."""
    if not _is_stored(name):
        raise no_such_dataset(name)
    storage.delete_folder(dataset_folder(name))


def no_such_dataset(name: str) -> DatasetError:
    """The error that says that there is no stored dataset of this name."""
    return DatasetError(f"There is no dataset {quoted(name)}; choose another one.")


def _is_stored(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and dataset_folder(name).is_dir()


def _read(content: bytes, stored: StoredDataset) -> Dataset:
    return replace(read_dataset(content, stored.file_name), name=stored.title)


def _write(stored: StoredDataset) -> None:
    with storage.writing_file(dataset_folder(stored.name) / _FACTS) as partial:
        partial.write_text(json.dumps(asdict(stored)), encoding="utf-8")


def _all() -> Iterator[StoredDataset]:
    """Those that are whole."""
    for folder in _root().iterdir() if _root().is_dir() else ():
        if _NAME.fullmatch(folder.name):
            try:
                yield dataset_facts(folder.name)
            except DatasetError:
                continue


def _root() -> Path:
    return storage.home() / "datasets"


def owners() -> dict[str, str | None]:
    """The owner of each stored dataset, by its name; None of one whose facts are damaged."""
    found: dict[str, str | None] = {}
    for folder in _root().iterdir() if _root().is_dir() else ():
        if _NAME.fullmatch(folder.name):
            try:
                found[folder.name] = dataset_facts(folder.name).owner
            except DatasetError:
                found[folder.name] = None
    return found


def dataset_folder(name: str) -> Path:
    """The folder of a stored dataset, which need not exist."""
    return _root() / name
