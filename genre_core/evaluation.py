"""Scores of predictions, per segment, per track and per genre.

Conventions: `labels` are places in `genres`; probabilities have shape (segments, genres); a confusion matrix has
the true genre in its rows and the predicted one in its columns, and counts segments.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

_LEAST_PROBABILITY = 1e-7  # as in Keras, so that one sure mistake does not make the loss infinite


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
    def track_accuracy(self) -> float:
        """Share of tracks whose genre is right when the probabilities of their segments are averaged."""
        tracks, place = np.unique(self.track, return_inverse=True)
        votes = np.zeros((len(tracks), len(self.genres)))
        np.add.at(votes, place, self.probabilities)
        truth = np.zeros(len(tracks), dtype=np.int64)
        truth[place] = self.labels
        return float(np.mean(votes.argmax(axis=1) == truth))

    @property
    def loss(self) -> float:
        """Mean cross-entropy in nats."""
        true = self.probabilities[np.arange(len(self.labels)), self.labels]
        return float(-np.log(np.maximum(true, _LEAST_PROBABILITY)).mean())

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

    def cell(self, genre: str, taken_for: str) -> pd.DataFrame:
        """The rows of `frame` in one cell of the confusion matrix, the surest answer first."""
        frame = self.frame()
        rows = frame[(frame["genre"] == genre) & (frame["predicted"] == taken_for)]
        return rows.sort_values(f"p_{taken_for}", ascending=False, kind="stable", ignore_index=True)

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


@dataclass(frozen=True)
class ConfusedPair:
    """One genre taken for another."""

    genre: str
    taken_for: str
    segments: int
    """How many segments were taken for it."""
    of: int
    """Of how many segments of the genre."""
