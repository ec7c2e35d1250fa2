"""What every data set becomes: a table of segments with their features, genre and track."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from genre_core.audio import SEGMENT_SAMPLES
from genre_core.errors import DatasetError
from genre_core.features import FeatureSet, feature_set

_LARGEST = 1e30
"""Beyond it a number is a fault, and would overflow the float32 of the networks."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Segments in rows; checks itself when made.

    Raises DatasetError if there is nothing in it, only one genre, or a value that is not a finite number.
    """

    name: str
    """What to call it: "bundled", or a folder's or a file's name."""
    features: str
    """Name of the feature set."""
    values: np.ndarray
    """shape (segments, columns), float64."""
    genre: np.ndarray
    """shape (segments,), str."""
    track: np.ndarray
    """shape (segments,), str: GENRE/NAME, the same for all segments of a track."""
    start_s: np.ndarray
    """shape (segments,), float64: where in its track each segment starts, in seconds."""
    segment_samples: int = SEGMENT_SAMPLES
    """Length of a row's piece of audio at the feature set's rate; a whole track's for a table of tracks."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Files that could not be used, each with the reason."""
    warnings: dict[str, str] = field(default_factory=dict)
    """Files that were used with a reservation, each with it: cut short, or longer than what is decoded."""

    def __post_init__(self) -> None:
        if len(self.values) == 0:
            raise DatasetError(f"{self.name} has no segment in it; give a table or a folder with music.")
        if len(self.genres) < 2:
            raise DatasetError(
                f"{self.name} has only the genre {self.genres[0]!r}; a classifier needs at least two to tell apart."
            )
        broken = ~(np.abs(self.values) < _LARGEST)
        if broken.any():
            columns = [self.columns[i] for i in np.flatnonzero(broken.any(axis=0))]
            raise DatasetError(
                f"{self.name} has missing or infinite numbers in {int(broken.any(axis=1).sum())} rows, "
                f"in the columns {_listed(columns)}; fill or remove them."
            )

    @property
    def feature_set(self) -> FeatureSet:
        return feature_set(self.features)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.feature_set.columns

    @cached_property
    def genres(self) -> tuple[str, ...]:
        """The genres in it, in alphabetical order: the order of every class axis."""
        return tuple(sorted(set(self.genre.tolist())))

    @cached_property
    def labels(self) -> np.ndarray:
        """shape (segments,), int64: each segment's genre as its place in `genres`."""
        return np.searchsorted(np.array(self.genres), self.genre)

    @property
    def n_tracks(self) -> int:
        return len(set(self.track.tolist()))

    def frame(self) -> pd.DataFrame:
        """A table with the columns genre, track, start_s and the features."""
        described = {"genre": self.genre, "track": self.track, "start_s": self.start_s}
        return pd.DataFrame(described | dict(zip(self.columns, self.values.T, strict=True)))


def _listed(names: list[str], most: int = 8) -> str:
    """Names in a sentence, the first few of a long list."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
