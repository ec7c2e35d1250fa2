"""A ZIP of genre folders, as a gathered dataset.

Folders may be nested at any depth, as in `Data/genres_original/blues/x.wav`; with artists they are GENRE/ARTIST/x.mp3.
Images, tables and hidden files beside the audio are ignored.  An archive of `exporting.write_archive` has a table that
names genres and artists better than folders can.
"""

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from genre_core import audio, escaping, storage
from genre_core.datasets.gathered import places
from genre_core.datasets.gathered.archive_names import Place, is_audio, placed
from genre_core.datasets.gathered.archive_table import TABLE, read_rows
from genre_core.datasets.gathered.facts import GatheredDataset, NoRoomError, one_line
from genre_core.datasets.gathered.songs import add_song, check_size
from genre_core.datasets.gathered.store import add_genre, create_dataset, dataset_facts, delete_dataset
from genre_core.errors import DatasetError, GenreLabError, StorageError
from genre_core.progress import Progress, no_progress
from genre_core.reading.archives import read_files
from genre_core.visitors import most_dataset_bytes, most_song_bytes
from genre_core.wording import quoted

_BESIDE_BYTES = 2_000_000_000
"""Of images, tables and songs that are too large, beside the songs: Kaggle's archive of GTZAN has 200 MB of them."""
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class ArchiveReport:
    """What was read of an archive."""

    dataset: str
    """Name of the gathered dataset."""
    added: int
    """Number of songs that were added."""
    genres: tuple[str, ...]
    """Genres of the songs that were added, in alphabetical order."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Files that look like audio and were not added, each with the reason in a sentence."""
    ignored: int = 0
    """Number of other files: images, tables, hidden ones."""


def add_archive(
    name: str | None,
    path: Path,
    *,
    title: str = "",
    by: str = "",
    progress: Progress = no_progress,
) -> ArchiveReport:
    """Add the songs in a ZIP (or .tar.gz) of genre folders to a dataset; for a worker process.

    No file is in memory as a whole, and nothing is written but songs.

    Parameters
    ----------
    name : of a gathered dataset; None for a new one, which belongs to `by`.
    title : of a new dataset.
    by : id of the visitor who adds them; empty for the operator.
    progress : called with the number of files done and their total.

    Raises
    ------
    DatasetError
        If the file is no such archive, is hostile or damaged, or no song in it can be used; a new dataset is then
        deleted, and one that was there keeps what was added before.
    StorageError
        If the disk is full.
    """
    most_bytes = most_dataset_bytes(dataset_facts(name).owner if name else by) + _BESIDE_BYTES
    try:
        found, n_files = _look(path, most_bytes)
        if not found:
            raise DatasetError(
                "No audio was found in folders of genres; make a ZIP of one folder for each genre, such as blues/a.mp3 "
                "and jazz/b.mp3."
            )
        if name:
            return _add(dataset_facts(name), path, found, n_files, most_bytes, by, progress)
        facts = create_dataset(title.strip() or path.stem, (), by)
        try:
            return _add(facts, path, found, n_files, most_bytes, by, progress)
        except BaseException:
            delete_dataset(facts.name)
            raise
    except ValueError as error:
        raise DatasetError(f"The archive can't be used: {error}; make it again.") from error
    except OSError as error:
        raise StorageError(f"The archive can't be read ({error.strerror or error}); upload it again.") from error


def _look(path: Path, most_bytes: int) -> tuple[dict[str, Place | str], int]:
    """Where each file that looks like audio belongs, or why it has no place; and the number of all files.

    Nothing is written before the whole archive was found to be harmless.
    """
    names: list[str] = []
    rows: dict[str, Place] = {}
    for file, content in read_files(path, most_bytes=most_bytes):
        names.append(file)
        if file.rpartition("/")[2] == TABLE:
            rows |= read_rows(content, file.removesuffix(TABLE))
    return placed([file for file in names if is_audio(file) or file in rows], rows), len(names)


def _add(
    facts: GatheredDataset,
    path: Path,
    found: Mapping[str, Place | str],
    n_files: int,
    most_bytes: int,
    by: str,
    progress: Progress,
) -> ArchiveReport:
    skipped = {escaping.visible(file): place for file, place in found.items() if isinstance(place, str)}
    added: Counter[str] = Counter()
    is_full = ""
    with storage.scratch_folder(places.root()) as scratch:
        progress(0, len(found))
        done = 0
        for file, content in read_files(path, most_bytes=most_bytes):
            place = found.get(file)
            if isinstance(place, Place):
                try:
                    if is_full:
                        raise NoRoomError(is_full)
                    song = _written(content, scratch / "song", file)
                    audio.check_audio(song)  # before its genre is added
                    genre = _genre(facts.name, place.genre)
                    add_song(facts.name, genre, place.name, song, by=by, artist=place.artist)
                    added[genre] += 1
                except StorageError:
                    raise
                except GenreLabError as error:
                    dataset_facts(facts.name)  # if it was deleted meanwhile, the rest is not tried
                    skipped[escaping.visible(file)] = str(error)
                    is_full = str(error) if isinstance(error, NoRoomError) else is_full
            if place is not None:
                done += 1
                progress(done, len(found))
    if not added:
        file, reason = next(iter(skipped.items()))
        raise DatasetError(f"None of the {len(found)} songs in the archive could be added; {quoted(file)}: {reason}")
    return ArchiveReport(facts.name, added.total(), tuple(sorted(added)), skipped, n_files - len(found))


def _written(content: io.RawIOBase, path: Path, file: str) -> Path:
    """Write a song to disk.

    Raises DatasetError if it is larger than one may be, and StorageError if the disk is full.
    """
    places.check_disk(most_song_bytes())
    size = 0
    with path.open("wb") as out:
        for piece in _pieces(content):
            size += out.write(piece)
            check_size(file, size)
    return path


def _pieces(content: io.RawIOBase) -> Iterator[bytes]:
    while piece := content.read(_PIECE_BYTES):
        yield piece


def _genre(name: str, genre: str) -> str:
    """The genre of a dataset with this name, in any case; a new one is added.  Raises DatasetError if it can't be."""
    text = one_line(genre)
    if text.casefold() not in (known := _genres(name)):
        add_genre(name, text)
        known = _genres(name)
    return known[text.casefold()]


def _genres(name: str) -> dict[str, str]:
    return {genre.casefold(): genre for genre in dataset_facts(name).genres}
