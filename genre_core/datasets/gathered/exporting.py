"""A gathered dataset as a ZIP of genre folders, GENRE/ARTIST/NAME, with its table `songs.csv`."""

import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath

from genre_core import escaping, storage
from genre_core.datasets.gathered import places
from genre_core.datasets.gathered.archive_table import TABLE, table_text
from genre_core.datasets.gathered.facts import Song
from genre_core.datasets.gathered.song_files import read_songs
from genre_core.errors import DatasetError
from genre_core.progress import Progress, no_progress

_UNKNOWN = "unknown artist"
"""The folder of songs without an artist."""


def write_archive(name: str, path: Path, *, progress: Progress = no_progress) -> None:
    """Write all songs of a dataset to a ZIP file; `importing.add_archive` makes the same dataset of it.

    The table `songs.csv` has the columns genre, artist, name, file, duration_s and digest.

    Parameters
    ----------
    progress : called with the number of songs done and their total.

    Raises
    ------
    DatasetError
        If it has no songs.
    StorageError
        If the disk is full.
    """
    known = read_songs(name)
    if not known:
        raise DatasetError("The dataset has no songs yet; add some first.")
    places.check_disk(sum(song.n_bytes for song in known))
    with storage.writing_file(path) as partial, zipfile.ZipFile(partial, "w") as archive:
        pack(name, archive, progress=progress)


def pack(name: str, archive: zipfile.ZipFile, folder: str = "", *, progress: Progress = no_progress) -> None:
    """Write all songs of a dataset and their table into a ZIP file that is being written.

    Parameters
    ----------
    folder : in the archive, with a slash at the end; empty for its top.
    progress : as in `write_archive`.
    """
    files, place = _files(read_songs(name)), places.songs_folder(name)
    progress(0, len(files))
    archive.writestr(folder + TABLE, table_text(files), zipfile.ZIP_DEFLATED)
    for done, (file, song) in enumerate(files.items(), 1):
        with suppress(FileNotFoundError):  # it was removed just now
            archive.write(place / song.id / places.CONTENT, folder + file, zipfile.ZIP_STORED)  # audio is compressed
        progress(done, len(files))


def _files(songs: list[Song]) -> dict[str, Song]:
    """The name of each song in the archive, no two the same on any system."""
    found: dict[str, Song] = {}
    taken: set[str] = set()
    for song in sorted(songs, key=lambda one: (one.genre, one.artist, one.name, one.added)):
        name = PurePosixPath(_part(song.name))
        place = f"{_part(song.genre)}/{_part(song.artist or _UNKNOWN)}"
        file = f"{place}/{name}"
        if file.casefold() in taken:
            file = f"{place}/{name.stem} ({song.id}){name.suffix}"
        taken.add(file.casefold())
        found[file] = song
    return found


def _part(text: str) -> str:
    """A text as the name of a file or a folder: neither hidden nor a way out, and with no end that Windows drops."""
    return escaping.file_name(text).strip(". ") or "_"
