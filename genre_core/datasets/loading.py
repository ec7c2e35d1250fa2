"""Load a dataset: the bundled one, a folder with one subfolder per genre, a feature table, a file of pictures, or a
download."""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from genre_core import storage
from genre_core.datasets.augmented import WITHOUT_AUDIO, AugmentedCopies
from genre_core.datasets.dataset import Dataset
from genre_core.datasets.downloads import DATASETS, folder_of
from genre_core.datasets.folder import read_folder
from genre_core.datasets.pictures import read_pictures
from genre_core.datasets.table import read_table
from genre_core.errors import DatasetError
from genre_core.features import EMBEDDING_AND_VGGS, LEVELED, feature_set, musicnn
from genre_core.progress import Progress, no_progress

BUNDLED = "bundled"
"""Name of the dataset that ships with the project: the features of the 100 tracks of GTZAN-mini."""

BUNDLED_FILES = {
    "paper": "features.parquet",
    "embedding": "embedding.parquet",
    "musicnn": "musicnn.parquet",
    "mel": "mel.parquet",
    "scalogram": "scalogram.parquet",
}
"""File of the bundled dataset for each feature set that is stored."""
BUNDLED_FEATURES = (
    *("paper", "embedding", "paper+embedding", LEVELED, EMBEDDING_AND_VGGS, "musicnn"),
    *("mel", "scalogram", "mel+scalogram"),
)
"""Feature sets in which the bundled dataset can be loaded."""
_OF_MUSICNN = {LEVELED: musicnn.PARTS[:1], EMBEDDING_AND_VGGS: musicnn.EMBEDDING_AND_VGGS}
"""Feature sets that are stored as columns of `musicnn`."""
AUGMENTED_FEATURES = ("embedding", "musicnn")
"""Feature sets whose copies are stored; `augmented_file` names the files."""

_EXTENSIONS = (".csv", ".parquet", ".npz")


def load_dataset(
    source: str | os.PathLike[str],
    *,
    features: str | None = None,
    augmentations: str | Sequence[str] = (),
    jobs: int = -1,
    progress: Progress = no_progress,
) -> Dataset:
    """Load a dataset.

    Parameters
    ----------
    source : "bundled"; a folder with one subfolder of audio files per genre; a .csv or .parquet feature table; an .npz
        file of mel spectrograms; or, unless there is such a file, the name of a downloaded dataset.
    features : name of the feature set; by default `paper`, or that of the file.
    augmentations : names of the augmentations of which copies are extracted from a folder; other sources have theirs.
    jobs : number of processes that extract features from a folder; -1 for one per core.
    progress : called with the number of audio files done and their total.

    Raises
    ------
    DatasetError
        If the source does not exist or can't be used, or does not hold these features.
    ConfigError
        If there is no such feature set or augmentation, or it can't be augmented.

    Examples
    --------
    >>> from genre_core import load_dataset
    >>> dataset = load_dataset("bundled")
    >>> dataset.n_tracks, dataset.values.shape
    (100, (997, 58))
    """
    if features is not None:
        feature_set(features)
    source = os.fspath(source)
    if source == BUNDLED:
        return _load_bundled(features or "paper")
    path = storage.user_path(source)
    if source in DATASETS and not path.exists():
        path = folder_of(DATASETS[source])
        if not path.is_dir():
            raise DatasetError(f"{source} is not downloaded yet; `genre-lab download {source}` does that.")
    if path.is_dir():
        dataset = read_folder(
            path, features=features or "paper", augmentations=augmentations, jobs=jobs, progress=progress
        )
        return replace(dataset, name=source) if path.parent == storage.downloads_dir() else dataset
    if not path.exists():
        raise DatasetError(
            f"{source} does not exist; choose a folder with one subfolder per genre, a feature table, an .npz file of "
            "pictures, or bundled."
        )
    if path.suffix.lower() not in _EXTENSIONS:
        raise DatasetError(
            f"{path.name} is not a dataset; choose a folder with one subfolder per genre, a .csv or .parquet feature "
            "table, or an .npz file of pictures."
        )
    dataset = read_dataset(path, path.name)
    if features not in (None, dataset.features):
        raise DatasetError(
            f"{path.name} holds the feature set {dataset.features!r}; {features!r} can only be extracted from audio: "
            "choose the folder with the audio files."
        )
    return dataset


def read_dataset(source: Path | bytes, name: str) -> Dataset:
    """Read a feature table or an .npz file of pictures.

    Parameters
    ----------
    source : a file or its content.
    name : file name with its extension, which decides the format; used in messages.

    Raises
    ------
    DatasetError
        If the file can't be used.
    """
    return (read_pictures if name.lower().endswith(".npz") else read_table)(source, name)


def augmented_file(features: str, augmentation: str) -> Path:
    """The file of the bundled dataset's copies with an augmentation, in one of AUGMENTED_FEATURES."""
    return storage.BUNDLED / "augmented" / f"{features}-{augmentation}.parquet"


def _load_bundled(features: str) -> Dataset:
    if features not in BUNDLED_FEATURES:
        raise DatasetError(
            f"The bundled dataset has no features {features!r}; choose from {', '.join(BUNDLED_FEATURES)}, or a "
            "folder with music."
        )
    first, *others = [_bundled_table(name) for name in _stored_apart(features)]
    values = np.concatenate([first.values, *(other.values for other in others)], axis=-1)
    copies = first.augmented if features == "mel" else _stored_copies(features)
    return replace(first, features=features, values=values, augmented=copies)


def _bundled_table(features: str, augmentation: str = "") -> Dataset:
    """A stored table of the bundled dataset, or of its copies with an augmentation."""
    stored = _stored(features)
    path = augmented_file(stored, augmentation) if augmentation else storage.BUNDLED / BUNDLED_FILES[stored]
    table = read_table(path, BUNDLED)
    parts = _OF_MUSICNN.get(features)
    values = table.values[:, musicnn.columns_of(parts)] if parts else table.values
    return replace(table, features=features, values=values)


def _stored(features: str) -> str:
    """The stored feature set that a feature set is a part of."""
    return "musicnn" if features in _OF_MUSICNN else features


def _stored_apart(features: str) -> list[str]:
    """The feature sets that are joined to this one."""
    return [features] if features in _OF_MUSICNN else features.split("+")


def _stored_copies(features: str) -> AugmentedCopies:
    """The stored copies of the bundled dataset; none if there are none of the feature set."""
    if _stored(features) not in AUGMENTED_FEATURES:
        return AugmentedCopies()

    return AugmentedCopies(WITHOUT_AUDIO, partial(_stored_rows, features))


def _stored_rows(features: str, name: str, rows: np.ndarray) -> np.ndarray:
    return _stored_values(features, name)[rows]


@cache
def _stored_values(features: str, name: str) -> np.ndarray:
    return _bundled_table(features, name).values
