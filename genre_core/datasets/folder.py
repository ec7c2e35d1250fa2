"""Extract a dataset from a folder with one subfolder per genre: every audio file in FOLDER/GENRE/ is a track.

Features are cached in `storage.cache_dir()` by the content of each file, the feature set and its version.  A second
extraction computes only what is new, even if files were moved or renamed.  For the same reason the random choices of an
augmentation depend on the content of a file alone.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from genre_core import audio, old_names, storage
from genre_core.audio.augmentation import VERSION as AUGMENTATION_VERSION
from genre_core.audio.augmentation import augment, augmentation_seed
from genre_core.datasets.augmented import AugmentedCopies, check_can_be_augmented, in_order
from genre_core.datasets.dataset import Dataset
from genre_core.errors import DamagedFileError, DatasetError, GenreLabError, StorageError
from genre_core.features import FeatureSet, feature_set
from genre_core.progress import Progress, no_progress
from genre_core.reading import as_type, reporting_damage
from genre_core.reading.array_files import check_array, read_arrays
from genre_core.visitors import serving

_NOT_AUDIO = {".txt", ".md", ".csv", ".json", ".jpg", ".jpeg", ".png", ".pdf", ".html", ".xml", ".m3u", ".cue", ".log"}
"""Extensions of files that are ignored; any other file is tried as audio."""


@dataclass(frozen=True)
class _Extracted:
    """The features of one file with its warning, or the error for which it is skipped."""

    values: np.ndarray | None = None
    augmented: dict[str, np.ndarray] = field(default_factory=dict)
    """The features with each augmentation, of the shape of `values`."""
    warning: str = ""
    error: GenreLabError | None = None


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
    augmentations = in_order(augmentations)
    if augmentations:
        check_can_be_augmented(feature_set(features))
    files = _audio_files(folder)
    names = [_text(path.relative_to(folder)) for path in files]
    results = _extract(files, features, augmentations, jobs, progress)
    skipped = {name: r.error for name, r in zip(names, results, strict=True) if r.error}
    warnings = {name: r.warning for name, r in zip(names, results, strict=True) if r.warning}
    usable = [(path, r.values, r.augmented) for path, r in zip(files, results, strict=True) if r.values is not None]
    if not usable:
        first = next(iter(skipped.items()))
        raise DatasetError(f"None of the {len(files)} files in {folder} could be used; {first[0]}: {first[1]}")
    counts = [len(values) for _, values, _ in usable]
    return Dataset(
        name=_text(Path(*folder.resolve().parts[-2:])),  # many such folders are named `genres`
        features=features,
        values=np.concatenate([values for _, values, _ in usable]),
        genre=np.repeat([_text(Path(path.parent.name)) for path, _, _ in usable], counts),
        track=np.repeat(track_ids([path for path, _, _ in usable]), counts),
        start_s=np.concatenate([np.arange(n) for n in counts]) * (audio.SEGMENT_SAMPLES / feature_set(features).rate),
        skipped=skipped,
        warnings=warnings,
        folder=folder,
        augmented=AugmentedCopies.of_arrays(
            {name: np.concatenate([augmented[name] for *_, augmented in usable]) for name in augmentations}
        ),
    )


def _extract(
    files: list[Path], features: str, augmentations: Sequence[str], jobs: int, progress: Progress
) -> list[_Extracted]:
    """Extract from each file, in the order of the files.

    All callers of joblib share one pool, which would be shut down for the others if one left the loop early.  After an
    error no more files are handed out, and the few that are in progress are awaited.
    """
    import joblib

    errors: list[BaseException] = []

    def tasks() -> Iterator[Any]:
        for path in files:
            if errors:
                return
            yield joblib.delayed(_extract_file)(path, features, augmentations, storage.cache_dir())

    results: list[_Extracted] = []
    progress(0, len(files))
    for result in joblib.Parallel(n_jobs=min(jobs, len(files)), return_as="generator", batch_size=1)(tasks()):
        if errors:
            continue
        results.append(result)
        try:
            if isinstance(result.error, StorageError):
                raise result.error
            progress(len(results), len(files))
        except BaseException as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return results


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
    for place in _visible(folder):
        if _text(Path(place.name)) == genre and place.is_dir():
            for path in _visible(place):
                if name in (_text(Path(path.stem)), _text(Path(path.name))) and path.is_file():
                    return path
    return None


def find_audio(track: str) -> Path | None:
    """The audio file of a track, in the folder of the settings or among the downloads; None if it is in neither.

    A dashboard that is served to a class has, in place of the settings, the folders that its operator allows.
    """
    named = storage.read_settings().get("audio_folder")
    settings = serving()
    folders = list(settings.allowed) if settings else [Path(named)] if named else []
    downloads = _visible(storage.downloads_dir()) if storage.downloads_dir().is_dir() else ()
    for folder in (*folders, *downloads):
        if path := find_track(folder, track):
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
        deeper = [place for place in _visible(folder) if any((place / genre).is_dir() for genre in names)]
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
    genres = [place for place in _visible(folder) if place.is_dir()]
    files = {
        place: [f for f in _visible(place) if f.is_file() and f.suffix.lower() not in _NOT_AUDIO] for place in genres
    }
    filled = [place for place in genres if files[place]]
    if len(filled) < 2:
        raise DatasetError(
            f"{folder} has {len(filled)} subfolders with files, and at least two genres are needed, such as "
            f"{folder.name}/blues and {folder.name}/jazz."
        )
    return [file for place in filled for file in files[place]]


def _visible(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"The folder {folder} can't be read: {error.strerror}.") from error
    return (entry for entry in entries if not entry.name.startswith("."))


def _extract_file(path: Path, features: str, augmentations: Sequence[str], cache_folder: Path) -> _Extracted:
    try:
        return _features_of_file(path, feature_set(features), augmentations, cache_folder)
    except GenreLabError as error:
        return _Extracted(error=type(error)(str(error)))  # without its traceback, which holds the samples


def _features_of_file(path: Path, features: FeatureSet, augmentations: Sequence[str], cache_folder: Path) -> _Extracted:
    audio.check_audio(path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()  # names it in the cache
    except OSError as error:
        raise DatasetError(f"The file can't be read: {error.strerror}.") from error
    entry = Path(digest[:2], f"{digest}.npz")
    kinds = [
        f"{name}-{features.version}-{audio.duration_limit_s():g}s"
        for name in (features.name, *old_names.former_feature_sets(features.name))
    ]

    @cache
    def decoded() -> audio.Clip:
        return audio.load_audio(path, rate=features.rate)

    def extracted(name: str = "") -> tuple[np.ndarray, str]:
        """The features of the file, or with an augmentation, and the warning."""
        clip = augment(decoded(), name, augmentation_seed(digest)) if name else decoded()
        return features.extract_segments(clip.samples), " ".join(clip.warnings)

    values, warning = _cached([cache_folder / kind / entry for kind in kinds], features, extracted)
    augmented = {}
    for name in augmentations:
        place = cache_folder / f"{kinds[0]}-{name}-{AUGMENTATION_VERSION}" / entry
        augmented[name], _ = _cached([place], features, partial(extracted, name))
    return _Extracted(values, augmented, warning)


def _cached(
    entries: list[Path], features: FeatureSet, compute: Callable[[], tuple[np.ndarray, str]]
) -> tuple[np.ndarray, str]:
    """The features and the warning in the first entry of the cache that can be read, or else computed and stored."""
    for entry in entries:
        # A missing or damaged entry is computed again.
        with suppress(DamagedFileError), reporting_damage(entry):
            stored, kinds = read_arrays(entry), "u" if features.is_picture else "f"
            values = check_array("values", stored["values"], (None, *features.shape), kinds=kinds)
            return values, as_type(str, str(stored["warning"]), "warning")
    values, warning = compute()
    with storage.writing_file(entries[0]) as file:
        np.savez(file, values=values, warning=warning)
    return values, warning
