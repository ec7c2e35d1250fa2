"""Why a run says what it says of a song: what happens to its answer when part of what it hears is taken away.

Occlusion (M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014): a feature, a
group of features or a block of a picture is put in its place as it is on average in what the run learned from, and the
run is asked again.  What the genre loses is what that part spoke for it.  TrainingData that say the same hide each other, so
effects don't add up.

"On average" is over the segments whose signatures a run keeps: of the default run those of the tracks that had audio.

Conventions: `values` are unscaled features of a song's segments that have a say, shape (n, *shape).  An effect is in
doublings of the odds: with +1 the odds for the genre are twice what they would be without the part, with -1 half; the
mean over the segments.  (Probabilities hardly move where a run is sure.)
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from genre_core.features import FeatureSet, embedding
from genre_core.runs import Run

_MOST_SEGMENTS = 12
"""As many of a song, evenly chosen, are asked: each of them once for each feature."""
_LEAST = 1e-6  # of probabilities, which a network's float32 rounds to 0 and 1
_BLOCKS = 8  # a side of a picture, those of FeatureSet.signature
FARTHEST = 3.0
"""Standard deviations that `what_if` moves a group by, at most."""

_GROUPS = {
    "loudness": ("rms",),
    "brightness": ("spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate"),
    "chords": ("chroma_stft",),
    "held and struck sound": ("harmony", "perceptr"),
    "tempo": ("tempo",),
    "timbre": ("mfcc",),
    "the lab's network": ("lab",),
}


@dataclass(frozen=True)
class Contribution:
    """What a feature, or a group of features, speaks for a genre."""

    name: str
    """The column, or the group."""
    columns: tuple[str, ...]
    effect: float
    """By how many doublings it raises the odds for the genre."""
    unusual: float
    """How far the song lies from the mean of what the run learned from, in standard deviations; of a group the mean
    over its columns."""

    @property
    def title(self) -> str:
        """For people: of what counts for a tag, whether there is much of it or little."""
        if self.name.startswith("“"):
            return f"{'much' if self.unusual > 0 else 'little'} {self.name}"
        return described(self.name)


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a song was taken for a genre by a run on numbers."""

    genre: str
    features: list[Contribution]
    """The strongest effect first, whatever its sign."""
    groups: list[Contribution]
    """In the same order."""


@dataclass(frozen=True, eq=False)
class PictureExplanation:
    """Why a segment was taken for a genre by a run on pictures."""

    genre: str
    effects: np.ndarray
    """shape (rows, columns): by how many doublings each block raises the odds; low frequencies in row 0."""


def groups_of(features: FeatureSet) -> dict[str, tuple[str, ...]]:
    """Columns that belong together, by what they speak of: those of the paper by kind, those of the embedding by the
    tag that they count most for."""
    tags = _tag_of_column()
    groups: dict[str, list[str]] = {}
    for column in features.columns:
        if column in features.unheard:
            continue
        if column in tags:
            name = f"“{tags[column]}”"
        else:
            name = next(group for group, begins in _GROUPS.items() if column.startswith(begins))
        groups.setdefault(name, []).append(column)
    return {name: tuple(columns) for name, columns in groups.items()}


def described(column: str) -> str:
    """A column for people: its name, and of the embedding the tag that it counts most for."""
    tag = _tag_of_column().get(column)
    return f"{column} (“{tag}”)" if tag else column


def explain(run: Run, values: np.ndarray, genre: str) -> Explanation:
    """Explain the answer of a run on numbers.

    Parameters
    ----------
    values : shape (n, columns), n at least 1.

    Raises RunError if the run's files can't be read.
    """
    values = _chosen(values)
    mean, spread = _usual(run)
    place = {column: i for i, column in enumerate(run.feature_set.columns)}
    away = np.where(spread > 0, (values.mean(axis=0) - mean) / np.maximum(spread, 1e-12), 0.0)
    groups = groups_of(run.feature_set)
    parts = {column: (column,) for column in itertools.chain(*groups.values())} | groups
    occluded = np.repeat(values[np.newaxis], len(parts), axis=0)
    for copy, columns in zip(occluded, parts.values(), strict=True):
        rows = [place[column] for column in columns]
        copy[:, rows] = mean[rows]
    effects = _effects(run, values, occluded, genre)
    told = {
        name: Contribution(name, columns, float(effect), float(away[[place[column] for column in columns]].mean()))
        for (name, columns), effect in zip(parts.items(), effects, strict=True)
    }

    def ranked(names: Iterable[str]) -> list[Contribution]:
        return sorted((told[name] for name in names), key=lambda part: (-abs(part.effect), part.name))

    return Explanation(genre, ranked(parts.keys() - groups.keys()), ranked(groups))


def explain_picture(run: Run, picture: np.ndarray, genre: str) -> PictureExplanation:
    """Explain the answer of a run on pictures for one segment, block by block.

    Parameters
    ----------
    picture : shape (height, width, channels), uint8.

    Raises RunError if the run's files can't be read.
    """
    usual = run.learned.mean(axis=0, dtype=np.float64).reshape(_BLOCKS, _BLOCKS, -1)
    rows, columns = (np.linspace(0, size, _BLOCKS + 1).astype(int) for size in picture.shape[:2])
    occluded = np.repeat(picture[np.newaxis], _BLOCKS**2, axis=0)
    for copy, (row, column) in zip(occluded, itertools.product(range(_BLOCKS), repeat=2), strict=True):
        copy[rows[row] : rows[row + 1], columns[column] : columns[column + 1]] = np.round(usual[row, column])
    effects = _effects(run, picture[np.newaxis], occluded[:, np.newaxis], genre)
    return PictureExplanation(genre, effects.reshape(_BLOCKS, _BLOCKS))


def what_if(run: Run, values: np.ndarray, n_separate: float, moves: Mapping[str, float]) -> np.ndarray:
    """What a run on numbers would say of a song if it were otherwise.

    Parameters
    ----------
    values : shape (n, columns), n at least 1: the segments that have a say.
    n_separate : as in `Run.calibrated`.
    moves : by how many standard deviations of what the run learned from each column is moved, in all segments, FARTHEST
        at most; ones that are never negative stop at 0.

    Returns
    -------
    shape (genres,): the probabilities of the whole song, calibrated.

    Raises RunError if the run's files can't be read.
    """
    moved = values.astype(np.float64)
    _, spread = _usual(run)
    floor = np.where(run.learned.min(axis=0) >= 0, 0.0, -np.inf)
    for column, deviations in moves.items():
        i = run.feature_set.columns.index(column)
        moved[:, i] = np.maximum(moved[:, i] + np.clip(deviations, -FARTHEST, FARTHEST) * spread[i], floor[i])
    return run.calibrated(run.probabilities(moved).mean(axis=0), n_separate)


def _effects(run: Run, values: np.ndarray, occluded: np.ndarray, genre: str) -> np.ndarray:
    """What the odds for a genre lose, in doublings; occluded has shape (parts, *values.shape)."""
    i = run.info.genres.index(genre)
    without = _log_odds(run.probabilities(occluded.reshape(-1, *values.shape[1:]))[:, i]).reshape(len(occluded), -1)
    return _log_odds(run.probabilities(values)[:, i]).mean() - without.mean(axis=1)


def _log_odds(shares: np.ndarray) -> np.ndarray:
    sure = np.clip(shares, _LEAST, 1 - _LEAST)
    return np.log2(sure / (1 - sure))


def _chosen(values: np.ndarray) -> np.ndarray:
    return values[np.linspace(0, len(values) - 1, min(len(values), _MOST_SEGMENTS)).round().astype(int)]


def _usual(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of each column in what a run learned from."""
    trained = run.learned.astype(np.float64)
    return trained.mean(axis=0), trained.std(axis=0)


@cache
def _tag_of_column() -> dict[str, str]:
    """The tag that each column of the embedding counts most for."""
    return dict(zip(embedding.COLUMNS, embedding.strongest_tags(), strict=True))
