"""Example songs: excerpts of real recordings under free licenses, with their authors.

The files are in artifacts/bundled/songs.  Its songs.json says for each song whose work it is, under which license, and
where it is from; scripts/make_songs.py makes the songs and README.md from that file.  No model that ships with the
project was trained on them.  Synthetic songs are in `synthesis`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre_core.storage import BUNDLED

FOLDER = BUNDLED / "songs"


@dataclass(frozen=True)
class Work:
    """A song that an example was cut from."""

    title: str
    author: str
    license: str
    """The short name of its license, a key of `LICENSES`."""
    package: str
    """The Debian package that has the whole song, and says its license."""
    version: str
    """The version of the package."""
    file: str
    """The path within the package."""
    sha256: str
    """Of that file."""


@dataclass(frozen=True)
class Excerpt:
    """A part of a work."""

    work: Work
    start_s: int
    """Where it starts in the work, in seconds."""


@dataclass(frozen=True)
class ExampleSong:
    """An excerpt of one song, or excerpts of two that were joined."""

    name: str
    title: str
    description: str
    genre: str | None
    """Its genre among the ten of GTZAN, by its author or the repertoire; None if it is of none, or between two."""
    excerpts: tuple[Excerpt, ...]
    """The excerpt that it is; two if it is joined."""
    changes_at_s: float | None = None
    """Where the second song begins, in seconds from the start; None if there is one song."""

    @property
    def path(self) -> Path:
        """Its file, Ogg Vorbis in mono."""
        return FOLDER / f"{self.name}.ogg"

    @property
    def works(self) -> tuple[Work, ...]:
        """The song that it is an excerpt of; two if it is joined."""
        return tuple(excerpt.work for excerpt in self.excerpts)

    @property
    def license(self) -> str:
        """The short name of its license, a key of `LICENSES`; works that were joined have the same."""
        return self.works[0].license

    @property
    def license_url(self) -> str:
        """Where the text of its license is."""
        return LICENSES[self.license]

    @property
    def packages(self) -> str:
        """The Debian packages that have its works."""
        return " and ".join(dict.fromkeys(work.package for work in self.works))

    @property
    def credit(self) -> str:
        """Title and author of each work, and what was made of them."""
        works = " and ".join(f'"{work.title}" by {work.author}' for work in self.works)
        return f"{works} ({'excerpt' if len(self.works) == 1 else 'excerpts, joined'})"


def _read() -> tuple[dict[str, str], tuple[ExampleSong, ...]]:
    """The licenses with their addresses, and the songs."""
    document = json.loads((FOLDER / "songs.json").read_text(encoding="utf-8"))
    works = {work["title"]: Work(**work) for work in document["works"]}
    return document["licenses"], tuple(_song(song, works) for song in document["songs"])


def _song(song: dict[str, Any], works: dict[str, Work]) -> ExampleSong:
    excerpts = tuple(Excerpt(works[excerpt["work"]], excerpt["start_s"]) for excerpt in song["excerpts"])
    return ExampleSong(**{**song, "excerpts": excerpts})


LICENSES, SONGS = _read()
"""The address of each license by its short name, and the songs in the order in which they are offered."""


def song(name: str) -> ExampleSong:
    """The example song with this name.  Raises KeyError if there is none."""
    return {each.name: each for each in SONGS}[name]
