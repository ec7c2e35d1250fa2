"""Explanations of a prediction: how the probability of a genre changes when part of the input is replaced.

Occlusion (M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014): a feature, a
group of features or a block of a picture is replaced by its mean over the training set, and the model predicts again.
The loss of the genre is the contribution of that part. Correlated features hide each other, so contributions do not
add up.

The mean is over the segments whose signatures a run keeps; for the default run, those of the tracks with audio.

Conventions: `values` are unscaled features of the segments of a song that are not silent, shape (n, *shape). An effect
is a difference of log2 odds, the mean over the segments: +1 means that the part doubles the odds of the genre, -1 that
it halves them. (Probabilities hardly change where the model is confident.)
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from genre_core.features import SIGNATURE_BLOCKS, FeatureSet, embedding, musicnn
from genre_core.runs import Run

_MOST_SEGMENTS = 12
"""Segments of a song that are used, evenly spaced: each is predicted once for each feature."""
_PARTS_AT_ONCE = 50
"""Features that are replaced in one call of the model, which limits the memory."""
_LEAST = 1e-6  # of probabilities, which float32 rounds to 0 and 1
MOST_SHIFT = 3.0
"""Standard deviations by which `what_if` shifts a feature at most."""

_GROUPS = {
    "loudness": ("rms",),
    "brightness": ("spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate"),
    "chroma": ("chroma_stft",),
    "harmonic and percussive": ("harmony", "perceptr"),
    "tempo": ("tempo",),
    "timbre (MFCC)": ("mfcc",),
    "MTT_musicnn": ("mtt_musicnn",),
    "MSD_vgg": ("msd_vgg",),
    "MTT_vgg": ("mtt_vgg",),
    "Genre Lab's CNN": ("lab",),
}
"""Groups of columns, by how their names begin."""


@dataclass(frozen=True)
class Contribution:
    """The contribution of a feature, or of a group of features, to a genre."""

    name: str
    """The column, or the group."""
    columns: tuple[str, ...]
    effect: float
    """Change of the genre's log2 odds: +1 doubles the odds."""
    deviation: float
    """Difference between the song and the mean of the training set, in standard deviations; the mean over the columns
    of a group."""

    @property
    def title(self) -> str:
        """The name as figures show it; for a group of a tag with "high" or "low" as the song has it."""
        if self.name.startswith("“"):
            return f"{self.name} {'high' if self.deviation > 0 else 'low'}"
        return column_title(self.name)


@dataclass(frozen=True, eq=False)
class Explanation:
    """Contributions to a genre, for a run on numeric features."""

    genre: str
    features: list[Contribution]
    """The largest effect first, whatever its sign."""
    groups: list[Contribution]
    """In the same order."""


@dataclass(frozen=True, eq=False)
class PictureExplanation:
    """Contributions to a genre in one segment, for a run on pictures."""

    genre: str
    effects: np.ndarray
    """shape (rows, columns): the effect of each block; low frequencies in row 0."""


def column_groups(features: FeatureSet) -> dict[str, tuple[str, ...]]:
    """Group the columns of a feature set.

    Those of the paper are grouped by kind, those of MSD_musicnn by their strongest tag, those of the other networks by
    network.
    """
    tags = _tag_of_column()
    groups: dict[str, list[str]] = {}
    for column in features.columns:
        if column in features.excluded_columns:
            continue
        if column in tags:
            name = f"“{tags[column]}”"
        else:
            name = next(group for group, prefixes in _GROUPS.items() if column.startswith(prefixes))
        groups.setdefault(name, []).append(column)
    return {name: tuple(columns) for name, columns in groups.items()}


def column_title(column: str) -> str:
    """The name of a column; for MSD_musicnn followed by the tag with which it is most associated."""
    tag = _tag_of_column().get(column)
    return f"{column} (“{tag}”)" if tag else column


def explain(run: Run, values: np.ndarray, genre: str) -> Explanation:
    """Explain the prediction of a run on numeric features.

    Parameters
    ----------
    values : shape (n, columns), n at least 1.
    genre : the genre to explain, predicted or not.

    Raises RunError if the run's files can't be read.
    """
    values = _evenly_spaced(values)
    mean, std = _training_statistics(run)
    place = {column: i for i, column in enumerate(run.feature_set.columns)}
    deviations = np.where(std > 0, (values.mean(axis=0) - mean) / np.maximum(std, 1e-12), 0.0)
    groups = column_groups(run.feature_set)
    columns_of = {column: (column,) for column in itertools.chain(*groups.values())} | groups
    places_of = [[place[column] for column in columns] for columns in columns_of.values()]
    effects: list[float] = []
    for first in range(0, len(places_of), _PARTS_AT_ONCE):
        parts = places_of[first : first + _PARTS_AT_ONCE]
        occluded = np.repeat(values[np.newaxis], len(parts), axis=0)
        for copy, places in zip(occluded, parts, strict=True):
            copy[:, places] = mean[places]
        effects.extend(_effects(run, values, occluded, genre).tolist())
    contributions = {
        name: Contribution(name, columns, effect, float(deviations[places].mean()))
        for (name, columns), places, effect in zip(columns_of.items(), places_of, effects, strict=True)
    }

    def ranked(names: Iterable[str]) -> list[Contribution]:
        return sorted((contributions[name] for name in names), key=lambda one: (-abs(one.effect), one.name))

    return Explanation(genre, ranked(columns_of.keys() - groups.keys()), ranked(groups))


def explain_picture(run: Run, picture: np.ndarray, genre: str) -> PictureExplanation:
    """Explain the prediction of a run on pictures for one segment, block by block.

    Parameters
    ----------
    picture : shape (height, width, channels), uint8.
    genre : the genre to explain, predicted or not.

    Raises RunError if the run's files can't be read.
    """
    mean = run.training_signatures.mean(axis=0, dtype=np.float64).reshape(SIGNATURE_BLOCKS, SIGNATURE_BLOCKS, -1)
    rows, columns = (np.linspace(0, size, SIGNATURE_BLOCKS + 1).astype(int) for size in picture.shape[:2])
    occluded = np.repeat(picture[np.newaxis], SIGNATURE_BLOCKS**2, axis=0)
    for copy, (row, column) in zip(occluded, itertools.product(range(SIGNATURE_BLOCKS), repeat=2), strict=True):
        copy[rows[row] : rows[row + 1], columns[column] : columns[column + 1]] = np.round(mean[row, column])
    effects = _effects(run, picture[np.newaxis], occluded[:, np.newaxis], genre)
    return PictureExplanation(genre, effects.reshape(SIGNATURE_BLOCKS, SIGNATURE_BLOCKS))


def what_if(run: Run, values: np.ndarray, n_effective: float, shifts: Mapping[str, float]) -> np.ndarray:
    """Predict a song with shifted features, for a run on numeric features.

    Parameters
    ----------
    values : shape (n, columns), n at least 1.
    n_effective : number of segments that fit without overlapping, as in `Run.calibrated`.
    shifts : by how many standard deviations of the training set each column is shifted in all segments, MOST_SHIFT at
        most. Columns that are never negative stop at 0.

    Returns
    -------
    shape (genres,): the calibrated probabilities of the whole song.

    Raises RunError if the run's files can't be read.
    """
    shifted = values.astype(np.float64)
    _, std = _training_statistics(run)
    floor = np.where(run.training_signatures.min(axis=0) >= 0, 0.0, -np.inf)
    for column, shift in shifts.items():
        i = run.feature_set.columns.index(column)
        shifted[:, i] = np.maximum(shifted[:, i] + np.clip(shift, -MOST_SHIFT, MOST_SHIFT) * std[i], floor[i])
    return run.calibrated(run.probabilities(shifted).mean(axis=0), n_effective)


def _effects(run: Run, values: np.ndarray, occluded: np.ndarray, genre: str) -> np.ndarray:
    """Loss of a genre's log2 odds; `occluded` has shape (parts, *values.shape)."""
    i = run.info.genres.index(genre)
    without = _log_odds(run.probabilities(occluded.reshape(-1, *values.shape[1:]))[:, i]).reshape(len(occluded), -1)
    return _log_odds(run.probabilities(values)[:, i]).mean() - without.mean(axis=1)


def _log_odds(probabilities: np.ndarray) -> np.ndarray:
    bounded = np.clip(probabilities, _LEAST, 1 - _LEAST)
    return np.log2(bounded / (1 - bounded))


def _evenly_spaced(values: np.ndarray) -> np.ndarray:
    return values[np.linspace(0, len(values) - 1, min(len(values), _MOST_SEGMENTS)).round().astype(int)]


def _training_statistics(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column in the training set."""
    trained = run.training_signatures.astype(np.float64)
    return trained.mean(axis=0), trained.std(axis=0)


@cache
def _tag_of_column() -> dict[str, str]:
    """The tag with which each column of MSD_musicnn is most associated, by the names of all its feature sets."""
    names = (embedding.COLUMNS, musicnn.PARTS[0].columns)
    return {column: tag for columns in names for column, tag in zip(columns, embedding.strongest_tags(), strict=True)}
