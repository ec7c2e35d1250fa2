"""The table in an archive of a gathered dataset, `songs.csv`: what folders and file names can't say exactly."""

import csv
import io
from collections.abc import Mapping
from pathlib import PurePosixPath

from genre_core import escaping
from genre_core.datasets.gathered.archive_names import Place
from genre_core.datasets.gathered.facts import Song

TABLE = "songs.csv"
_COLUMNS = ("genre", "artist", "name", "file", "duration_s", "digest")
_MOST_BYTES = 4_000_000


def table_text(songs: Mapping[str, Song]) -> str:
    """The table of songs.

    Parameters
    ----------
    songs : by their files in the archive.
    """
    import pandas as pd

    rows = [
        (song.genre, song.artist, song.name, file, "" if song.duration_s is None else song.duration_s, song.digest)
        for file, song in songs.items()
    ]
    return escaping.csv(pd.DataFrame(rows, columns=list(_COLUMNS)))


def read_rows(content: io.RawIOBase, folder: str) -> dict[str, Place]:
    """What a table says of each file; empty if it is another table.

    Parameters
    ----------
    content : of the table.
    folder : of the table in the archive, with a slash at the end; empty at the top.
    """
    data = bytearray()
    while piece := content.read(_MOST_BYTES):
        data += piece
        if len(data) > _MOST_BYTES:
            return {}
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"))))
    except (UnicodeDecodeError, csv.Error):
        return {}
    found = {}
    for row in rows:
        genre, artist, name, file = (escaping.from_csv(row.get(column) or "") for column in _COLUMNS[:4])
        if genre.strip() and file:
            found[folder + file] = Place(genre, artist, name or PurePosixPath(file).name)
    return found
