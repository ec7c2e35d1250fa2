"""Scores of predictions, per segment, per track and per genre, with intervals; and how far to believe probabilities.

Intervals are percentile bootstrap intervals (Efron and Tibshirani 1993) over tracks: tracks are drawn with replacement,
each with all its segments, since the segments of a track are far from independent.

Conventions: `labels` are places in `genres`; probabilities have shape (segments, genres); a confusion matrix has
the true genre in its rows and the predicted one in its columns, and counts segments.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from genre_core.models.calibration import sharpness

_LEAST_PROBABILITY = 1e-7  # as in Keras, so that one sure mistake does not make the loss infinite
_DRAWS = 2000
_BINS = 10

SCORES = ("accuracy", "track_accuracy", "macro_f1", "log_loss")


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Scores:
    """How well a part of the data was heard."""

    segments: int
    tracks: int
    accuracy: float
    """Per segment."""
    track_accuracy: float
    macro_f1: float
    log_loss: float
    """Mean cross-entropy in nats a segment."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What was predicted for segments whose genre is known."""

    genres: tuple[str, ...]
    labels: np.ndarray
    """shape (segments,), int64: the true genre."""
    track: np.ndarray
    """shape (segments,), str."""
    start_s: np.ndarray
    """shape (segments,), float64: where in its track a segment starts, in seconds."""
    probabilities: np.ndarray
    """shape (segments, genres), float64."""

    @cached_property
    def predicted(self) -> np.ndarray:
        """shape (segments,), int64: the most probable genre."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """Share of segments whose most probable genre is the true one."""
        return float(np.mean(self.predicted == self.labels))

    @cached_property
    def tracks(self) -> pd.DataFrame:
        """A row a track, in alphabetical order: track, genre, predicted (by the mean of its segments' probabilities),
        votes (segments that say so), segments, right (segments that are), and a column `p_GENRE` for each genre."""
        names, place, counts = np.unique(self.track, return_inverse=True, return_counts=True)
        shares = np.zeros((len(names), len(self.genres)))
        np.add.at(shares, place, self.probabilities)
        shares /= counts[:, None]
        truth = np.zeros(len(names), dtype=np.int64)
        truth[place] = self.labels
        predicted = shares.argmax(axis=1)
        genres = np.array(self.genres, dtype=object)
        described = {
            "track": names.astype(object),
            "genre": genres[truth],
            "predicted": genres[predicted],
            "votes": np.bincount(place, self.predicted == predicted[place], len(names)).astype(int),
            "segments": counts,
            "right": np.bincount(place, self.predicted == self.labels, len(names)).astype(int),
        }
        return pd.DataFrame(described | {f"p_{g}": column for g, column in zip(self.genres, shares.T, strict=True)})

    @property
    def track_accuracy(self) -> float:
        """Share of tracks whose genre is right when the probabilities of their segments are averaged."""
        return float((self.tracks["genre"] == self.tracks["predicted"]).mean())

    @cached_property
    def track_sharpness(self) -> float:
        """What makes the mean probabilities of tracks as sure as they are right (`calibration.sharpened`)."""
        tracks = self.tracks
        shares = tracks[[f"p_{genre}" for genre in self.genres]].to_numpy()
        places = {genre: i for i, genre in enumerate(self.genres)}
        labels = np.array([places[genre] for genre in tracks["genre"]])
        return sharpness(np.log(np.maximum(shares, _LEAST_PROBABILITY)), labels, prior=1.0)

    @property
    def scores(self) -> Scores:
        return Scores(
            segments=len(self.labels), tracks=len(self.tracks), **{name: getattr(self, name) for name in SCORES}
        )

    @cached_property
    def ci95(self) -> dict[str, Interval]:
        """The interval of each of SCORES, by a bootstrap over tracks; the same each time."""
        tracks, place = np.unique(self.track, return_inverse=True)
        n, genres = len(tracks), len(self.genres)
        cells = np.zeros((n, genres, genres))
        np.add.at(cells, (place, self.labels, self.predicted), 1)
        losses = np.bincount(place, self._losses, n)
        right = (self.tracks["genre"] == self.tracks["predicted"]).to_numpy(dtype=float)
        rng = np.random.default_rng(0)
        drawn = rng.multinomial(n, np.full(n, 1 / n), size=_DRAWS).astype(float)
        confusion = (drawn @ cells.reshape(n, -1)).reshape(-1, genres, genres)
        hits, truth, heard = (np.einsum(how, confusion) for how in ("nii->ni", "nij->ni", "nij->nj"))
        segments = truth.sum(axis=1)
        f1 = 2 * hits / np.maximum(truth + heard, 1)
        draws = {
            "accuracy": hits.sum(axis=1) / segments,
            "track_accuracy": drawn @ right / n,
            "macro_f1": f1.sum(axis=1, where=truth > 0) / (truth > 0).sum(axis=1),
            "log_loss": drawn @ losses / segments,
        }
        return {name: Interval(*map(float, np.quantile(draws[name], (0.025, 0.975)))) for name in SCORES}

    @cached_property
    def _losses(self) -> np.ndarray:
        true = self.probabilities[np.arange(len(self.labels)), self.labels]
        return -np.log(np.maximum(true, _LEAST_PROBABILITY))

    @property
    def log_loss(self) -> float:
        """Mean cross-entropy in nats a segment."""
        return float(self._losses.mean())

    @cached_property
    def calibration(self) -> "Calibration":
        """How often the run is right when it is so and so sure, over ten bins of equal width."""
        sure = self.probabilities.max(axis=1)
        place = np.minimum((sure * _BINS).astype(int), _BINS - 1)
        counts = np.bincount(place, minlength=_BINS)
        said, right = (
            np.bincount(place, values, _BINS) / np.maximum(counts, 1)
            for values in (sure, self.predicted == self.labels)
        )
        error = float((counts * np.abs(said - right)).sum() / len(sure))
        return Calibration(error, counts, said, right)

    def errors(self) -> pd.DataFrame:
        """The rows of `frame` that are wrong, the surest first, with how sure it was as `confidence`."""
        frame = self.frame()
        frame.insert(4, "confidence", self.probabilities.max(axis=1))
        wrong = frame[self.predicted != self.labels]
        return wrong.sort_values("confidence", ascending=False, kind="stable", ignore_index=True)

    def take(self, rows: np.ndarray) -> "Evaluation":
        """The evaluation of some rows alone."""
        parts = {name: getattr(self, name)[rows] for name in ("labels", "track", "start_s", "probabilities")}
        return Evaluation(self.genres, **parts)

    @property
    def macro_f1(self) -> float:
        """Mean of the F1 of the genres that occur, each counting the same."""
        scores = self.per_genre()
        return float(scores.loc[scores["segments"] > 0, "f1"].mean())

    @cached_property
    def confusion(self) -> np.ndarray:
        """shape (genres, genres), int64."""
        return confusion_matrix(self.labels, self.predicted, labels=range(len(self.genres)))

    def per_genre(self) -> pd.DataFrame:
        """A row a genre: precision, recall, f1 (0 where undefined) and the number of its segments."""
        precision, recall, f1, support = precision_recall_fscore_support(
            self.labels, self.predicted, labels=range(len(self.genres)), zero_division=0
        )
        return pd.DataFrame(
            {"genre": self.genres, "precision": precision, "recall": recall, "f1": f1, "segments": support}
        )

    def confused_pairs(self, most: int = 5) -> list["ConfusedPair"]:
        """The most frequent confusions, the most frequent first; none if all is right."""
        wrong = self.confusion.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:most]
        cells = [divmod(int(place), len(self.genres)) for place in order]
        return [
            ConfusedPair(
                self.genres[true], self.genres[heard], int(wrong[true, heard]), int(self.confusion[true].sum())
            )
            for true, heard in cells
            if wrong[true, heard]
        ]

    def cell(self, genre: str, predicted_genre: str) -> pd.DataFrame:
        """The rows of `frame` in one cell of the confusion matrix, the surest answer first."""
        frame = self.frame()
        rows = frame[(frame["genre"] == genre) & (frame["predicted"] == predicted_genre)]
        return rows.sort_values(f"p_{predicted_genre}", ascending=False, kind="stable", ignore_index=True)

    def frame(self) -> pd.DataFrame:
        """A row a segment: track, start_s, genre, predicted and a column `p_GENRE` for each genre."""
        names = np.array(self.genres, dtype=object)
        described = {
            "track": self.track.astype(object),
            "start_s": self.start_s,
            "genre": names[self.labels],
            "predicted": names[self.predicted],
        }
        shares = {f"p_{genre}": column for genre, column in zip(self.genres, self.probabilities.T, strict=True)}
        return pd.DataFrame(described | shares)


@dataclass(frozen=True, eq=False)
class Calibration:
    """Confidence against accuracy (Guo et al., "On calibration of modern neural networks", 2017)."""

    error: float
    """Expected calibration error: the mean distance between the two, over the segments."""
    counts: np.ndarray
    """shape (bins,): segments whose highest probability lies in the bin."""
    said: np.ndarray
    """shape (bins,): the mean of those probabilities; 0 in an empty bin."""
    right: np.ndarray
    """shape (bins,): the share of those segments that are right."""


@dataclass(frozen=True)
class ConfusedPair:
    """One genre taken for another."""

    genre: str
    predicted_genre: str
    segments: int
    """How many segments were taken for it."""
    of: int
    """Of how many segments of the genre."""
