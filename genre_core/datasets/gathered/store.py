"""Create, list, rename, share, open to the class and delete gathered datasets, and change their genres.

Every function that takes a name raises DatasetError if there is no dataset of this name, or it is damaged.  Whether a
visitor may do it is checked by who calls: `visitor.may_change(facts)`, or `may_add` for songs.
"""

from collections.abc import Sequence
from pathlib import Path

from genre_core.datasets.gathered.facts import GatheredDataset
from genre_core.visitors import Visitor


def create_dataset(title: str, genres: Sequence[str] = (), owner: str = "") -> GatheredDataset:
    """Create a dataset without songs.

    Raises
    ------
    DatasetError
        If the title or a genre can't be used, or the owner has too many datasets.
    StorageError
        If the disk is full.
    """
    raise NotImplementedError


def list_datasets() -> list[GatheredDataset]:
    """All gathered datasets, of all owners, the newest first; without damaged ones."""
    raise NotImplementedError


def dataset_facts(name: str) -> GatheredDataset:
    """What is known of a dataset."""
    raise NotImplementedError


def with_code(code: str, client: str = "") -> GatheredDataset:
    """The dataset with a code, as it was typed.

    Parameters
    ----------
    client : address or id of who types it: each may try so many wrong ones a minute.

    Raises
    ------
    ConfigError
        If there is none, or after too many wrong codes.
    """
    raise NotImplementedError


def may_add(facts: GatheredDataset, visitor: Visitor, code: str = "") -> bool:
    """Whether a visitor may see a dataset and add songs to it: it is theirs, or they know its code."""
    raise NotImplementedError


def open_to_class(name: str) -> str:
    """Let everyone who has the code add songs; returns the code, the same if it is open already."""
    raise NotImplementedError


def close(name: str) -> None:
    """End that others add songs; the code is not known any more."""
    raise NotImplementedError


def rename_dataset(name: str, title: str) -> None:
    """Give a dataset another title."""
    raise NotImplementedError


def share_dataset(name: str, shared: bool) -> None:
    """Share a dataset with the class, or end that."""
    raise NotImplementedError


def delete_dataset(name: str) -> None:
    """Delete a dataset with all its songs."""
    raise NotImplementedError


def add_genre(name: str, genre: str) -> None:
    """Add a genre without songs.  Raises DatasetError if it is there already, or one too many."""
    raise NotImplementedError


def rename_genre(name: str, genre: str, new: str) -> None:
    """Give a genre another name; its songs stay in it."""
    raise NotImplementedError


def remove_genre(name: str, genre: str) -> None:
    """Remove a genre with its songs."""
    raise NotImplementedError


def size_bytes(name: str) -> int:
    """What the songs of a dataset take together."""
    raise NotImplementedError


def dataset_folder(name: str) -> Path:
    """The folder of a dataset, which need not exist."""
    raise NotImplementedError


def owners() -> dict[str, str | None]:
    """The owner of each dataset, by its name; None of one whose facts are damaged."""
    raise NotImplementedError
