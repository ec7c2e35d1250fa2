"""Whole songs of free games, most of them outside the ten genres: the list, and how to get them.

    python -m benchmarks.outside_songs FOLDER     # fetches the songs with apt-get (Debian 12; a download of 4.1 GB)

The list is benchmarks/outside/songs.csv, and benchmarks/outside/README.md says how its labels were made.  The audio
is not part of the project: `fetch` takes it out of Debian packages, which need not be installed, into
FOLDER/PACKAGE/PATH.  `songs_in` gives the songs that a folder has.
"""

import argparse
import csv
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

SONGS = Path(__file__).parent / "outside" / "songs.csv"

Label = Literal["inside", "outside", "unclear"]
"""Whether a song is of one of the ten genres of GTZAN."""

Use = Literal["tune", "test"]
"""Limits are tuned on songs of one source, and tested on songs of the other sources, by other authors."""


@dataclass(frozen=True)
class OutsideSong:
    """A row of the list: where a song is, whose it is, and what it is."""

    source: str
    """The Debian package."""
    path: str
    """The path within the package."""
    size_bytes: int
    title: str
    author: str
    license: str
    duration_s: int
    label: Label
    reason: str
    use: Use

    def __post_init__(self) -> None:
        if self.label not in get_args(Label) or self.use not in get_args(Use):
            raise ValueError(f"{self.source}/{self.path}: no label {self.label!r} or no use {self.use!r}.")

    def is_at(self, path: Path) -> bool:
        """Whether the file is this song: another version of a package may have another song under the same name."""
        return path.is_file() and path.stat().st_size == self.size_bytes


def all_songs() -> list[OutsideSong]:
    """The whole list, in its order."""
    with SONGS.open(encoding="utf-8", newline="") as file:
        return [_song(row) for row in csv.DictReader(file)]


def songs_in(folder: Path, use: Use | None = None) -> list[tuple[OutsideSong, Path]]:
    """The songs of the list that are in a folder as `fetch` makes it, each with its file; of one use if given."""
    listed = [song for song in all_songs() if use in (None, song.use)]
    placed = [(song, folder / song.source / song.path) for song in listed]
    return [(song, path) for song, path in placed if song.is_at(path)]


def fetch(folder: Path) -> None:
    """Put the songs that a folder lacks there, with the copyright file of each package.

    Raises
    ------
    subprocess.CalledProcessError
        If apt-get finds no such package, or there is no network.
    """
    present = {song for song, _ in songs_in(folder)}
    for source in sorted({song.source for song in all_songs() if song not in present}):
        fetch_files(source, {song.path for song in all_songs() if song.source == source}, folder)


def fetch_files(source: str, paths: set[str], folder: Path) -> None:
    """Put some files of a Debian package, and its copyright file, into FOLDER/PACKAGE; raises as `fetch` does."""
    with tempfile.TemporaryDirectory() as downloads:
        subprocess.run(["apt-get", "download", source], cwd=downloads, check=True)
        (package,) = Path(downloads).glob("*.deb")
        extract(package, folder / source, paths | {f"usr/share/doc/{source}/copyright"})


def extract(package: Path, folder: Path, paths: set[str]) -> None:
    """Take some files out of a Debian package, by their paths within it."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpacked:
        with tarfile.open(fileobj=unpacked.stdout, mode="r|") as files:
            for member in files:
                if member.name.removeprefix("./") in paths:
                    files.extract(member, folder, filter="data")
        if unpacked.wait():
            raise subprocess.CalledProcessError(unpacked.returncode, unpacked.args)


def _song(row: dict[str, str]) -> OutsideSong:
    numbers = {"size_bytes": int(row["size_bytes"]), "duration_s": int(row["duration_s"])}
    return OutsideSong(**{**row, **numbers})  # type: ignore[arg-type]  # the row has the fields by name


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m benchmarks.outside_songs", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    target: Path = parser.parse_args().folder
    fetch(target)
    print(f"{len(songs_in(target))} of {len(all_songs())} songs are in {target}.")
