"""Exclude tracks from a dataset."""

from collections.abc import Iterable

import numpy as np

from genre_core.datasets.dataset import Dataset
from genre_core.errors import DatasetError
from genre_core.wording import counted


def exclude_tracks(dataset: Dataset, tracks: Iterable[str]) -> Dataset:
    """The dataset without some tracks.

    Parameters
    ----------
    tracks : names of tracks; those that are not in the dataset are ignored.

    Raises
    ------
    DatasetError
        If fewer than two genres remain.
    """
    excluded = set(tracks)
    kept = ~np.isin(dataset.track, sorted(excluded)) if excluded else np.ones(len(dataset.track), dtype=bool)
    genres = np.unique(dataset.genre[kept]).tolist()
    if len(genres) < 2:
        remains = f"only the genre {genres[0]!r} remains" if genres else "nothing remains"
        raise DatasetError(
            f"With {counted(len(excluded), 'track')} excluded, {remains} of {dataset.name}, and a model needs at least "
            "two genres; exclude fewer tracks."
        )
    return dataset if kept.all() else dataset.take(kept)
