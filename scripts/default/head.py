"""The layer over the activations: a logistic regression on the means of tracks.

It is fitted to all versions of all tracks: as they are and augmented, estimated from pictures, and measured where there
is audio.  Within a genre the weight of an artist is the square root of its number of tracks, and all genres have the
same weight.  `choose` finds the settings by cross-validation inside the training set.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from joblib import Parallel, delayed
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline

from genre_core.models.calibration import fit_inverse_temperature
from genre_core.models.scaling import Scaling
from scripts.default.pictures import MIN_SPREAD, fit_map
from scripts.default.tracks import GENRES, SEGMENTS, VERSIONS, AudioSegments, Tracks

INNER_FOLDS = 4


@dataclass(frozen=True)
class HeadConfig:
    """What `choose` chooses."""

    c: float
    """Inverse penalty of the logistic regression."""
    picture_weight: float
    """Weight of a track's estimated activations relative to the measured ones, all versions together."""


CANDIDATES = tuple(HeadConfig(c, weight) for c, weight in product((0.001, 0.003, 0.01), (0.5, 1.0)))


@dataclass(frozen=True, eq=False)
class Head:
    """A linear layer over the activations of a segment."""

    scaling: Scaling
    estimator: Pipeline
    estimated: np.ndarray
    """shape (versions, tracks, columns): the mean activations of all tracks, estimated from their pictures."""

    def probabilities(self, values: np.ndarray) -> np.ndarray:
        """Genre probabilities, shape (n, genres), of activations of shape (n, columns)."""
        return self.estimator.predict_proba(self.scaling.apply(values))


def folds(tracks: Tracks, train: np.ndarray, number: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Divide tracks into folds by artist, with all genres in each as evenly as possible.

    Yields indices in Tracks: those to train on and those to test on.
    """
    split = StratifiedGroupKFold(number, shuffle=True, random_state=seed)
    for fitted, tested in split.split(train, tracks.labels[train], tracks.artists[train]):
        yield train[fitted], train[tested]


def choose(tracks: Tracks, audio: AudioSegments, of_pictures: np.ndarray, train: np.ndarray) -> HeadConfig:
    """The settings with the lowest log loss in folds by artist inside the training set.

    The loss is that of the tracks with audio, as they are and augmented, after their temperature is fitted, as that of
    the run will be.  Parameters are those of `fit`.
    """
    inner = list(folds(tracks, train, INNER_FOLDS, seed=0))
    jobs = (
        delayed(_tested)(tracks, audio, of_pictures, fitted, tested, config)
        for config in CANDIDATES
        for fitted, tested in inner
    )
    logits = np.array_split(np.concatenate(Parallel(n_jobs=-1)(jobs)), len(CANDIDATES))
    labels = np.concatenate([np.tile(tracks.labels[_with_audio(audio, tested)], len(VERSIONS)) for _, tested in inner])
    losses = [log_loss(labels, softmax(fit_inverse_temperature(each, labels) * each, axis=1)) for each in logits]
    return CANDIDATES[int(np.argmin(losses))]


def _tested(
    tracks: Tracks,
    audio: AudioSegments,
    of_pictures: np.ndarray,
    fitted: np.ndarray,
    tested: np.ndarray,
    config: HeadConfig,
) -> np.ndarray:
    """The logits of all versions of some tracks by a layer fitted to others, shape (versions * tracks, genres)."""
    head = fit(tracks, audio, of_pictures, fitted, config)
    rows = np.isin(audio.track, tested)
    probabilities = np.array([head.probabilities(values) for values in audio.values[:, rows]])
    means = _track_means(probabilities, audio.track[rows])
    return np.log(np.maximum(means, 1e-7)).reshape(-1, len(GENRES))


def _with_audio(audio: AudioSegments, tested: np.ndarray) -> np.ndarray:
    """Those of some tracks that have audio, ascending."""
    return np.intersect1d(audio.track, tested)


def fit(tracks: Tracks, audio: AudioSegments, of_pictures: np.ndarray, train: np.ndarray, config: HeadConfig) -> Head:
    """Fit the layer to some tracks.

    Parameters
    ----------
    of_pictures : shape (versions, tracks, SEGMENTS, columns), from `pictures.activations_of_pictures`.
    train : indices of the tracks in Tracks.
    """
    known = np.isin(audio.track, train)
    track, number = audio.track[known], audio.number[known]
    columns = of_pictures.shape[-1]
    to_audio = fit_map(of_pictures[:, track, number].reshape(-1, columns), audio.values[:, known].reshape(-1, columns))
    estimated = to_audio(of_pictures.mean(axis=2))
    measured = _track_means(audio.values[:, known], track)
    versions, with_audio = len(measured), _with_audio(audio, train)
    x = np.concatenate([*estimated[:, train], *measured])
    track_of_row = np.concatenate([*[train] * versions, *[with_audio] * versions])
    shares = np.repeat([config.picture_weight, 1.0], [len(train) * versions, len(with_audio) * versions])
    weights = _weights(tracks, track_of_row, shares, train)
    mean = np.average(x, axis=0, weights=weights)
    spread = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=weights)) + MIN_SPREAD
    classifier = LogisticRegression(C=config.c, max_iter=5000)
    classifier.fit((x - mean) / spread, tracks.labels[track_of_row], weights)
    scaling = Scaling(np.zeros(x.shape[1], dtype=bool), mean, spread)
    return Head(scaling, Pipeline([("classify", classifier)]), estimated)


def _track_means(values: np.ndarray, track: np.ndarray) -> np.ndarray:
    """The mean of each track's segments, which follow each other: shape (versions, tracks, columns)."""
    first = np.flatnonzero(np.diff(track, prepend=-1))
    return np.add.reduceat(values, first, axis=1) / np.diff([*first, len(track)])[:, None]


def _weights(tracks: Tracks, track_of_row: np.ndarray, shares: np.ndarray, train: np.ndarray) -> np.ndarray:
    """The weight of each row, shape (rows,): `shares`, balanced over artists and genres.

    The sum of all weights is the number of segments of the tracks.
    """
    count = Counter(tracks.artists[train].tolist())
    weights = shares * np.array([count[artist] ** -0.5 for artist in tracks.artists[track_of_row]])
    genre = tracks.labels[track_of_row]
    weights /= np.bincount(genre, weights, minlength=len(GENRES))[genre]
    return weights * (len(train) * SEGMENTS / weights.sum())
