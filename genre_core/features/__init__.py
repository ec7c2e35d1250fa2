"""The registry of feature sets: named ways to turn a clip into numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genre_core.audio import SEGMENT_SAMPLES
from genre_core.errors import ConfigError
from genre_core.features import paper


@dataclass(frozen=True)
class FeatureSet:
    """A named way to turn samples into one row of numbers."""

    name: str
    version: int
    """Version of the recipe; features of different versions are never mixed."""
    rate: int
    """Sample rate in Hz of the clips it takes."""
    columns: tuple[str, ...]
    extract: Callable[[np.ndarray], np.ndarray]
    """Samples of shape (n,), float32, at `rate` to a row of shape (len(columns),), float64."""

    def segments(self, samples: np.ndarray, segment_samples: int = SEGMENT_SAMPLES) -> np.ndarray:
        """A row for each whole segment of a clip, in time order.

        Parameters
        ----------
        samples : shape (n,), float32, at `rate`.
        segment_samples : length of a segment in samples.

        Returns
        -------
        shape (n // segment_samples, len(columns)), float64.
        """
        starts = range(0, len(samples) - segment_samples + 1, segment_samples)
        rows = [self.extract(samples[start : start + segment_samples]) for start in starts]
        return np.array(rows, dtype=np.float64).reshape(-1, len(self.columns))


FEATURE_SETS = {
    "paper": FeatureSet("paper", paper.VERSION, paper.RATE, paper.COLUMNS, paper.clip_features),
}


def feature_set(name: str) -> FeatureSet:
    """The feature set of that name; ConfigError if there is none."""
    try:
        return FEATURE_SETS[name]
    except KeyError:
        raise ConfigError(f"There is no feature set {name!r}; choose from {', '.join(FEATURE_SETS)}.") from None
