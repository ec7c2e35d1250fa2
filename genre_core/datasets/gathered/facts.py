"""What is known of a gathered dataset and of its songs without opening a song."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from genre_core import escaping
from genre_core.errors import DatasetError
from genre_core.wording import counted, quoted

MOST_DATASETS = 20
"""Gathered datasets of one owner."""
MOST_GENRES = 20
MOST_SONGS = 2000
LONGEST_TITLE = 100
LONGEST_GENRE = 40
LONGEST_ARTIST = 120
LONGEST_FILE_NAME = 120


class NoRoomError(DatasetError):
    """A dataset, or all of a visitor, has no room for more songs."""


def one_line(text: str) -> str:
    """A text as somebody entered it, in one line and without control characters.

    Accents are joined to their letters, which files of macOS keep apart: the same name is then the same text.
    """
    return " ".join(escaping.visible(unicodedata.normalize("NFC", text)).split())


@dataclass(frozen=True)
class GatheredDataset:
    """A gathered dataset.

    Raises
    ------
    DatasetError
        When made, if its title or a genre is empty or too long, or a genre is there twice.
    """

    name: str
    """Differs between all datasets; gathered-<16 hexadecimal digits>."""
    title: str
    genres: tuple[str, ...]
    """In the order in which they were entered; some may have no songs."""
    created: str
    """ISO 8601, UTC."""
    owner: str = ""
    """Id of the visitor who made it; empty for the operator."""
    shared: bool = False
    """Whether the whole class may see and use it."""
    code: str = ""
    """Who types it may see the dataset and add songs; empty if nobody may."""

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.title) > LONGEST_TITLE:
            raise DatasetError(
                f"{quoted(self.title)} is no title for a dataset; enter 1 to {LONGEST_TITLE} characters."
            )
        if len(self.genres) > MOST_GENRES:
            raise DatasetError(f"A dataset has at most {counted(MOST_GENRES, 'genre')}; remove one first.")
        for genre in self.genres:
            if not genre.strip() or len(genre) > LONGEST_GENRE or not genre.isprintable() or "/" in genre:
                raise DatasetError(
                    f"{quoted(genre)} is no name for a genre; enter 1 to {LONGEST_GENRE} characters without a slash."
                )
        known = [genre.casefold() for genre in self.genres]
        if twice := [genre for genre in self.genres if known.count(genre.casefold()) > 1]:
            raise DatasetError(f"The dataset has the genre {quoted(twice[0])} already; enter another name.")


@dataclass(frozen=True)
class Song:
    """A song of a gathered dataset, without its content."""

    id: str
    """Differs between all songs of a dataset; 16 hexadecimal digits."""
    genre: str
    name: str
    """The name of the file as it came, without control characters."""
    artist: str
    """From the tags of the file, its folder or by hand; empty if unknown."""
    digest: str
    """SHA-256 of the content."""
    n_bytes: int
    added: float
    """When it was added, by time.time()."""
    by: str
    """Id of the visitor who added it; empty for the operator."""
    duration_s: float | None = None
    """Its length, once it was checked; None before, and if it can't be decoded."""
    fingerprint: str = ""
    """What the browser knew of the file that it uploaded; empty if it came in another way."""
