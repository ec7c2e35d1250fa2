"""A folder of genre folders: every file in FOLDER/GENRE/ is a track of that genre.

Features are cached by the content of each file and the version of the recipe, below `storage.cache_dir()`:
a second run computes only what is new, wherever a file has moved and whatever it is called.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np

from genre_core import audio, storage
from genre_core.datasets.dataset import Dataset
from genre_core.errors import AudioError, DatasetError
from genre_core.features import feature_set

_NOT_MUSIC = {".txt", ".md", ".csv", ".json", ".jpg", ".jpeg", ".png", ".pdf", ".html", ".xml", ".m3u", ".cue", ".log"}
"""Endings of what lies beside music and is passed over in silence; any other file is tried."""

Progress = Callable[[int, int], None]
"""Called with the number of files done and their total; what it raises ends the extraction."""


@dataclass(frozen=True)
class _Extracted:
    """One file's segments, or the reason why it has none."""

    values: np.ndarray | None
    problem: str | None = None


def read_folder(
    folder: Path, *, features: str = "paper", jobs: int = -1, progress: Progress = lambda done, total: None
) -> Dataset:
    """Extract the features of every track in a folder of genre folders, in parallel.

    Parameters
    ----------
    jobs : number of processes; -1 for one a core.

    Raises DatasetError if the folder is not one of genre folders or nothing in it can be used.  Files that can't
    be used are left out, and named in the result's `skipped`.
    """
    files = _music_files(folder)
    tasks = (joblib.delayed(_extract_file)(path, features, storage.cache_dir()) for path in files)
    results: list[_Extracted] = []
    progress(0, len(files))
    for result in joblib.Parallel(n_jobs=min(jobs, len(files)), return_as="generator")(tasks):
        results.append(result)
        progress(len(results), len(files))
    usable = [(path, r.values) for path, r in zip(files, results, strict=True) if r.values is not None]
    skipped = {str(p.relative_to(folder)): r.problem for p, r in zip(files, results, strict=True) if r.problem}
    if not usable:
        raise DatasetError(f"None of the {len(files)} files in {folder} could be used; the first: {_first(skipped)}")
    tracks = track_ids([path for path, _ in usable])
    known = feature_set(features)
    counts = [len(values) for _, values in usable]
    return Dataset(
        name=folder.resolve().name,
        features=features,
        values=np.concatenate([values for _, values in usable]),
        genre=np.repeat([path.parent.name for path, _ in usable], counts),
        track=np.repeat(tracks, counts),
        start_s=np.concatenate([np.arange(n) for n in counts]) * (audio.SEGMENT_SAMPLES / known.rate),
        skipped=skipped,
    )


def find_track(folder: Path, track: str) -> Path | None:
    """The file of a track (GENRE/NAME) in a folder of genre folders, or None if it isn't there."""
    genre, _, name = track.partition("/")
    place = folder / genre
    if not name or genre in ("", ".", "..") or not place.is_dir():
        return None
    for path in sorted(place.iterdir()):
        if name in (path.stem, path.name) and path.is_file():
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
    stems = [f"{path.parent.name}/{path.stem}" for path in files]
    return [s if stems.count(s) == 1 else f"{p.parent.name}/{p.name}" for s, p in zip(stems, files, strict=True)]


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


def _first(skipped: dict[str, str]) -> str:
    name, problem = next(iter(skipped.items()))
    return f"{name}: {problem}"


def _extract_file(path: Path, features: str, cache: Path) -> _Extracted:
    try:
        return _Extracted(_cached_values(path, features, cache))
    except (AudioError, DatasetError) as error:
        return _Extracted(None, str(error))


def _cached_values(path: Path, features: str, cache: Path) -> np.ndarray:
    known = feature_set(features)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"The file can't be read: {error.strerror}.") from error
    digest = hashlib.sha256(content).hexdigest()
    recipe = f"{known.name}-{known.version}-{audio.most_seconds():g}s"
    entry = cache / recipe / digest[:2] / f"{digest}.npy"
    try:
        values = np.load(entry, allow_pickle=False)
        if values.ndim == 2 and values.shape[1] == len(known.columns):
            return values
    except (OSError, ValueError, EOFError):
        pass  # not cached, or damaged: computed anew
    values = known.segments(audio.load(content, rate=known.rate).samples)
    with storage.writing_file(entry) as partial, partial.open("wb") as file:
        np.save(file, values)
    return values
