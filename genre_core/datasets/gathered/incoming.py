"""Uploads that arrive piece by piece, so that no song or archive is ever in memory as a whole, and that go on after a
break.

They lie in `home()/gathered/incoming/`, and are deleted when they are older than songs of visitors are kept.
`begin` and `append` only write bytes, and are quick; `finish` opens the song and belongs into a worker process.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genre_core.datasets.gathered.facts import Song
from genre_core.errors import GenreLabError

Kind = Literal["song", "archive"]


class WrongOffsetError(GenreLabError):
    """A piece does not continue what has arrived.

    Attributes
    ----------
    offset : the number of bytes that have arrived, at which the upload goes on.
    """

    def __init__(self, offset: int) -> None:
        super().__init__(f"The upload goes on at byte {offset}; send the rest from there.")
        self.offset = offset


@dataclass(frozen=True)
class Incoming:
    """An upload that has begun."""

    id: str
    """16 hexadecimal digits."""
    offset: int
    """Number of bytes that have arrived."""


def begin(
    owner: str, dataset: str, genre: str, file_name: str, n_bytes: int, fingerprint: str, kind: Kind = "song"
) -> Incoming:
    """Begin an upload, or find the one that was begun with the same arguments, which goes on at its `offset`.

    Parameters
    ----------
    owner : id of the visitor who uploads; empty for the operator.
    dataset : name of a gathered dataset; for an archive, empty for a new one.
    genre : of a song; ignored for an archive.
    n_bytes : size of the file.
    fingerprint : what the browser knows of the file's content and time, at most 200 characters.

    Raises
    ------
    DatasetError
        If there is no such dataset or genre, or no room for the file.
    StorageError
        If the disk is full, or the visitor has too many uploads in progress.
    """
    raise NotImplementedError


def append(id_: str, owner: str, offset: int, chunk: bytes) -> int:
    """Add a piece to an upload; returns the number of bytes that have arrived.

    Raises
    ------
    WrongOffsetError
        If the piece does not begin where the last one ended.
    DatasetError
        If there is no such upload of this owner (any more), or the file becomes larger than was said.
    StorageError
        If the disk is full.
    """
    raise NotImplementedError


def finish(id_: str, owner: str) -> Song | Path:
    """End an upload: a song is added to its dataset and returned; of an archive, the path is returned, for
    `importing.add_archive` and then `discard`.  For a worker process.

    Raises
    ------
    WrongOffsetError
        If it is not complete.
    GenreLabError
        As `songs.add_song`; the upload is deleted then.
    """
    raise NotImplementedError


def discard(id_: str, owner: str) -> None:
    """Delete an upload; one that is gone is no error."""
    raise NotImplementedError


def delete_expired() -> int:
    """Delete uploads that nobody has continued for as long as songs of visitors are kept; returns how many."""
    raise NotImplementedError
