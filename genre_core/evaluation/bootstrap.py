"""Confidence intervals by a bootstrap over tracks.

Percentile intervals (B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993).  Tracks, not segments, are
drawn with replacement, because the segments of a track are not independent.  The seeds are fixed, so that the same
predictions always have the same interval.
"""

import numpy as np

from genre_core.evaluation.scores import Interval

DRAWS = 2000


def track_draws(tracks: int, seed: int = 0) -> np.ndarray:
    """How often each track is in each draw, shape (DRAWS, tracks), float64; rows sum to `tracks`.

    Parameters
    ----------
    seed : two sets of tracks that are drawn independently have different ones.
    """
    rng = np.random.default_rng(seed)
    return rng.multinomial(tracks, np.full(tracks, 1 / tracks), size=DRAWS).astype(float)


def percentile_interval(values: np.ndarray) -> Interval:
    """The 95 % confidence interval from the values of a statistic in each draw, shape (DRAWS,)."""
    low, high = np.quantile(values, (0.025, 0.975))
    return Interval(float(low), float(high))
