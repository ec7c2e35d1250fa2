"""Statistics of features: how well each separates the genres, and how they are correlated.

Conventions: `values` has shape (segments, columns), in the units of the features; `labels` has shape (segments,), with
the genres as integers or any other values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import scipy

from genre_core.datasets import Dataset
from genre_core.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd

_SPREAD_FLOOR = 1e-12
"""A column is constant if its standard deviation is below this share of its largest value, which is rounding."""


def rank_features(values: np.ndarray, labels: np.ndarray, columns: tuple[str, ...]) -> pd.DataFrame:
    """Rank features by how well each alone separates the genres, with a one-way analysis of variance (Fisher 1925).

    Eta squared is the share of a feature's variance that is between the means of the genres: 0 if all genres have the
    same mean, 1 if the genre determines the value.  F compares it with the value expected by chance for independent
    segments.  Segments of one track are not independent, so F ranks features but is no test of significance.

    Parameters
    ----------
    values : shape (segments, columns).
    labels : shape (segments,).
    columns : names of the features.

    Returns
    -------
    One row per feature, highest eta squared first: feature, eta_squared (0 to 1), f (0 to inf).  Constant features
    have 0.

    Raises
    ------
    DatasetError
        If there are fewer than two genres.
    """
    import pandas as pd

    kinds, place = np.unique(labels, return_inverse=True)
    if len(kinds) < 2:
        raise DatasetError("Features are ranked by how well they separate the genres; select at least two genres.")
    centered = values - values.mean(axis=0)
    counts = np.bincount(place)
    sums = np.zeros((len(kinds), values.shape[1]))
    np.add.at(sums, place, centered)
    total = (centered**2).sum(axis=0)
    between = (sums**2 / counts[:, np.newaxis]).sum(axis=0)
    varied = is_varied(values)
    eta = np.divide(between, total, out=np.zeros_like(total), where=varied).clip(0, 1)
    freedom = len(values) - len(kinds)
    with np.errstate(divide="ignore"):
        f = (eta / (len(kinds) - 1)) / ((1 - eta) / freedom) if freedom else np.where(eta > 0, np.inf, 0.0)
    ranking = pd.DataFrame({"feature": columns, "eta_squared": eta, "f": f})
    return ranking.sort_values("eta_squared", ascending=False, kind="stable", ignore_index=True)


def correlations(values: np.ndarray, columns: tuple[str, ...]) -> pd.DataFrame:
    """Pearson correlation of each pair of features, -1 to 1, in the order of the columns, without constant features."""
    import pandas as pd

    varied = is_varied(values)
    names = [column for column, keep in zip(columns, varied, strict=True) if keep]
    matrix = np.corrcoef(values[:, varied], rowvar=False).reshape(len(names), len(names))
    return pd.DataFrame(matrix, index=names, columns=names)


def group_similar(matrix: pd.DataFrame) -> pd.DataFrame:
    """Reorder a correlation matrix so that correlated features are next to each other.

    The order is that of the leaves of an average-linkage clustering on 1 - |r|, in optimal leaf order (Bar-Joseph et
    al. 2001).
    """
    if len(matrix) < 3:
        return matrix
    distance = 1 - matrix.abs().to_numpy()
    np.fill_diagonal(distance, 0)
    tree = scipy.cluster.hierarchy.linkage(
        scipy.spatial.distance.squareform(distance.clip(0), checks=False), "average", optimal_ordering=True
    )
    order = scipy.cluster.hierarchy.leaves_list(tree)
    return matrix.iloc[order, order]


def strongest_pairs(matrix: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """The pairs of features with the highest absolute correlation, as a table with the columns feature, other and r.

    Parameters
    ----------
    matrix : as from `correlations`.
    most : number of pairs.
    """
    import pandas as pd

    upper, right = np.triu_indices(len(matrix), k=1)
    r = matrix.to_numpy()[upper, right]
    order = np.argsort(-np.abs(r), kind="stable")[:most]
    names = matrix.columns.to_numpy(dtype=object)
    return pd.DataFrame({"feature": names[upper[order]], "other": names[right[order]], "r": r[order]})


def rows_of(dataset: Dataset, genres: Sequence[str]) -> np.ndarray:
    """Row numbers of the segments of these genres, ascending, int64."""
    return np.flatnonzero(np.isin(dataset.genre, list(genres)))


def segment_table(dataset: Dataset, rows: Sequence[int], columns: Sequence[str] = ()) -> pd.DataFrame:
    """A table of segments with the columns track, start_s (in seconds), genre and some features, sorted by track.

    Parameters
    ----------
    rows : row numbers of the segments; duplicates are listed once.
    columns : names of features.
    """
    import pandas as pd

    chosen = np.array(sorted(set(rows)), dtype=np.int64)
    table = pd.DataFrame(
        {"track": dataset.track[chosen], "start_s": dataset.start_s[chosen], "genre": dataset.genre[chosen]}
        | {column: dataset.values[chosen, dataset.columns.index(column)] for column in columns}
    )
    return table.sort_values(["track", "start_s"], ignore_index=True)


def is_varied(values: np.ndarray) -> np.ndarray:
    """A mask of the columns that are not constant, shape (columns,), bool."""
    return values.std(axis=0) > _SPREAD_FLOOR * np.abs(values).max(axis=0)
