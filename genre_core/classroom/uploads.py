"""Songs that visitors upload or record: kept on disk for a stated time, so that leaving a page loses nothing.

They lie in `home()/uploads/`, a folder for each owner and in it one for each song, with its content as it came and a
small JSON file.  No name that a visitor chose becomes a path.  They are read when a worker needs them; no session holds
them in memory.
"""

import hashlib
import itertools
import json
import re
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from genre_core import escaping, storage
from genre_core.datasets.gathered import incoming
from genre_core.errors import DamagedFileError, StorageError
from genre_core.reading import read_json
from genre_core.visitors import keep_hours, most_upload_bytes
from genre_core.wording import counted, quoted

MOST_UPLOADS = 100
"""Songs of one owner."""

_OPERATOR = "operator"
_ID = re.compile(r"[0-9a-f]{16}")
_FACTS, _CONTENT = "upload.json", "content"
_LONGEST_NAME = 200
_DELETE_S = 3600.0
_adding = threading.Lock()


@dataclass(frozen=True)
class Upload:
    """A stored song, without its content."""

    id: str
    """Differs between all songs, also between two uploads of the same file."""
    name: str
    """The name of the file; no two songs of an owner have the same."""
    digest: str
    """SHA-256 of the content."""
    n_bytes: int
    added: float
    """When it was added, by time.time()."""


def add(owner: str, name: str, content: bytes) -> Upload:
    """Store a song; a name that the owner has already gets a number.

    Parameters
    ----------
    owner : id of a visitor; empty for the operator.

    Raises
    ------
    StorageError
        If the owner has too many songs, or the disk is full.
    """
    with _adding:
        stored = list_uploads(owner)
        if len(stored) >= MOST_UPLOADS:
            raise StorageError(
                f"{quoted(name)} was not added: at most {counted(MOST_UPLOADS, 'song')} are kept; remove some of yours."
            )
        most_bytes = most_upload_bytes(owner)
        if sum(upload.n_bytes for upload in stored) + len(content) > most_bytes:
            raise StorageError(
                f"{quoted(name)} was not added: your songs may have {most_bytes / 1e6:.0f} MB together; remove some of "
                "them, or choose a smaller file."
            )
        upload = Upload(
            id=secrets.token_hex(8),
            name=_unique(name, {upload.name for upload in stored}),
            digest=hashlib.sha256(content).hexdigest(),
            n_bytes=len(content),
            added=time.time(),
        )
        folder = _folder(owner)
        _make_private(folder)
        with storage.writing_folder(folder / upload.id) as partial:
            (partial / _CONTENT).write_bytes(content)
            (partial / _FACTS).write_text(json.dumps(asdict(upload)), encoding="utf-8")
    return upload


def list_uploads(owner: str) -> list[Upload]:
    """The songs of an owner that are still kept, the newest last."""
    limit = _oldest()
    uploads = [upload for folder in _stored(_folder(owner)) if (upload := _read_facts(folder))]
    return sorted((upload for upload in uploads if upload.added >= limit), key=lambda upload: upload.added)


def folders_of_visitors(ids: Iterable[str]) -> dict[Path, str]:
    """The folders with the songs of all visitors, and to whom of these each belongs; empty if to none."""
    known = {_folder(id_): id_ for id_ in ids}
    folders = sorted(_root().iterdir()) if _root().is_dir() else []
    return {folder: known.get(folder, "") for folder in folders if folder.name != _OPERATOR}


def read(owner: str, upload: str) -> bytes:
    """The content of a song of an owner.

    Parameters
    ----------
    upload : its id.

    Raises
    ------
    StorageError
        If the owner has no such song, or not any more.
    """
    try:
        return (song_folder(owner, upload) / _CONTENT).read_bytes()
    except OSError as error:
        raise _missing() from error


def remove(owner: str, upload: str) -> None:
    """Delete a song of an owner, by its id; one that is gone is no error."""
    folder = song_folder(owner, upload)
    if folder.is_dir():
        storage.delete_folder(folder)


def delete_expired() -> int:
    """Delete all songs, of all owners, that are older than they are kept; returns how many."""
    expired, limit = 0, _oldest()
    owners = sorted(_root().iterdir()) if _root().is_dir() else []
    for folder in (song for owner in owners for song in _stored(owner)):
        # What can't be deleted now, or was deleted by another process meanwhile, keeps no other song.
        with suppress(StorageError, OSError):
            facts = _read_facts(folder)
            if (facts.added if facts else folder.stat().st_mtime) < limit:
                storage.delete_folder(folder)
                expired += 1
    return expired


def _oldest() -> float:
    """When the oldest songs that are kept were added, by time.time()."""
    return time.time() - 3600 * keep_hours()


def start_deleting() -> None:
    """Delete expired songs and unfinished uploads now and each hour, in the background, while the process lives."""
    threading.Thread(target=_delete_again_and_again, daemon=True).start()


def _delete_again_and_again() -> None:
    while True:
        with suppress(OSError):
            delete_expired()
            incoming.delete_expired()
        time.sleep(_DELETE_S)


def _root() -> Path:
    return storage.home() / "uploads"


def _folder(owner: str) -> Path:
    """The folder of an owner, whose id is no path."""
    return _root() / (hashlib.sha256(owner.encode(errors="surrogatepass")).hexdigest()[:32] if owner else _OPERATOR)


def song_folder(owner: str, upload: str) -> Path:
    """The folder of a song, which need not exist.  Raises StorageError for what is no id of a song."""
    if not _ID.fullmatch(upload):
        raise _missing()
    return _folder(owner) / upload


def _stored(owner: Path) -> Iterator[Path]:
    """The folders of the songs of an owner."""
    if owner.is_dir():
        yield from (folder for folder in owner.iterdir() if _ID.fullmatch(folder.name))


def _read_facts(folder: Path) -> Upload | None:
    """What is known of a song; None if it is damaged, or was removed just now."""
    try:
        return _read_once(folder)
    except DamagedFileError:
        return None


@lru_cache(maxsize=4096)
def _read_once(folder: Path) -> Upload:
    """A stored song never changes, and no other one gets its id."""
    return replace(read_json(folder / _FACTS, Upload), id=folder.name)


def _make_private(folder: Path) -> None:
    """Other accounts of the computer can't list the songs."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _root().chmod(0o700)
    except OSError as error:
        raise StorageError(f"Can't write to {folder} ({error.strerror or error}); free some space.") from error


def _unique(name: str, taken: set[str]) -> str:
    """A name that is not taken, with a number before its suffix if necessary."""
    text = escaping.visible(name)[-_LONGEST_NAME:] or "song"
    stem, suffix = Path(text).stem, Path(text).suffix
    numbered = (f"{stem} ({number}){suffix}" for number in itertools.count(2))
    return next(candidate for candidate in itertools.chain([text], numbered) if candidate not in taken)


def _missing() -> StorageError:
    return StorageError("This song is not stored any more; upload it again.")
