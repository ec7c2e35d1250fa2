"""What every data set becomes: a table of segments with their features, genre and track."""

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from genre_core.audio import SEGMENT_SAMPLES
from genre_core.datasets import gtzan
from genre_core.errors import DatasetError
from genre_core.features import FeatureSet, feature_set

_LARGEST = 1e30
"""Beyond it a number is a fault, and would overflow the float32 of the networks."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Segments in rows; checks itself when made.

    Raises DatasetError if there is nothing in it, only one genre, a genre whose name can't be shown, or a value that is
    not a finite number.
    """

    name: str
    """What to call it: "bundled", or a folder's or a file's name."""
    features: str
    """Name of the feature set."""
    values: np.ndarray
    """shape (segments, columns), float64; or pictures of shape (segments, height, width, channels), uint8."""
    genre: np.ndarray
    """shape (segments,), str."""
    track: np.ndarray
    """shape (segments,), str: GENRE/NAME, the same for all segments of a track."""
    start_s: np.ndarray
    """shape (segments,), float64: where in its track each segment starts, in seconds."""
    segment_samples: int = SEGMENT_SAMPLES
    """Length of a row's piece of audio at the feature set's rate; a whole track's for a table of tracks."""
    artist: np.ndarray | None = None
    """shape (segments,), str: the artist that the source names, empty where it names none; None if it never does."""
    part: np.ndarray | None = None
    """shape (segments,), str: train, valid or test, where the source says so itself, else empty; None if it never
    does."""
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
        if odd := [genre for genre in self.genres if "<" in genre or not genre.isprintable()]:
            # Names of genres stand in every figure, and Plotly reads HTML in them.
            raise DatasetError(f"The name of the genre {odd[0]!r} holds a < or a control character; rename it.")
        broken = ~(np.abs(self.values) < _LARGEST) if self.columns else np.zeros(0, dtype=bool)
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

    @cached_property
    def artists(self) -> np.ndarray:
        """shape (segments,), str: the artist of each segment's track, empty where unknown.

        As the source names them, or else for tracks of GTZAN from its index.
        """
        if self.artist is not None:
            return self.artist
        return np.array([gtzan.facts(track).artist for track in self.track.tolist()], dtype=str)

    @property
    def n_tracks(self) -> int:
        return len(set(self.track.tolist()))

    @cached_property
    def identity(self) -> str:
        """Eight hexadecimal digits that stand for its segments and their genres, whatever the features."""
        return identity(self.track, self.start_s, self.genre)

    def take(self, rows: np.ndarray) -> "Dataset":
        """The data set of some rows alone: a mask of shape (segments,), or row numbers."""
        names = ("values", "genre", "track", "start_s", "artist", "part")
        return replace(self, **{name: value[rows] for name in names if (value := getattr(self, name)) is not None})

    def frame(self) -> pd.DataFrame:
        """A table with the columns genre, track, start_s, where they are given artist and split, and the features: a
        column each, or one column `picture` of bytes."""
        described = {"genre": self.genre, "track": self.track, "start_s": self.start_s}
        given = {name: value for name, value in (("artist", self.artist), ("split", self.part)) if value is not None}
        if self.columns:
            features = dict(zip(self.columns, self.values.T, strict=True))
        else:
            features = {"picture": [picture.tobytes() for picture in self.values]}
        return pd.DataFrame(described | given | features)


def identity(track: np.ndarray, start_s: np.ndarray, genre: np.ndarray) -> str:
    """Eight hexadecimal digits that stand for a set of segments in any order; each argument has shape (segments,)."""
    rows = sorted(zip(track.tolist(), np.round(start_s, 2).tolist(), genre.tolist(), strict=True))
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:8]


def _listed(names: list[str], most: int = 8) -> str:
    """Names in a sentence, the first few of a long list."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
