"""Projections of the segments of a dataset to two dimensions."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from genre_core.datasets import Dataset
from genre_core.errors import DatasetError
from genre_core.exploration.statistics import is_varied

ProjectionMethod = Literal["PCA", "t-SNE"]
PROJECTION_METHODS: tuple[ProjectionMethod, ...] = get_args(ProjectionMethod)

MAX_TSNE_SEGMENTS = 3000
"""t-SNE takes time in proportion to n log n; of more segments it projects a sample."""
MIN_SEGMENTS = 5
"""With fewer segments a projection is meaningless, and the perplexity of t-SNE would fall below one."""

_PERPLEXITY = 30.0  # scikit-learn's default; the paper on t-SNE recommends 5 to 50


@dataclass(frozen=True, eq=False)
class Projection:
    """Segments in two dimensions; segments with similar features are close together."""

    method: ProjectionMethod
    rows: np.ndarray
    """Rows of the dataset that are projected, ascending; shape (points,), int64."""
    points: np.ndarray
    """shape (points, 2), float64; the axes of t-SNE have no unit and no meaning."""
    explained_variance: tuple[float, float] | None
    """For PCA, the share of the variance of the scaled features along each axis, 0 to 1; None for t-SNE."""


@dataclass(frozen=True, eq=False)
class TrackPaths:
    """How each track moves through a projection while it plays."""

    track: np.ndarray
    """shape (tracks,), str, ascending."""
    genre: np.ndarray
    """shape (tracks,), str."""
    points: np.ndarray
    """Position of each segment in time order, shape (tracks, steps, 2); shorter tracks repeat their last position."""


def project(dataset: Dataset, method: ProjectionMethod, *, seed: int = 0) -> Projection:
    """Project the segments of a dataset to two dimensions, each feature scaled to mean 0 and variance 1.

    PCA uses the two directions of the largest variance (Pearson 1901); it is fast and keeps distances meaningful.
    t-SNE keeps neighbors together but not distances (van der Maaten & Hinton 2008); it takes seconds.  Of more than
    MAX_TSNE_SEGMENTS segments it projects a sample, stratified by genre.

    Raises
    ------
    DatasetError
        If there are fewer than MIN_SEGMENTS segments.
    """
    n = len(dataset.values)
    if n < MIN_SEGMENTS:
        raise DatasetError(
            f"A projection needs at least {MIN_SEGMENTS} segments, and {dataset.name} has {n}; add music."
        )
    most = MAX_TSNE_SEGMENTS if method == "t-SNE" else n
    rows = stratified_sample(dataset.labels, most, seed=seed)
    scaled = _standardized(dataset.values[rows])
    if method == "PCA":
        points, explained_variance = _principal_components(scaled)
        return Projection(method, rows, points, explained_variance)
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    tsne = TSNE(perplexity=min(_PERPLEXITY, (len(rows) - 1) / 3), init="pca", random_state=seed)
    # On one core: on a busy machine, one thread per core takes several times as long.
    with threadpool_limits(1):
        return Projection(method, rows, tsne.fit_transform(scaled).astype(np.float64), None)


def _standardized(values: np.ndarray) -> np.ndarray:
    """Each column with mean 0 and variance 1; 0 where it is constant."""
    centered = values - values.mean(axis=0)
    return np.divide(centered, centered.std(axis=0), out=np.zeros_like(centered), where=is_varied(values))


def _principal_components(scaled: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """The points on the two directions of the largest variance, shape (n, 2), and the share of each in the variance.

    From the covariance, without `sklearn.decomposition`, which takes a second to load: the first page shows this
    projection.  As there, the largest weight of a direction is positive.
    """
    variances, directions = np.linalg.eigh(scaled.T @ scaled)
    directions = directions[:, :-3:-1]  # of the largest variance first
    largest = directions[np.abs(directions).argmax(axis=0), [0, 1]]
    shares = variances[:-3:-1] / max(variances.sum(), np.finfo(float).tiny)
    return scaled @ (np.sign(largest) * directions), (float(shares[0]), float(shares[1]))


def stratified_sample(labels: np.ndarray, most: int, *, seed: int = 0) -> np.ndarray:
    """Draw at most `most` segments, the same share of each genre and at least one.

    Parameters
    ----------
    labels : shape (segments,).
    most : at least the number of genres.

    Returns
    -------
    Row numbers, ascending, int64.
    """
    if len(labels) <= most:
        return np.arange(len(labels))
    rng = np.random.default_rng(seed)
    chosen = []
    for kind in np.unique(labels):
        rows = np.flatnonzero(labels == kind)
        chosen.append(rng.choice(rows, size=max(1, len(rows) * most // len(labels)), replace=False))
    return np.sort(np.concatenate(chosen))


def track_paths(dataset: Dataset, projection: Projection) -> TrackPaths:
    """Follow each track through a projection, segment by segment."""
    track, start_s = dataset.track[projection.rows], dataset.start_s[projection.rows]
    order = np.lexsort((start_s, track))
    names, first, counts = np.unique(track[order], return_index=True, return_counts=True)
    paths = np.split(projection.points[order], first[1:])
    steps = counts.max()
    return TrackPaths(
        track=names,
        genre=dataset.genre[projection.rows][order][first],
        points=np.array([np.pad(path, ((0, steps - len(path)), (0, 0)), mode="edge") for path in paths]),
    )
