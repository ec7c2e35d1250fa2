"""Predictions for labeled segments, and everything that is computed from them.

Scores per segment, per track and per genre; confidence intervals; the confusion matrix; calibration.

Confidence intervals are those of `bootstrap`.

Conventions: `labels` are indices into `genres`; probabilities have shape (segments, genres); a confusion matrix counts
segments, with the true genre in the rows and the predicted genre in the columns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from genre_core.evaluation.bootstrap import percentile_interval, track_draws
from genre_core.evaluation.scores import SCORES, Interval, Scores
from genre_core.models.calibration import fit_inverse_temperature

if TYPE_CHECKING:
    import pandas as pd

_MIN_PROBABILITY = 1e-7  # as in Keras, so that a single confident error does not make the loss infinite
_CALIBRATION_BINS = 10


@dataclass(frozen=True)
class ConfusedPair:
    """A cell of the confusion matrix off the diagonal."""

    true_genre: str
    predicted_genre: str
    segments: int
    """Number of segments in the cell."""
    n_true: int
    """Number of segments of the true genre."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Confidence against accuracy, in bins of equal width.

    After C. Guo et al., "On calibration of modern neural networks", ICML 2017.
    """

    error: float
    """Expected calibration error: the mean difference between confidence and accuracy, weighted by segments."""
    counts: np.ndarray
    """shape (bins,): number of segments whose confidence lies in the bin."""
    confidence: np.ndarray
    """shape (bins,): mean confidence of those segments; 0 in an empty bin."""
    accuracy: np.ndarray
    """shape (bins,): accuracy on those segments; 0 in an empty bin."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The predictions for segments whose genre is known."""

    genres: tuple[str, ...]
    labels: np.ndarray
    """shape (segments,), int64: index of the true genre."""
    track: np.ndarray
    """shape (segments,), str."""
    start_s: np.ndarray
    """shape (segments,), float64: start of the segment in its track, in seconds."""
    probabilities: np.ndarray
    """shape (segments, genres), float64."""
    fold: np.ndarray | None = None
    """shape (segments,), int64: number, from 1, of the fold that tested each segment, in the order of `RunInfo.folds`;
    None without cross-validation."""
    artist: np.ndarray | None = None
    """shape (segments,), str: artist of each segment, empty where unknown; None if the artists are not stored."""

    @cached_property
    def predicted(self) -> np.ndarray:
        """shape (segments,), int64: index of the most probable genre."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def correct(self) -> np.ndarray:
        """shape (segments,), bool: whether the predicted genre is the true one."""
        return self.predicted == self.labels

    # --- scores -----------------------------------------------------------------------------------------------------

    @property
    def accuracy(self) -> float:
        """Share of segments predicted correctly."""
        return float(np.mean(self.correct))

    @property
    def track_accuracy(self) -> float:
        """Share of tracks predicted correctly, by the mean of the probabilities of their segments."""
        return float(self.tracks["correct"].mean())

    @property
    def macro_f1(self) -> float:
        """Unweighted mean of the F1 of all genres that have segments."""
        scores = self.per_genre()
        return float(scores.loc[scores["segments"] > 0, "f1"].mean())

    @property
    def log_loss(self) -> float:
        """Mean cross-entropy per segment, in nats."""
        return float(self._losses.mean())

    @property
    def scores(self) -> Scores:
        """All scores."""
        return Scores(
            segments=len(self.labels), tracks=len(self.tracks), **{name: getattr(self, name) for name in SCORES}
        )

    @cached_property
    def ci95(self) -> dict[str, Interval]:
        """The 95 % confidence interval of each of SCORES, by a bootstrap over tracks with a fixed seed."""
        tracks, track_index = np.unique(self.track, return_inverse=True)
        n_tracks, n_genres = len(tracks), len(self.genres)
        cells = np.zeros((n_tracks, n_genres, n_genres))
        np.add.at(cells, (track_index, self.labels, self.predicted), 1)
        losses = np.bincount(track_index, self._losses, n_tracks)
        correct_tracks = self.tracks["correct"].to_numpy(dtype=float)
        draws = track_draws(n_tracks)
        confusion = (draws @ cells.reshape(n_tracks, -1)).reshape(-1, n_genres, n_genres)
        hits, true, predicted = (np.einsum(axes, confusion) for axes in ("nii->ni", "nij->ni", "nij->nj"))
        segments = true.sum(axis=1)
        f1 = 2 * hits / np.maximum(true + predicted, 1)
        values = {
            "accuracy": hits.sum(axis=1) / segments,
            "track_accuracy": draws @ correct_tracks / n_tracks,
            "macro_f1": f1.sum(axis=1, where=true > 0) / (true > 0).sum(axis=1),
            "log_loss": draws @ losses / segments,
        }
        return {name: percentile_interval(values[name]) for name in SCORES}

    @cached_property
    def _losses(self) -> np.ndarray:
        true_probability = self.probabilities[np.arange(len(self.labels)), self.labels]
        return -np.log(np.maximum(true_probability, _MIN_PROBABILITY))

    # --- genres -----------------------------------------------------------------------------------------------------

    @cached_property
    def confusion(self) -> np.ndarray:
        """The confusion matrix, shape (genres, genres), int64."""
        counts = np.zeros((len(self.genres), len(self.genres)), dtype=np.int64)
        np.add.at(counts, (self.labels, self.predicted), 1)
        return counts

    def per_genre(self) -> pd.DataFrame:
        """One row per genre: genre, precision, recall, f1 (0 where undefined) and the number of segments."""
        import pandas as pd

        hits, true, predicted = self.confusion.diagonal(), self.confusion.sum(axis=1), self.confusion.sum(axis=0)
        precision, recall, f1 = (
            part / np.maximum(of, 1) for part, of in ((hits, predicted), (hits, true), (2 * hits, true + predicted))
        )
        return pd.DataFrame(
            {"genre": self.genres, "precision": precision, "recall": recall, "f1": f1, "segments": true}
        )

    def confused_pairs(self, most: int = 5) -> list[ConfusedPair]:
        """The most frequent confusions, most frequent first; empty if every prediction is correct."""
        errors = self.confusion.copy()
        np.fill_diagonal(errors, 0)
        order = np.argsort(-errors, axis=None, kind="stable")[:most]
        cells = [divmod(int(index), len(self.genres)) for index in order]
        return [
            ConfusedPair(
                self.genres[true],
                self.genres[predicted],
                int(errors[true, predicted]),
                int(self.confusion[true].sum()),
            )
            for true, predicted in cells
            if errors[true, predicted]
        ]

    # --- tracks -----------------------------------------------------------------------------------------------------

    @cached_property
    def tracks(self) -> pd.DataFrame:
        """One row per track, in alphabetical order.

        Columns: track, true_genre, predicted_genre (by the mean of the probabilities of its segments), probability (of
        the predicted genre), correct, votes (number of segments with the same predicted genre), segments,
        correct_segments, and `p_GENRE` for each genre.
        """
        import pandas as pd

        names, track_index, counts = np.unique(self.track, return_inverse=True, return_counts=True)
        means = np.zeros((len(names), len(self.genres)))
        np.add.at(means, track_index, self.probabilities)
        means /= counts[:, None]
        true = np.zeros(len(names), dtype=np.int64)
        true[track_index] = self.labels
        predicted = means.argmax(axis=1)
        genres = np.array(self.genres, dtype=object)
        columns = {
            "track": names.astype(object),
            "true_genre": genres[true],
            "predicted_genre": genres[predicted],
            "probability": means.max(axis=1),
            "correct": predicted == true,
            "votes": np.bincount(track_index, self.predicted == predicted[track_index], len(names)).astype(int),
            "segments": counts,
            "correct_segments": np.bincount(track_index, self.correct, len(names)).astype(int),
        }
        return pd.DataFrame(columns | {f"p_{g}": column for g, column in zip(self.genres, means.T, strict=True)})

    @cached_property
    def track_folds(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the folds that tested each track, ascending; empty without cross-validation.

        More than one if the folds divide segments instead of tracks.
        """
        if self.fold is None:
            return {}
        pairs = sorted(set(zip(self.track.tolist(), self.fold.tolist(), strict=True)))
        return {track: tuple(fold for _, fold in group) for track, group in groupby(pairs, key=itemgetter(0))}

    # --- segments ---------------------------------------------------------------------------------------------------

    def to_frame(self) -> pd.DataFrame:
        """One row per segment: track, start_s, true_genre, predicted_genre, fold and artist where they are known, and
        `p_GENRE` for each genre.
        """
        import pandas as pd

        names = np.array(self.genres, dtype=object)
        columns = {
            "track": self.track.astype(object),
            "start_s": self.start_s,
            "true_genre": names[self.labels],
            "predicted_genre": names[self.predicted],
        }
        if self.fold is not None:
            columns["fold"] = self.fold
        if self.artist is not None:
            columns["artist"] = self.artist.astype(object)
        shares = {f"p_{genre}": column for genre, column in zip(self.genres, self.probabilities.T, strict=True)}
        return pd.DataFrame(columns | shares)

    def cell(self, true_genre: str, predicted_genre: str) -> pd.DataFrame:
        """The rows of `to_frame` in one cell of the confusion matrix, most probable first."""
        frame = self.to_frame()
        rows = frame[(frame["true_genre"] == true_genre) & (frame["predicted_genre"] == predicted_genre)]
        return rows.sort_values(f"p_{predicted_genre}", ascending=False, kind="stable", ignore_index=True)

    def errors(self) -> pd.DataFrame:
        """The incorrect rows of `to_frame` with the `probability` of the predicted genre, most probable first."""
        frame = self.to_frame()
        frame.insert(4, "probability", self.probabilities.max(axis=1))
        return frame[~self.correct].sort_values("probability", ascending=False, kind="stable", ignore_index=True)

    def take(self, rows: np.ndarray) -> Evaluation:
        """The evaluation of some rows (indices or a mask)."""
        names = ("labels", "track", "start_s", "probabilities", "fold", "artist")
        return replace(self, **{name: value[rows] for name in names if (value := getattr(self, name)) is not None})

    # --- calibration ------------------------------------------------------------------------------------------------

    @cached_property
    def calibration(self) -> Calibration:
        """Confidence of segments (probability of the predicted genre) against accuracy, in ten bins of equal width."""
        confidence = self.probabilities.max(axis=1)
        bins = np.minimum((confidence * _CALIBRATION_BINS).astype(int), _CALIBRATION_BINS - 1)
        counts = np.bincount(bins, minlength=_CALIBRATION_BINS)
        mean_confidence, accuracy = (
            np.bincount(bins, values, _CALIBRATION_BINS) / np.maximum(counts, 1)
            for values in (confidence, self.correct)
        )
        error = float((counts * np.abs(mean_confidence - accuracy)).sum() / len(confidence))
        return Calibration(error, counts, mean_confidence, accuracy)

    @cached_property
    def track_inverse_temperature(self) -> float:
        """The inverse temperature that calibrates the mean probabilities of tracks (see `models.calibration`)."""
        tracks = self.tracks
        means = tracks[[f"p_{genre}" for genre in self.genres]].to_numpy()
        indices = {genre: i for i, genre in enumerate(self.genres)}
        labels = np.array([indices[genre] for genre in tracks["true_genre"]])
        return fit_inverse_temperature(np.log(np.maximum(means, _MIN_PROBABILITY)), labels, prior=1.0)
