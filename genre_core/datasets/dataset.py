"""The one form of every dataset: a table of segments with their features, genre and track."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core.audio import SEGMENT_SAMPLES
from genre_core.datasets import gtzan
from genre_core.datasets.augmented import AugmentedCopies
from genre_core.errors import DatasetError, GenreLabError
from genre_core.features import FeatureSet, feature_set
from genre_core.reading import limits
from genre_core.wording import listed, quoted

if TYPE_CHECKING:
    import pandas as pd

_LARGEST = 1e30
"""A larger number is a fault, and would overflow the float32 of the networks."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Segments with their features, genre and track, one segment per row.

    Raises
    ------
    DatasetError
        If it has no segments, fewer than two genres or too many, a genre whose name can't be displayed, or a value
        that is missing or infinite.
    """

    name: str
    """`bundled`, or the name of a folder or file."""
    features: str
    """Name of the feature set."""
    values: np.ndarray
    """Features, shape (segments, columns), float64; or pictures, shape (segments, height, width, channels), uint8."""
    genre: np.ndarray
    """shape (segments,), str."""
    track: np.ndarray
    """GENRE/NAME of the track of each segment, shape (segments,), str."""
    start_s: np.ndarray
    """Where in its track each segment starts, in seconds; shape (segments,), float64."""
    segment_samples: int = SEGMENT_SAMPLES
    """Length of a segment in samples at the sample rate of the feature set; of a whole track in a table of tracks."""
    artist: np.ndarray | None = None
    """Artist that the source names for each segment, shape (segments,), str, empty where it names none; None if the
    source has no artists."""
    subset: np.ndarray | None = None
    """train, valid or test, where the source has a predefined split, shape (segments,), str, empty where it gives none;
    None if the source has no such split."""
    skipped: dict[str, GenreLabError] = field(default_factory=dict)
    """Files that could not be used, each with the error that says why."""
    warnings: dict[str, str] = field(default_factory=dict)
    """Files that were used in part, each with the reason: truncated, or longer than what is decoded."""
    folder: Path | None = None
    """The folder with the audio that the features were extracted from; None for other sources."""
    gathered: str = ""
    """Name of the gathered dataset with the songs that the features were extracted from; empty for other sources."""
    augmented: AugmentedCopies = field(default_factory=AugmentedCopies)
    """Augmented copies of the tracks, row by row."""

    def __post_init__(self) -> None:
        if len(self.values) == 0:
            raise DatasetError(f"{self.name} has no segments; choose a table with rows or a folder with music.")
        if len(self.genres) < 2:
            raise DatasetError(
                f"{self.name} has only the genre {quoted(self.genres[0])}; a model needs at least two genres."
            )
        if len(self.genres) > limits.MOST_GENRES:
            raise DatasetError(
                f"{self.name} has {len(self.genres)} genres, and the limit is {limits.MOST_GENRES}; choose a column or "
                "folders with fewer."
            )
        if invalid := [genre for genre in self.genres if not genre.isprintable()]:
            raise DatasetError(f"The genre name {quoted(invalid[0])} contains a control character; rename it.")
        broken_rows, broken_columns = np.zeros(len(self.values), dtype=bool), []
        for place, column in enumerate(self.columns):  # one by one: a table may fill half of the memory
            broken = ~(np.abs(self.values[:, place]) < _LARGEST)
            if broken.any():
                broken_rows |= broken
                broken_columns.append(column)
        if broken_columns:
            raise DatasetError(
                f"{self.name} has missing or infinite values in {int(broken_rows.sum())} rows, in the columns "
                f"{listed(broken_columns)}; fill in or remove them."
            )

    def __getstate__(self) -> dict[str, Any]:
        """A copy of the attributes: another thread may add one that is cached while this is sent to a worker."""
        return dict(self.__dict__)

    @property
    def feature_set(self) -> FeatureSet:
        return feature_set(self.features)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the features; empty for pictures."""
        return self.feature_set.columns

    @cached_property
    def genres(self) -> tuple[str, ...]:
        """The genres in alphabetical order, which is the order of every class axis."""
        return tuple(sorted(set(self.genre.tolist())))

    @cached_property
    def labels(self) -> np.ndarray:
        """Index of each segment's genre in `genres`, shape (segments,), int64."""
        return np.searchsorted(np.array(self.genres), self.genre)

    @cached_property
    def artists(self) -> np.ndarray:
        """The artist of each segment, shape (segments,), str, empty where unknown.

        Taken from the source, or else, for tracks of GTZAN, from its published index.
        """
        given = itertools.repeat("") if self.artist is None else self.artist.tolist()
        pairs = zip(self.track.tolist(), given, strict=False)
        return np.array([artist or gtzan.facts(track).artist for track, artist in pairs], dtype=str)

    @property
    def n_tracks(self) -> int:
        return len(set(self.track.tolist()))

    @cached_property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that identify the segments and their genres, independent of the features."""
        return fingerprint(self.track, self.start_s, self.genre)

    def take(self, rows: np.ndarray) -> Dataset:
        """The dataset with only some rows.

        Parameters
        ----------
        rows : a mask of shape (segments,), or row numbers.
        """
        names = ("values", "genre", "track", "start_s", "artist", "subset")
        taken = {name: value[rows] for name in names if (value := getattr(self, name)) is not None}
        return replace(self, **taken, augmented=self.augmented.take(rows))

    def to_frame(self) -> pd.DataFrame:
        """The dataset as a table.

        Returns
        -------
        One row per segment with the columns genre, track and start_s; artist and split where the source has them; and
        one column per feature, or the column `picture` with the bytes of a picture.
        """
        import pandas as pd

        described = {"genre": self.genre, "track": self.track, "start_s": self.start_s}
        given = {name: value for name, value in (("artist", self.artist), ("split", self.subset)) if value is not None}
        if self.columns:
            features = dict(zip(self.columns, self.values.T, strict=True))
        else:
            features = {"picture": [picture.tobytes() for picture in self.values]}
        return pd.DataFrame(described | given | features)


def fingerprint(track: np.ndarray, start_s: np.ndarray, genre: np.ndarray) -> str:
    """Eight hexadecimal digits that identify a set of segments in any order.

    Parameters
    ----------
    track, start_s, genre : shape (segments,), as in `Dataset`.
    """
    rows = sorted(zip(track.tolist(), np.round(start_s, 2).tolist(), genre.tolist(), strict=True))
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:8]
