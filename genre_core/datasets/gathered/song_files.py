"""The files of songs: `songs/ID/` with the facts of a song and its content."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path

from genre_core import storage
from genre_core.datasets.gathered import places
from genre_core.datasets.gathered.facts import Song
from genre_core.errors import DamagedFileError
from genre_core.reading import read_json

_FACTS = "song.json"


def read_songs(name: str) -> list[Song]:
    """The songs of a dataset that are whole, in the order in which they were added."""
    return sorted(_all(places.songs_folder(name)), key=lambda song: (song.added, song.id))


def read_song(folder: Path) -> Song | None:
    """What is known of a song; None if there is none, it is damaged, or was removed just now."""
    path = folder / _FACTS
    try:
        state = path.stat()
        return _read_once(path, state.st_mtime_ns, state.st_ino)
    except (DamagedFileError, OSError):
        return None


def write_song(name: str, song: Song, content: Path | bytes) -> None:
    """Write a new song; a path is moved in."""
    with storage.writing_folder(places.songs_folder(name) / song.id) as partial:
        (partial / _FACTS).write_text(_text(song), encoding="utf-8")
        if isinstance(content, bytes):
            (partial / places.CONTENT).write_bytes(content)
        else:
            shutil.move(content, partial / places.CONTENT)


def rewrite_song(name: str, song: Song) -> None:
    """Write changed facts of a song."""
    with storage.writing_file(places.songs_folder(name) / song.id / _FACTS) as partial:
        partial.write_text(_text(song), encoding="utf-8")


def _all(folder: Path) -> Iterator[Song]:
    for entry in folder.iterdir() if folder.is_dir() else ():
        if places.is_id(entry.name) and (song := read_song(entry)):
            yield song


@lru_cache(maxsize=8192)
def _read_once(path: Path, modified: int, inode: int) -> Song:
    """What is in a file; one that is replaced has another inode or time."""
    return replace(read_json(path, Song), id=path.parent.name)


def _text(song: Song) -> str:
    return json.dumps(asdict(song))
