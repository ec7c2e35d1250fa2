"""Where the files of an archive belong, from their names alone: which are songs, of what genre and artist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from genre_core.datasets.folder import NOT_AUDIO

_NOT_AUDIO = NOT_AUDIO | {
    *(".gif", ".webp", ".svg", ".bmp", ".npz", ".npy", ".parquet", ".xlsx", ".zip", ".gz", ".db", ".ini", ".nfo"),
    *(".py", ".ipynb", ".yaml", ".yml", ".rtf", ".doc", ".docx", ".sha256", ".md5", ".mid", ".mp4", ".avi", ".mov"),
}
NO_FOLDER = "It lies in no folder of a genre."


@dataclass(frozen=True)
class Place:
    """Where a song belongs."""

    genre: str
    artist: str
    """Empty if it is not known."""
    name: str
    """The name of the file."""


def is_audio(file: str) -> bool:
    """Whether a file in an archive is read as audio: it is neither hidden nor known to be something else."""
    path = PurePosixPath(file)
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return not hidden and path.suffix.lower() not in _NOT_AUDIO and bool(path.suffix)


def placed(files: Sequence[str], rows: Mapping[str, Place]) -> dict[str, Place | str]:
    """Where each file belongs, or why it has no place.

    The folders of genres are the first below the top that are several, or that have no folder below them.

    Parameters
    ----------
    files : their names in the archive.
    rows : what a table in the archive says of some files.
    """
    top = _top([PurePosixPath(file).parent.parts for file in files])
    found: dict[str, Place | str] = {}
    for file in files:
        *folders, name = PurePosixPath(file).parts
        below = folders[len(top) :] if tuple(folders[: len(top)]) == top else []
        if file in rows:
            found[file] = rows[file]
        elif below:
            found[file] = Place(below[0], below[1] if len(below) > 1 else "", name)
        else:
            found[file] = NO_FOLDER
    return found


def _top(folders: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The folder whose subfolders are the genres."""
    top: tuple[str, ...] = ()
    while True:
        depth = len(top)
        inside = {parts for parts in folders if parts[:depth] == top and len(parts) > depth}
        children = {parts[depth] for parts in inside}
        if len(children) != 1 or all(len(parts) == depth + 1 for parts in inside):
            return top
        top += (children.pop(),)
