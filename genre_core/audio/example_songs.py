"""Example songs: excerpts of real music under a free license, with their authors.

The files are in artifacts/bundled/songs, whose README.md says where each is from and what was changed;
scripts/make_songs.py makes them again.  No model that ships with the project was trained on them.  Synthetic songs are
in `synthesis`.
"""

from dataclasses import dataclass
from pathlib import Path

from genre_core.storage import BUNDLED

FOLDER = BUNDLED / "songs"
LICENSE = "CC BY-SA 3.0"
"""The license of all example songs; it asks that authors, titles, license and changes are named."""
LICENSE_URL = "https://creativecommons.org/licenses/by-sa/3.0/"


@dataclass(frozen=True)
class Work:
    """A song that an example was cut from."""

    title: str
    author: str
    package: str
    """The Debian package that has the whole song."""


@dataclass(frozen=True)
class ExampleSong:
    """An excerpt of one song, or excerpts of two that were joined."""

    name: str
    title: str
    description: str
    works: tuple[Work, ...]
    """The song that it is an excerpt of; two if it is joined."""
    changes_at_s: float | None = None
    """Where the second song begins, in seconds from the start; None if there is one song."""

    @property
    def path(self) -> Path:
        """Its file, Ogg Vorbis in mono."""
        return FOLDER / f"{self.name}.ogg"

    @property
    def credit(self) -> str:
        """Title and author of each work, and what was made of them; the license is `LICENSE`."""
        works = " and ".join(f'"{work.title}" by {work.author}' for work in self.works)
        return f"{works} ({'excerpt' if len(self.works) == 1 else 'excerpts, joined'})"


_AVE_MARIA = Work("Ave Maria (Bach and Gounod)", "John Michel", "freedink-data")
_FEAR = Work("Fear", "Obsidian Shell", "marsshooter-data")
_LUCKY_13 = Work("Lucky 13", "Stephen M. Cameron, Marty Kiel", "wordwarvi-sound")

SONGS = (
    ExampleSong("ave-maria", "Ave Maria", "Classical: cello and piano.", (_AVE_MARIA,)),
    ExampleSong("fear", "Fear", "Metal: a band with distorted guitars.", (_FEAR,)),
    ExampleSong("lucky-13", "Lucky 13", "Rock without vocals.", (_LUCKY_13,)),
    ExampleSong(
        "classical-to-metal",
        "Classical to metal",
        "Ave Maria, and from 0:16 on Fear.",
        (_AVE_MARIA, _FEAR),
        changes_at_s=16.0,
    ),
)


def song(name: str) -> ExampleSong:
    """The example song with this name.  Raises KeyError if there is none."""
    return {each.name: each for each in SONGS}[name]
