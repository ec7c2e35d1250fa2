"""A dataset by track: what the checks of the data doctor have in common."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import scipy

from genre_core.datasets.dataset import Dataset

MIN_TRACKS = 20
"""With fewer tracks, the typical distance between tracks is not known well enough to call one small or large."""
_RIDGE = 0.03  # for whitening: directions with a smaller share of the variance are not amplified
_LOG_FLOOR = 1e-3  # of the median of a column, so that zeros of a silent track are not infinitely far


class TrackTable:
    """The tracks of a dataset; arrays run over `names`."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        names, first, place = np.unique(dataset.track, return_index=True, return_inverse=True)
        self.names: list[str] = names.tolist()
        self.genre = dataset.genre[first]
        self.artist = np.asarray(dataset.artists)[first]
        """Empty where unknown."""
        self.genre_counts = {genre: int((self.genre == genre).sum()) for genre in dataset.genres}
        order = np.lexsort((dataset.start_s, place))
        self.rows = np.split(order, np.searchsorted(place[order], np.arange(1, len(names))))
        """Rows of each track in the dataset, in time order."""
        self.is_picture = dataset.values.ndim > 2

    def of_genre(self, genre: str) -> tuple[str, ...]:
        """Names of the tracks of a genre."""
        return tuple(name for name, its in zip(self.names, self.genre.tolist(), strict=True) if its == genre)

    def mean(self) -> np.ndarray:
        """Features of each track, averaged over its segments; shape (tracks, columns)."""
        starts = np.cumsum([0, *(len(rows) for rows in self.rows[:-1])])
        sums = np.add.reduceat(self.dataset.values[np.concatenate(self.rows)], starts, axis=0)
        return sums / np.array([len(rows) for rows in self.rows])[:, np.newaxis]

    @cached_property
    def space(self) -> np.ndarray:
        """Coordinates of the tracks in a space in which similar tracks are close and the median distance is 1.

        The features are averaged over the segments; those that are never negative (energies, frequencies, variances)
        enter as logarithms, so that their ratios count; and all are whitened, so that groups of correlated features
        don't dominate.

        Returns
        -------
        shape (tracks, dimensions).
        """
        columns = [i for i, column in enumerate(self.dataset.columns) if column != "length"]
        values = self.mean()[:, columns]
        positive = (values >= 0).all(axis=0) & (values > 0).any(axis=0)
        from sklearn.preprocessing import StandardScaler

        floor = _LOG_FLOOR * np.median(values, axis=0) + np.finfo(float).tiny
        scaled = values.copy()
        scaled[:, positive] = np.log(values[:, positive] + floor[positive])
        scaled = StandardScaler().fit_transform(scaled)
        variance, directions = np.linalg.eigh(np.cov(scaled, rowvar=False))
        white = scaled @ directions / np.sqrt((1 - _RIDGE) * variance.clip(0) + _RIDGE)
        typical = float(np.median(scipy.spatial.distance.pdist(white[:: max(1, len(white) // 1000)])))
        return white / typical if typical > 0 else white

    @property
    def distance_problem(self) -> str:
        """Why distances between tracks can't be used; empty if they can."""
        if self.is_picture:
            return "the check needs numeric features, and this dataset holds pictures"
        if len(self.names) < MIN_TRACKS:
            return f"the check needs at least {MIN_TRACKS} tracks, and this dataset has {len(self.names)}"
        return ""


def connected_groups(n: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Groups of two or more of `n` items that are connected by pairs, each in ascending order."""
    if not pairs:
        return []
    left, right = np.array(pairs).T
    _, label = scipy.sparse.csgraph.connected_components(
        scipy.sparse.coo_array((np.ones(len(pairs)), (left, right)), shape=(n, n)), directed=False
    )
    members = [np.flatnonzero(label == group).tolist() for group in np.unique(label[left])]
    return sorted(members)
