"""Data sets, and where one comes from: the bundled table, a folder of genre folders, a table."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from genre_core import storage
from genre_core.datasets.dataset import Dataset
from genre_core.datasets.folder import Progress, read_folder
from genre_core.datasets.pictures import read_pictures
from genre_core.datasets.table import read_table
from genre_core.errors import DatasetError
from genre_core.features import feature_set

BUNDLED = "bundled"
"""Name of the data set that ships with the project: the features of the 100 tracks of GTZAN-mini."""

BUNDLED_FILES = {
    "paper": "features.parquet",
    "embedding": "embedding.parquet",
    "mel": "mel.parquet",
    "scalogram": "scalogram.parquet",
}
"""Files of the bundled data set, by their feature set."""
BUNDLED_FEATURES = (*BUNDLED_FILES, "paper+embedding", "mel+scalogram")
"""Feature sets of which the bundled data set has no need of audio."""

_FILES = (".csv", ".parquet", ".npz")


def load(
    source: str,
    *,
    features: str | None = None,
    jobs: int = -1,
    progress: Progress = lambda done, total: None,
) -> Dataset:
    """The data set that a user names.

    Parameters
    ----------
    source : "bundled", a folder of genre folders, a .csv or .parquet table, or an .npz file of mel pictures.
    features : the feature set; by default `paper`, or that which the file holds.

    Raises DatasetError if there is no such thing or it can't be used, and ConfigError if there is no such feature set.
    """
    if features is not None:
        feature_set(features)
    if source == BUNDLED:
        return _bundled(features or "paper")
    path = storage.user_path(source)
    if path.is_dir():
        return read_folder(path, features=features or "paper", jobs=jobs, progress=progress)
    if not path.exists():
        raise DatasetError(
            f"There is no {source}; give a folder of genre folders, a table, a file of pictures, or bundled."
        )
    if path.suffix.lower() not in _FILES:
        raise DatasetError(
            f"{path.name} is not a data set; give a folder of genre folders, a .csv or .parquet table, or an .npz file "
            "of pictures."
        )
    dataset = read_file(path, path.name)
    if features not in (None, dataset.features):
        raise DatasetError(
            f"{path.name} holds the features {dataset.features!r}, and not {features!r}, which need the audio; give "
            "its folder."
        )
    return dataset


def read_file(source: Path | bytes, name: str) -> Dataset:
    """A table or pictures, from a file or its content; `name`, with its ending, is what messages call it.

    Raises DatasetError if it can't be used.
    """
    return (read_pictures if name.lower().endswith(".npz") else read_table)(source, name)


def _bundled(features: str) -> Dataset:
    if features not in BUNDLED_FEATURES:
        raise DatasetError(
            f"The features {features!r} of the bundled songs are not bundled; choose from "
            f"{', '.join(BUNDLED_FEATURES)}, or give a folder with music."
        )
    first, *others = [read_table(storage.BUNDLED / BUNDLED_FILES[name], BUNDLED) for name in features.split("+")]
    values = np.concatenate([first.values, *(other.values for other in others)], axis=-1)
    return replace(first, features=features, values=values)
