"""A folder of genre folders: every file in FOLDER/GENRE/ is a track of that genre.

Features are cached by the content of each file and the version of the recipe, below `storage.cache_dir()`:
a second run computes only what is new, wherever a file has moved and whatever it is called.
"""

import hashlib
import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from genre_core import audio, storage
from genre_core.datasets.dataset import Dataset
from genre_core.errors import DatasetError, GenreLabError, StorageError
from genre_core.features import feature_set

_NOT_MUSIC = {".txt", ".md", ".csv", ".json", ".jpg", ".jpeg", ".png", ".pdf", ".html", ".xml", ".m3u", ".cue", ".log"}
"""Endings of what lies beside music and is passed over in silence; any other file is tried."""

Progress = Callable[[int, int], None]
"""Called with the number of files done and their total; what it raises ends the extraction."""


@dataclass(frozen=True)
class _Extracted:
    """One file's segments and what is to be said of it, or the error because of which it has none."""

    values: np.ndarray | None = None
    warning: str = ""
    error: GenreLabError | None = None


def read_folder(
    folder: Path, *, features: str = "paper", jobs: int = -1, progress: Progress = lambda done, total: None
) -> Dataset:
    """Extract the features of every track in a folder of genre folders, in parallel.

    Parameters
    ----------
    jobs : number of processes; -1 for one a core.

    Raises DatasetError if the folder is not one of genre folders or nothing in it can be used, and StorageError if the
    cache can't be written.  Files that can't be used are left out, and named in the result's `skipped`.
    """
    files = _music_files(folder)
    names = [_text(path.relative_to(folder)) for path in files]
    results = _extract(files, features, jobs, progress)
    skipped = {name: str(r.error) for name, r in zip(names, results, strict=True) if r.error}
    warnings = {name: r.warning for name, r in zip(names, results, strict=True) if r.warning}
    usable = [(path, r.values) for path, r in zip(files, results, strict=True) if r.values is not None]
    if not usable:
        first = next(iter(skipped.items()))
        raise DatasetError(f"None of the {len(files)} files in {folder} could be used; {first[0]}: {first[1]}")
    counts = [len(values) for _, values in usable]
    return Dataset(
        name=_text(Path(*folder.resolve().parts[-2:])),  # many such folders are called `genres`
        features=features,
        values=np.concatenate([values for _, values in usable]),
        genre=np.repeat([_text(Path(path.parent.name)) for path, _ in usable], counts),
        track=np.repeat(track_ids([path for path, _ in usable]), counts),
        start_s=np.concatenate([np.arange(n) for n in counts]) * (audio.SEGMENT_SAMPLES / feature_set(features).rate),
        skipped=skipped,
        warnings=warnings,
    )


def _extract(files: list[Path], features: str, jobs: int, progress: Progress) -> list[_Extracted]:
    """What each file holds, in the order of the files.

    All of joblib's callers share one pool, which leaving the loop early would shut down for the others too: after an
    error no further files are handed out, and the few that are under way are waited for.
    """
    broken: list[BaseException] = []

    def tasks() -> Iterator[Any]:
        for path in files:
            if broken:
                return
            yield joblib.delayed(_extract_file)(path, features, storage.cache_dir())

    results: list[_Extracted] = []
    progress(0, len(files))
    for result in joblib.Parallel(n_jobs=min(jobs, len(files)), return_as="generator", batch_size=1)(tasks()):
        if broken:
            continue
        results.append(result)
        try:
            if isinstance(result.error, StorageError):
                raise result.error
            progress(len(results), len(files))
        except BaseException as error:
            broken.append(error)
    if broken:
        raise broken[0]
    return results


def list_tracks(folder: Path) -> dict[str, Path]:
    """The file of every track (GENRE/NAME) in a folder of genre folders; DatasetError if it is not one."""
    files = _music_files(folder)
    return dict(zip(track_ids(files), files, strict=True))


def find_track(folder: Path, track: str) -> Path | None:
    """The file of a track (GENRE/NAME) in a folder of genre folders, or None if it isn't there."""
    genre, _, name = track.partition("/")
    if not folder.is_dir():
        return None
    for place in _visible(folder):
        if _text(Path(place.name)) == genre and place.is_dir():
            for path in _visible(place):
                if name in (_text(Path(path.stem)), _text(Path(path.name))) and path.is_file():
                    return path
    return None


def check_audio_folder(folder: Path, genres: Iterable[str]) -> None:
    """DatasetError unless `find_track` can look for tracks of these genres in a folder: a genre folder at least."""
    if not folder.is_dir():
        raise DatasetError(
            f"There is no folder {folder} on this machine; give the path of one that holds a folder a genre."
        )
    names = list(genres)
    if not any((folder / genre).is_dir() for genre in names):
        deeper = [place for place in _visible(folder) if any((place / genre).is_dir() for genre in names)]
        hint = f"name {deeper[0]}" if deeper else f"it should hold {', '.join(names[:3])} …"
        raise DatasetError(f"{folder} has no folder with the name of a genre; {hint}.")


def track_ids(files: list[Path]) -> list[str]:
    """GENRE/NAME for each file, without its ending unless two files differ in that alone."""
    stems = [_text(Path(path.parent.name, path.stem)) for path in files]
    count = Counter(stems)
    full = [_text(Path(path.parent.name, path.name)) for path in files]
    return [stem if count[stem] == 1 else name for stem, name in zip(stems, full, strict=True)]


def _text(path: Path) -> str:
    """A path as text that can be written anywhere: old file names are not always UTF-8."""
    return os.fsencode(path.as_posix()).decode("utf-8", errors="replace")


def _music_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}; name one that holds a folder for each genre.")
    genres = [place for place in _visible(folder) if place.is_dir()]
    files = {
        place: [f for f in _visible(place) if f.is_file() and f.suffix.lower() not in _NOT_MUSIC] for place in genres
    }
    filled = [place for place in genres if files[place]]
    if len(filled) < 2:
        raise DatasetError(
            f"{folder} has {len(filled)} genre folders with files in them; it takes at least two, such as "
            f"{folder.name}/blues and {folder.name}/jazz."
        )
    return [file for place in filled for file in files[place]]


def _visible(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"The folder {folder} can't be read: {error.strerror}.") from error
    return (entry for entry in entries if not entry.name.startswith("."))


def _extract_file(path: Path, features: str, cache: Path) -> _Extracted:
    try:
        return _cached(path, features, cache)
    except GenreLabError as error:
        return _Extracted(error=error)


def _cached(path: Path, features: str, cache: Path) -> _Extracted:
    known = feature_set(features)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"The file can't be read: {error.strerror}.") from error
    digest = hashlib.sha256(content).hexdigest()
    recipe = f"{known.name}-{known.version}-{audio.most_seconds():g}s"
    entry = cache / recipe / digest[:2] / f"{digest}.npz"
    # What is not cached, or damaged, is computed anew.
    damage = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
    with suppress(*damage), np.load(entry, allow_pickle=False) as cached:
        return _Extracted(cached["values"], str(cached["warning"]))
    clip = audio.load(content, rate=known.rate)
    values, warning = known.segments(clip.samples), " ".join(clip.warnings)
    with storage.writing_file(entry) as partial:
        np.savez(partial, values=values, warning=warning)
    return _Extracted(values, warning)
