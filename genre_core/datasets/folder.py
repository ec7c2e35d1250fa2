"""A dataset from a folder with one subfolder per genre: every audio file in FOLDER/GENRE/ is a track."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from genre_core.datasets.dataset import Dataset
from genre_core.datasets.extraction import TrackFile, extract_tracks
from genre_core.errors import DatasetError
from genre_core.progress import Progress, no_progress

NOT_AUDIO = {".txt", ".md", ".csv", ".json", ".jpg", ".jpeg", ".png", ".pdf", ".html", ".xml", ".m3u", ".cue", ".log"}
"""Extensions of files that are ignored; any other file is tried as audio."""


def read_folder(
    folder: Path,
    *,
    features: str = "paper",
    augmentations: str | Sequence[str] = (),
    jobs: int = -1,
    progress: Progress = no_progress,
) -> Dataset:
    """Extract the features of every track in a folder with one subfolder per genre, in parallel.

    Parameters
    ----------
    features : name of the feature set.
    augmentations : names of the augmentations of which copies are extracted too; `augmented.extraction_seconds`
        estimates how long that takes.
    jobs : number of processes; -1 for one per core.
    progress : called with the number of files done and their total.

    Returns
    -------
    The dataset; files that can't be used are skipped and listed in its `skipped`.

    Raises
    ------
    DatasetError
        If the folder has no two subfolders with files, or no file in it can be used.
    ConfigError
        If there is no such feature set or augmentation, or the feature set can't be augmented.
    StorageError
        If the cache can't be written.
    """
    files = _audio_files(folder)
    genres = [_text(Path(path.parent.name)) for path in files]
    tracks = [
        TrackFile(path, track, genre, _text(path.relative_to(folder)))
        for path, track, genre in zip(files, track_ids(files), genres, strict=True)
    ]
    dataset = extract_tracks(
        tracks,
        name=_text(Path(*folder.resolve().parts[-2:])),  # many such folders are named `genres`
        features=features,
        augmentations=augmentations,
        jobs=jobs,
        progress=progress,
    )
    return replace(dataset, folder=folder)


def list_tracks(folder: Path) -> dict[str, Path]:
    """The file of every track (GENRE/NAME) in a folder with one subfolder per genre.

    Raises DatasetError if the folder has no two subfolders with files.
    """
    files = _audio_files(folder)
    return dict(zip(track_ids(files), files, strict=True))


def find_track(folder: Path, track: str) -> Path | None:
    """The file of a track (GENRE/NAME) in a folder with one subfolder per genre, or None if it isn't there."""
    genre, _, name = track.partition("/")
    if not folder.is_dir():
        return None
    for place in visible(folder):
        if _text(Path(place.name)) == genre and place.is_dir():
            for path in visible(place):
                if name in (_text(Path(path.stem)), _text(Path(path.name))) and path.is_file():
                    return path
    return None


def check_audio_folder(folder: Path, genres: Iterable[str]) -> None:
    """Check that a folder has a subfolder for at least one of the genres, so that `find_track` can search it.

    Raises DatasetError if it has none.
    """
    if not folder.is_dir():
        raise DatasetError(
            f"There is no folder {folder} on this computer; enter the path of a folder with one subfolder per genre."
        )
    names = list(genres)
    if not any((folder / genre).is_dir() for genre in names):
        deeper = [place for place in visible(folder) if any((place / genre).is_dir() for genre in names)]
        hint = f"choose {deeper[0]}" if deeper else f"it should contain {', '.join(names[:3])} …"
        raise DatasetError(f"{folder} has no subfolder with the name of a genre; {hint}.")


def track_ids(files: list[Path]) -> list[str]:
    """GENRE/NAME of each file, without its extension unless two files differ only in that."""
    stems = [_text(Path(path.parent.name, path.stem)) for path in files]
    count = Counter(stems)
    full = [_text(Path(path.parent.name, path.name)) for path in files]
    return [stem if count[stem] == 1 else name for stem, name in zip(stems, full, strict=True)]


def _text(path: Path) -> str:
    """A path as text in valid Unicode: old file names are not always UTF-8."""
    return os.fsencode(path.as_posix()).decode("utf-8", errors="replace")


def _audio_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}; choose a folder with one subfolder per genre.")
    genres = [place for place in visible(folder) if place.is_dir()]
    files = {
        place: [f for f in visible(place) if f.is_file() and f.suffix.lower() not in NOT_AUDIO] for place in genres
    }
    filled = [place for place in genres if files[place]]
    if len(filled) < 2:
        raise DatasetError(
            f"{folder} has {len(filled)} subfolders with files, and at least two genres are needed, such as "
            f"{folder.name}/blues and {folder.name}/jazz."
        )
    return [file for place in filled for file in files[place]]


def visible(folder: Path) -> Iterator[Path]:
    """The entries of a folder that are not hidden, by name.  Raises DatasetError if it can't be read."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"The folder {folder} can't be read: {error.strerror}.") from error
    return (entry for entry in entries if not entry.name.startswith("."))
