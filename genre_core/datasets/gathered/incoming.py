"""Uploads that arrive piece by piece, so that no song or archive is ever in memory as a whole, and that go on after a
break.

They lie in `home()/gathered/incoming/`, and are deleted when they are older than songs of visitors are kept.
`begin` and `append` only write bytes, and are quick; `finish` opens the song and belongs into a worker process.
"""

import hashlib
import json
import math
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from genre_core import escaping, storage
from genre_core.datasets.gathered import places
from genre_core.datasets.gathered.facts import Song
from genre_core.datasets.gathered.song_files import read_songs
from genre_core.datasets.gathered.songs import add_song, check_room, check_size
from genre_core.datasets.gathered.store import dataset_facts, with_genre
from genre_core.errors import DamagedFileError, DatasetError, GenreLabError, StorageError
from genre_core.reading import read_json
from genre_core.reading.limits import size_text
from genre_core.visitors import keep_hours, most_dataset_bytes, most_upload_bytes
from genre_core.wording import quoted

Kind = Literal["song", "archive"]

MOST_UPLOADS = 50
"""Unfinished uploads of one owner."""
_IDLE_S = 60.0
"""An upload that nobody has continued for so long gives way to a new one, if there is no room for both."""
_FACTS = "upload.json"
_LONGEST = 300
"""Characters of a file name."""


class WrongOffsetError(GenreLabError):
    """A piece does not continue what has arrived.

    Attributes
    ----------
    offset : the number of bytes that have arrived, at which the upload goes on.
    """

    def __init__(self, offset: int) -> None:
        super().__init__(f"The upload goes on at byte {offset}; send the rest from there.")
        self.offset = offset

    def __reduce__(self) -> tuple[type["WrongOffsetError"], tuple[int]]:
        return WrongOffsetError, (self.offset,)


@dataclass(frozen=True)
class Incoming:
    """An upload that has begun."""

    id: str
    """16 hexadecimal digits; empty if the song is in its genre already, by an earlier upload of the same file."""
    offset: int
    """Number of bytes that have arrived."""


@dataclass(frozen=True)
class _Upload:
    """What was said of an upload when it began."""

    owner: str
    dataset: str
    genre: str
    file_name: str
    n_bytes: int
    fingerprint: str
    kind: Kind
    artist: str = ""


def begin(
    owner: str,
    dataset: str,
    genre: str,
    file_name: str,
    n_bytes: int,
    fingerprint: str,
    kind: Kind = "song",
    artist: str = "",
) -> Incoming:
    """Begin an upload, or find the one that was begun with the same arguments, which goes on at its `offset`.

    Parameters
    ----------
    owner : id of the visitor who uploads; empty for the operator.
    dataset : name of a gathered dataset; for an archive, empty for a new one.
    genre : of a song; ignored for an archive.
    n_bytes : size of the file.
    fingerprint : what the browser knows of the file's content and time.
    artist : of a song; from its tags if it is empty.

    Raises
    ------
    DatasetError
        If there is no such dataset or genre, no room for the file, or too much is being uploaded.  What was broken off
        gives way, the oldest first.
    StorageError
        If the disk is full.
    """
    upload = _Upload(
        owner=owner,
        dataset=dataset,
        genre=genre if kind == "song" else "",
        file_name=escaping.visible(file_name)[-_LONGEST:],
        n_bytes=n_bytes,
        fingerprint=hashlib.sha256(fingerprint.encode(errors="surrogatepass")).hexdigest(),
        kind=kind,
        artist=artist,
    )
    if kind == "song" and any(
        (song.genre, song.fingerprint) == (genre, upload.fingerprint) for song in read_songs(dataset)
    ):
        return Incoming("", n_bytes)
    _check_room(upload)
    text = json.dumps(asdict(upload))
    id_ = hashlib.sha256(text.encode()).hexdigest()[:16]
    folder = places.incoming_dir() / id_
    if (arrived := _arrived(folder)) is not None:
        return Incoming(id_, arrived)
    _make_way(upload)
    try:
        with storage.writing_folder(folder) as partial:
            (partial / _FACTS).write_text(text, encoding="utf-8")
            (partial / places.CONTENT).touch()
    except StorageError:
        if (arrived := _arrived(folder)) is None:
            raise
        return Incoming(id_, arrived)  # two tabs began it at once
    return Incoming(id_, 0)


def dataset_of(id_: str, owner: str) -> str:
    """The name of the dataset to which an upload goes.  Raises DatasetError as `append`."""
    return _find(id_, owner)[0].dataset


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
    upload, folder = _find(id_, owner)
    with places.only_one(folder), storage.reporting_errors(folder), (folder / places.CONTENT).open("r+b") as file:
        arrived = file.seek(0, 2)
        if offset != arrived:
            raise WrongOffsetError(arrived)
        if arrived + len(chunk) > upload.n_bytes:
            raise DatasetError(f"{quoted(upload.file_name)} is larger than was said; choose the file again.")
        places.check_disk(len(chunk))
        file.write(chunk)
    return arrived + len(chunk)


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
    upload, folder = _find(id_, owner)
    with places.only_one(folder):
        arrived = _arrived(folder)
        if arrived is None:
            raise _no_such_upload()
        if arrived != upload.n_bytes:
            raise WrongOffsetError(arrived)
    content = folder / places.CONTENT
    if upload.kind == "archive":
        return content
    try:
        return add_song(
            upload.dataset,
            upload.genre,
            upload.file_name,
            content,
            by=owner,
            artist=upload.artist,
            fingerprint=upload.fingerprint,
        )
    finally:
        discard(id_, owner)


def discard(id_: str, owner: str) -> None:
    """Delete an upload; one that is gone is no error."""
    with suppress(DatasetError):
        storage.delete_folder(_find(id_, owner)[1])


def delete_expired() -> int:
    """Delete uploads that nobody has continued for as long as songs of visitors are kept; returns how many."""
    expired, limit = 0, time.time() - 3600 * keep_hours()
    for folder in _folders():
        # What can't be deleted now, or was deleted by another process meanwhile, keeps no other.
        with suppress(StorageError, OSError):
            if _changed(folder) < limit:
                storage.delete_folder(folder)
                expired += 1
    return expired


def folders_of_visitors() -> dict[Path, str]:
    """The folder of each unfinished upload of a visitor, with the id of who uploads; empty if it is damaged."""
    owners = {folder: _read(folder) for folder in _folders()}
    return {folder: upload.owner if upload else "" for folder, upload in owners.items() if not upload or upload.owner}


def _check_room(upload: _Upload) -> None:
    """Raise DatasetError if an upload has no place where it belongs."""
    if upload.n_bytes < 1:
        raise DatasetError(f"{quoted(upload.file_name)} is empty; choose another file.")
    if upload.kind == "song":
        check_size(upload.file_name, upload.n_bytes)
        with_genre(upload.dataset, upload.genre)
    if upload.dataset:
        check_room(dataset_facts(upload.dataset), read_songs(upload.dataset), upload.file_name, upload.n_bytes)
    elif upload.n_bytes > (most := most_dataset_bytes(upload.owner)):
        raise DatasetError(
            f"{quoted(upload.file_name)} has {size_text(upload.n_bytes)}, and {size_text(most)} is the limit."
        )
    places.check_disk(upload.n_bytes)


def _make_way(upload: _Upload) -> None:
    """Delete what the owner of a new upload has broken off, as far as it needs the room.

    Raises DatasetError if there is none: the others are in progress, or are archives that are being unpacked.
    """
    others = {folder: other.n_bytes for folder, other in _uploads() if other.owner == upload.owner}
    idle = sorted((_changed(folder), folder) for folder, size in others.items() if (_arrived(folder) or 0) < size)
    most = most_upload_bytes(upload.owner)
    while len(others) >= MOST_UPLOADS or upload.n_bytes + sum(others.values()) > most:
        changed, folder = idle.pop(0) if idle else (math.inf, Path())
        if time.time() - changed < _IDLE_S:
            raise DatasetError(
                f"Your unfinished uploads may be {MOST_UPLOADS} files with {size_text(most)} together; try again in a "
                "minute."
            )
        del others[folder]
        with suppress(StorageError):  # it has just ended
            storage.delete_folder(folder)


def _find(id_: str, owner: str) -> tuple[_Upload, Path]:
    folder = places.incoming_dir() / id_
    upload = _read(folder) if places.is_id(id_) else None
    if upload is None or upload.owner != owner:
        raise _no_such_upload()
    return upload, folder


def _no_such_upload() -> DatasetError:
    return DatasetError("This upload is not known any more; choose the file again.")


def _uploads() -> Iterator[tuple[Path, _Upload]]:
    """Those that are whole, of all owners, with their folders."""
    return ((folder, upload) for folder in _folders() if (upload := _read(folder)))


def _folders() -> list[Path]:
    folder = places.incoming_dir()
    return [entry for entry in folder.iterdir() if places.is_id(entry.name)] if folder.is_dir() else []


def _changed(folder: Path) -> float:
    """When an upload was begun or continued last, by time.time(); 0 if it is gone."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except OSError:
        return 0.0


def _read(folder: Path) -> _Upload | None:
    try:
        return read_json(folder / _FACTS, _Upload)
    except DamagedFileError:
        return None


def _arrived(folder: Path) -> int | None:
    """The number of bytes that have arrived of an upload; None if there is none."""
    try:
        return (folder / places.CONTENT).stat().st_size
    except OSError:
        return None
