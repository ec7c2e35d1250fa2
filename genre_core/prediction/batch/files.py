"""Find the songs below a folder."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genre_core.errors import BatchError

SONG_SUFFIXES = frozenset(
    (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".aifc", ".au", ".caf", ".w64")
)
"""Suffixes of songs, in lower or upper case; other files are ignored."""


@dataclass(frozen=True)
class SongFile:
    """An audio file, and the state in which it was found."""

    path: bytes
    """Relative to the folder, with /; bytes, since old file names are not always text."""
    size: int
    modified_ns: int
    sha256: str = ""
    """Of its content when it was predicted; empty if it was not."""

    @property
    def file(self) -> str:
        """The path as text."""
        return self.path.decode("utf-8", errors="replace")


def find_songs(folder: Path, unreadable: list[str]) -> Iterator[SongFile]:
    """Find the songs in a folder and its subfolders, each folder once, whatever links lead to it.

    Hidden files and folders are ignored. Subfolders that can't be read are added to `unreadable`.

    Raises BatchError if the folder itself can't be read.
    """
    root = os.fsencode(folder)
    seen: set[tuple[int, int]] = set()
    folders, links = deque([root]), deque[bytes]()
    while folders or links:
        place = (folders or links).popleft()  # links last, so that a song has the path without a link where it can
        try:
            found = os.stat(place)  # noqa: PTH116 (a path of bytes)
            if (identity := (found.st_dev, found.st_ino)) in seen:
                continue
            seen.add(identity)
            with os.scandir(place) as entries:
                visible = sorted((entry for entry in entries if not entry.name.startswith(b".")), key=lambda e: e.name)
        except OSError as error:
            if place == root:
                raise BatchError(f"The folder {folder} can't be read: {error.strerror}.") from error
            unreadable.append(_relative(root, place).decode("utf-8", errors="replace"))
            continue
        for entry in visible:
            if _is_folder(entry):
                (links if entry.is_symlink() else folders).append(entry.path)
            elif os.path.splitext(entry.name)[1].lower().decode("latin-1") in SONG_SUFFIXES:  # noqa: PTH122
                yield from _song_file(root, entry)


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a circular link, or one to a place without permission
        return False


def _song_file(root: bytes, entry: os.DirEntry[bytes]) -> Iterator[SongFile]:
    """The entry as a song, if it is a regular file that still exists."""
    try:
        found = entry.stat()
    except OSError:  # a broken link
        return
    if stat.S_ISREG(found.st_mode):
        yield SongFile(_relative(root, entry.path), found.st_size, found.st_mtime_ns)


def _relative(root: bytes, path: bytes) -> bytes:
    return os.path.relpath(path, root).replace(os.fsencode(os.sep), b"/")
