"""The difference of two predictions for the same segments: paired, with McNemar's test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.evaluation.bootstrap import percentile_interval, track_draws
from genre_core.evaluation.evaluation import Evaluation
from genre_core.evaluation.scores import Interval

SIGNIFICANT = 0.05
"""A p-value below it counts as a difference."""
_SAME_S = 0.01
"""Segments whose starts differ by less are the same."""


@dataclass(frozen=True)
class PairedDifference:
    """How much more often the second prediction is correct than the first, per segment or per track."""

    compared: int
    """Number of segments or tracks."""
    both: int
    """How many both predict correctly."""
    first_only: int
    """How many only the first predicts correctly."""
    second_only: int
    """How many only the second predicts correctly."""
    ci95: Interval
    """95 % confidence interval of `difference`, by the bootstrap over tracks."""

    @property
    def difference(self) -> float:
        """Accuracy of the second minus that of the first."""
        return (self.second_only - self.first_only) / self.compared

    @property
    def p_value(self) -> float:
        """Probability of counts at least this unequal if both were equally good; see `mcnemar`."""
        return mcnemar(self.first_only, self.second_only)


def mcnemar(first_only: int, second_only: int) -> float:
    """The p-value of McNemar's test (Q. McNemar, Psychometrika 12, 1947), two-sided and exact.

    If both were equally good, each prediction that only one of them has right would be that of either with the
    probability 1/2.  The binomial test is exact for few and for many.
    """
    from scipy.stats import binomtest

    discordant = first_only + second_only
    return float(binomtest(first_only, discordant).pvalue) if discordant else 1.0


def aligned(first: Evaluation, second: Evaluation) -> tuple[Evaluation, Evaluation] | None:
    """Two evaluations of the same segments, each in the order of tracks and times; None if the segments, their true
    genres or the genres to choose from differ."""
    if first.genres != second.genres or len(first.labels) != len(second.labels):
        return None
    ordered = [one.take(np.lexsort((one.start_s, one.track))) for one in (first, second)]
    one, other = ordered
    same = np.array_equal(one.labels, other.labels) and np.array_equal(one.track, other.track)
    return (one, other) if same and np.allclose(one.start_s, other.start_s, rtol=0, atol=_SAME_S) else None


def by_segment(first: Evaluation, second: Evaluation) -> PairedDifference:
    """The paired difference per segment, of `aligned` evaluations.

    McNemar's test takes segments for independent, which those of one track are not: its p-value is too low.
    """
    _, track_index = np.unique(first.track, return_inverse=True)
    return _paired(first.correct, second.correct, track_index)


def by_track(first: Evaluation, second: Evaluation) -> PairedDifference:
    """The paired difference per track, of `aligned` evaluations."""
    correct = [evaluation.tracks["correct"].to_numpy(dtype=bool) for evaluation in (first, second)]
    return _paired(correct[0], correct[1], np.arange(len(correct[0])))


def _paired(first: np.ndarray, second: np.ndarray, track_index: np.ndarray) -> PairedDifference:
    n_tracks = int(track_index.max()) + 1
    gained = np.bincount(track_index, second.astype(float) - first, n_tracks)
    sizes = np.bincount(track_index, minlength=n_tracks)
    draws = track_draws(n_tracks)
    return PairedDifference(
        compared=len(first),
        both=int((first & second).sum()),
        first_only=int((first & ~second).sum()),
        second_only=int((second & ~first).sum()),
        ci95=percentile_interval((draws @ gained) / (draws @ sizes)),
    )
