"""Extract a dataset from audio files.

Features are cached in `storage.cache_dir()` by the content of each file, the feature set and its version.  A second
extraction computes only what is new, even if files were moved or renamed.  For the same reason the random choices of an
augmentation depend on the content of a file alone.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
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


@dataclass(frozen=True)
class TrackFile:
    """The audio file of a track."""

    path: Path
    track: str
    """GENRE/NAME."""
    genre: str
    name: str
    """What the file is called in messages."""
    artist: str = ""
    """Empty if it is unknown."""


@dataclass(frozen=True)
class _Extracted:
    """The features of one file with its warning, or the error for which it is skipped."""

    values: np.ndarray | None = None
    augmented: dict[str, np.ndarray] = field(default_factory=dict)
    """The features with each augmentation, of the shape of `values`."""
    warning: str = ""
    error: GenreLabError | None = None


def extract_tracks(
    tracks: Sequence[TrackFile],
    *,
    name: str,
    features: str,
    augmentations: str | Sequence[str] = (),
    jobs: int = -1,
    progress: Progress = no_progress,
) -> Dataset:
    """Extract the features of tracks, in parallel.

    Parameters
    ----------
    name : of the dataset.
    features : name of the feature set.
    augmentations : names of the augmentations of which copies are extracted too.
    jobs : number of processes; -1 for one per core.
    progress : called with the number of files done and their total.

    Returns
    -------
    The dataset, without artists if none is known; files that can't be used are in its `skipped`.

    Raises
    ------
    DatasetError
        If no file can be used.
    ConfigError
        If there is no such feature set or augmentation, or the feature set can't be augmented.
    StorageError
        If the cache can't be written.
    """
    augmentations = in_order(augmentations)
    if augmentations:
        check_can_be_augmented(feature_set(features))
    results = _extract([track.path for track in tracks], features, augmentations, jobs, progress)
    skipped = {track.name: r.error for track, r in zip(tracks, results, strict=True) if r.error}
    warnings = {track.name: r.warning for track, r in zip(tracks, results, strict=True) if r.warning}
    usable = [(track, r.values, r.augmented) for track, r in zip(tracks, results, strict=True) if r.values is not None]
    if not usable:
        first = next(iter(skipped.items()))
        raise DatasetError(f"None of the {len(tracks)} files in {name} could be used; {first[0]}: {first[1]}")
    counts = [len(values) for _, values, _ in usable]
    has_artists = any(track.artist for track in tracks)
    return Dataset(
        name=name,
        features=features,
        values=np.concatenate([values for _, values, _ in usable]),
        genre=np.repeat([track.genre for track, *_ in usable], counts),
        track=np.repeat([track.track for track, *_ in usable], counts),
        start_s=np.concatenate([np.arange(n) for n in counts]) * (audio.SEGMENT_SAMPLES / feature_set(features).rate),
        artist=np.repeat([track.artist for track, *_ in usable], counts) if has_artists else None,
        skipped=skipped,
        warnings=warnings,
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
