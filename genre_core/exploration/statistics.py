"""What the features of a data set say before any model is trained.

Goal: rank features by how well they part the genres, correlate them, and lay segments out on a plane.

Conventions: `values` has shape (segments, columns) in the features' own units; `labels` are the genres as whole
numbers, shape (segments,), or any other array of one value a segment; rows of results are rows of what came in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from genre_core.datasets import Dataset
from genre_core.errors import DatasetError

MapMethod = Literal["PCA", "t-SNE"]
MAP_METHODS: tuple[MapMethod, ...] = get_args(MapMethod)

MOST_TSNE_SEGMENTS = 3000
"""t-SNE takes time in proportion to n log n; beyond this it is shown a sample."""
FEWEST_MAP_SEGMENTS = 5
"""With fewer points a map says nothing, and the perplexity of t-SNE would fall below one."""

_PERPLEXITY = 30.0  # scikit-learn's default; the paper of t-SNE advises 5 to 50
_SPREAD_FLOOR = 1e-12
"""A column whose standard deviation is less than this part of its largest value is constant: rounding moves it."""


@dataclass(frozen=True)
class FeatureWords:
    """What a feature is called and means, for people."""

    label: str
    """Name and statistic with the unit, such as "Spectral centroid, mean (Hz)"."""
    meaning: str
    """One sentence; empty if nothing is known of the column."""


@dataclass(frozen=True, eq=False)
class GenreMap:
    """Segments on a plane: near points sound alike, as far as the features hear it."""

    method: MapMethod
    rows: np.ndarray
    """shape (points,), int64: rows of the data set that are shown, ascending."""
    points: np.ndarray
    """shape (points, 2), float64; the axes of t-SNE have no unit and no meaning of their own."""
    shares: tuple[float, float] | None
    """PCA: share of the scaled features' variance along each axis, 0 to 1."""


@dataclass(frozen=True, eq=False)
class TrackPaths:
    """Where each track is on a map as it plays."""

    track: np.ndarray
    """shape (tracks,), str, ascending."""
    genre: np.ndarray
    """shape (tracks,), str."""
    points: np.ndarray
    """shape (tracks, steps, 2): the place of each segment in time order; a track that ends stays where it is."""


def feature_words(column: str) -> FeatureWords:
    """The words for a column of a feature set; a column that nothing is known of keeps its name."""
    if column in _SINGLE:
        return _SINGLE[column]
    base, _, statistic = column.rpartition("_")
    if base.startswith("mfcc") and base[4:].isdigit():
        number = int(base[4:])
        name, unit, meaning = f"MFCC {number}", "dB", _MFCC_MEANINGS.get(number, _MFCC_MEANING)
    elif base in _SERIES:
        name, unit, meaning = _SERIES[base]
    else:
        return FeatureWords(column, "")
    if statistic == "mean":
        return FeatureWords(f"{name}, mean{f' ({unit})' if unit else ''}", meaning)
    if statistic == "var":
        square = f" ({unit}²)" if unit in ("Hz", "dB") else ""
        said = "" if "variance" in meaning else " The variance says how much that changes."
        return FeatureWords(f"{name}, variance{square}", meaning + said)
    return FeatureWords(column, "")


def rank_features(values: np.ndarray, labels: np.ndarray, columns: tuple[str, ...]) -> pd.DataFrame:
    """How well each feature alone parts the genres: one-way analysis of variance (Fisher 1925).

    Eta squared is the share of a feature's variance that lies between the genres' means: 0 if all genres have the
    same mean, 1 if the genre fixes the value.  F compares it with what chance would give for independent segments;
    those of one track are not, so F ranks features and is no test.

    Returns
    -------
    A row a feature, best first: feature, eta_squared (0 to 1), f (0 to inf).  Constant features have 0.

    Raises DatasetError if there are fewer than two genres.
    """
    kinds, place = np.unique(labels, return_inverse=True)
    if len(kinds) < 2:
        raise DatasetError("Features are ranked by how well they tell genres apart; choose at least two genres.")
    centerd = values - values.mean(axis=0)
    counts = np.bincount(place)
    sums = np.zeros((len(kinds), values.shape[1]))
    np.add.at(sums, place, centerd)
    total = (centerd**2).sum(axis=0)
    between = (sums**2 / counts[:, np.newaxis]).sum(axis=0)
    varied = _varied(values)
    eta = np.divide(between, total, out=np.zeros_like(total), where=varied).clip(0, 1)
    freedom = len(values) - len(kinds)
    with np.errstate(divide="ignore"):
        f = (eta / (len(kinds) - 1)) / ((1 - eta) / freedom) if freedom else np.where(eta > 0, np.inf, 0.0)
    ranking = pd.DataFrame({"feature": columns, "eta_squared": eta, "f": f})
    return ranking.sort_values("eta_squared", ascending=False, kind="stable", ignore_index=True)


def correlations(values: np.ndarray, columns: tuple[str, ...]) -> pd.DataFrame:
    """Pearson's correlation of each two features, -1 to 1, in the order of the columns; constant ones are left out."""
    varied = _varied(values)
    names = [column for column, keep in zip(columns, varied, strict=True) if keep]
    matrix = np.corrcoef(values[:, varied], rowvar=False).reshape(len(names), len(names))
    return pd.DataFrame(matrix, index=names, columns=names)


def group_similar(matrix: pd.DataFrame) -> pd.DataFrame:
    """The same correlations, reordered so that features that say the same stand side by side.

    Average-linkage clustering on 1 - |r|, leaves in optimal order (Bar-Joseph et al. 2001).
    """
    if len(matrix) < 3:
        return matrix
    distance = 1 - matrix.abs().to_numpy()
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance.clip(0), checks=False), "average", optimal_ordering=True)
    order = leaves_list(tree)
    return matrix.iloc[order, order]


def strongest_pairs(matrix: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """The most correlated pairs of different features: feature, other, r; the strongest |r| first."""
    upper, right = np.triu_indices(len(matrix), k=1)
    r = matrix.to_numpy()[upper, right]
    order = np.argsort(-np.abs(r), kind="stable")[:most]
    names = matrix.columns.to_numpy(dtype=object)
    return pd.DataFrame({"feature": names[upper[order]], "other": names[right[order]], "r": r[order]})


def make_map(dataset: Dataset, method: MapMethod, *, seed: int = 0) -> GenreMap:
    """Lay the segments of a data set out on a plane, each feature scaled to mean 0 and variance 1.

    PCA: the two directions in which the segments spread most (Pearson 1901); quick, and distances mean something.
    t-SNE: neighbors stay neighbors and all else may move (van der Maaten & Hinton 2008); takes seconds, and of
    more than MOST_TSNE_SEGMENTS segments it takes a sample with the genres in the same proportion.

    Raises DatasetError if there are fewer than FEWEST_MAP_SEGMENTS segments.
    """
    n = len(dataset.values)
    if n < FEWEST_MAP_SEGMENTS:
        raise DatasetError(
            f"A map takes at least {FEWEST_MAP_SEGMENTS} segments, and {dataset.name} has {n}; add music."
        )
    most = MOST_TSNE_SEGMENTS if method == "t-SNE" else n
    rows = stratified_sample(dataset.labels, most, seed=seed)
    scaled = StandardScaler().fit_transform(dataset.values[rows])
    if method == "PCA":
        with np.errstate(invalid="ignore"):  # segments that are all the same have no variance to share
            pca = PCA(n_components=2, svd_solver="full").fit(scaled)
        first, second = np.nan_to_num(pca.explained_variance_ratio_).tolist()
        return GenreMap(method, rows, pca.transform(scaled), (first, second))
    tsne = TSNE(perplexity=min(_PERPLEXITY, (len(rows) - 1) / 3), init="pca", random_state=seed)
    # On one core: with a thread a core, and anything else to do on the machine, it takes several times as long.
    with threadpool_limits(1):
        return GenreMap(method, rows, tsne.fit_transform(scaled).astype(np.float64), None)


def stratified_sample(labels: np.ndarray, most: int, *, seed: int = 0) -> np.ndarray:
    """Row numbers, ascending int64, of at most `most` segments, of each genre the same share and at least one.

    All of them if there are no more; `most` must not be less than the number of genres.
    """
    if len(labels) <= most:
        return np.arange(len(labels))
    rng = np.random.default_rng(seed)
    chosen = []
    for kind in np.unique(labels):
        rows = np.flatnonzero(labels == kind)
        chosen.append(rng.choice(rows, size=max(1, len(rows) * most // len(labels)), replace=False))
    return np.sort(np.concatenate(chosen))


def rows_of(dataset: Dataset, genres: Sequence[str]) -> np.ndarray:
    """Row numbers, ascending int64, of the segments of these genres."""
    return np.flatnonzero(np.isin(dataset.genre, list(genres)))


def segment_table(dataset: Dataset, rows: Sequence[int], columns: Sequence[str] = ()) -> pd.DataFrame:
    """Segments by their row numbers: track, start_s (seconds), genre and the features asked for; sorted by track."""
    chosen = np.array(sorted(set(rows)), dtype=np.int64)
    table = pd.DataFrame(
        {"track": dataset.track[chosen], "start_s": dataset.start_s[chosen], "genre": dataset.genre[chosen]}
        | {column: dataset.values[chosen, dataset.columns.index(column)] for column in columns}
    )
    return table.sort_values(["track", "start_s"], ignore_index=True)


def track_paths(dataset: Dataset, genre_map: GenreMap) -> TrackPaths:
    """Follow each track over a map, segment by segment."""
    shown = pd.DataFrame(
        {
            "track": dataset.track[genre_map.rows],
            "genre": dataset.genre[genre_map.rows],
            "start_s": dataset.start_s[genre_map.rows],
            "x": genre_map.points[:, 0],
            "y": genre_map.points[:, 1],
        }
    ).sort_values(["track", "start_s"])
    by_track = shown.groupby("track", sort=True)
    paths = [part[["x", "y"]].to_numpy() for _, part in by_track]
    steps = max(len(path) for path in paths)
    return TrackPaths(
        track=np.array(list(by_track.groups), dtype=str),
        genre=by_track["genre"].first().to_numpy(dtype=object).astype(str),
        points=np.array([np.pad(path, ((0, steps - len(path)), (0, 0)), mode="edge") for path in paths]),
    )


def _varied(values: np.ndarray) -> np.ndarray:
    """Which columns are not constant, shape (columns,), bool."""
    return values.std(axis=0) > _SPREAD_FLOOR * np.abs(values).max(axis=0)


_SINGLE = {
    "length": FeatureWords("Length (samples)", "How long the piece of audio is: the same for all segments of a set."),
    "tempo": FeatureWords("Tempo (beats per minute)", "How fast the beat goes, as the computer estimates it."),
}
_SERIES = {
    "chroma_stft": (
        "Chroma",
        "0 to 1",
        "How evenly the energy is spread over the 12 notes: noisy sounds have it high.",
    ),
    "rms": ("Loudness (RMS)", "", "How strong the signal is."),
    "spectral_centroid": (
        "Spectral centroid",
        "Hz",
        "Where the middle of the spectrum lies: bright sounds have it high.",
    ),
    "spectral_bandwidth": ("Spectral bandwidth", "Hz", "How widely the sound is spread over the frequencies."),
    "rolloff": ("Spectral roll-off", "Hz", "Below this frequency lies 85 % of the sound."),
    "zero_crossing_rate": (
        "Zero-crossing rate",
        "per sample",
        "How often the signal changes sign: noise and cymbals do it often.",
    ),
    "harmony": ("Harmonic part", "", "What sounds on, such as voices and strings: the variance says how strong it is."),
    "perceptr": ("Percussive part", "", "What strikes, such as drums: the variance says how strong it is."),
}
_MFCC_MEANING = "Finer and finer detail of the tone color, the higher its number is."
_MFCC_MEANINGS = {
    1: "How loud the sound is over all frequencies, in decibels.",
    2: "How much low frequencies outweigh high ones: dark sounds have it high.",
    3: "How much the lowest and highest frequencies outweigh the middle.",
}
"""Mel-frequency cepstral coefficients describe the shape of the spectrum; their first three can be put in words."""
