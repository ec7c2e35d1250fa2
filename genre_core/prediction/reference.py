"""The tracks that a song is compared with: those that the default run learned from, in the leveled embedding.

Goal: name the tracks most like a song, and say how far it lies from all of them.  Some tracks were heard; of the
others only pictures were at hand, from which their mean embedding was mapped (scripts/make_default.py): good enough to
be found by, but distances are those to tracks that were heard.

The embedding's activations are never negative and lean to one side, so distances are taken between their square roots.
A song's mean differs from that of all tracks because tracks differ (covariance B), and because only so much of it was
heard (W / n, with W the covariance within a track and n the number of separate segments): its distance is that of
Mahalanobis with B + W / n, both shrunk as by O. Ledoit and M. Wolf, "A well-conditioned estimator for large-dimensional
covariance matrices", Journal of Multivariate Analysis 88(2), 2004.
"""

import io
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
import pandas as pd
from sklearn.covariance import LedoitWolf

from genre_core import storage
from genre_core.errors import ModelError
from genre_core.features import embedding, network_files

FOLDER = storage.BUNDLED / "reference"
FILE = "tracks.parquet"
_MOST_SEGMENTS = 20
"""More of a song than that, a minute, make its mean no surer: a song is no sample of one mean."""


@dataclass(frozen=True)
class Similar:
    """A track that is like a song."""

    track: str
    """GENRE/NAME."""
    similarity: float
    """The cosine of the two mean embeddings, 0 to 1."""
    heard: bool
    """Whether its embedding is of its sound, or was mapped from a picture."""


@dataclass(frozen=True, eq=False)
class Reference:
    """Tracks with their segments in the embedding."""

    track: np.ndarray
    """shape (segments,), str."""
    values: np.ndarray
    """shape (segments, embedding.SIZE), float64; segments of a track don't overlap."""
    mapped_track: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=str))
    """shape (n,), str: tracks that were not heard; what is known of them was mapped from a picture."""
    mapped: np.ndarray = field(default_factory=lambda: np.zeros((0, embedding.SIZE)))
    """shape (n, embedding.SIZE), float64: about their mean embeddings."""

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """Those that were heard, in alphabetical order."""
        return tuple(sorted(set(self.track.tolist())))

    @cached_property
    def all_tracks(self) -> tuple[str, ...]:
        """Those that were heard, and then the others."""
        return (*self.tracks, *self.mapped_track.tolist())

    def without(self, tracks: frozenset[str]) -> "Reference":
        """The reference as it were if these tracks were not known."""
        kept, kept_mapped = (~np.isin(names, list(tracks)) for names in (self.track, self.mapped_track))
        return Reference(self.track[kept], self.values[kept], self.mapped_track[kept_mapped], self.mapped[kept_mapped])

    def similar(self, values: np.ndarray, most: int = 10) -> list[Similar]:
        """The tracks most like a song, the nearest first.

        Parameters
        ----------
        values : shape (n, embedding.SIZE): the song's segments, n at least 1.
        """
        means = np.concatenate([_means(self.values, self._place), self.mapped])
        song = values.mean(axis=0)
        norms = np.linalg.norm(means, axis=1) * np.linalg.norm(song)
        cosines = means @ song / np.maximum(norms, 1e-9)
        nearest = np.argsort(-cosines, kind="stable")[:most]
        return [Similar(self.all_tracks[i], float(cosines[i]), bool(i < len(self.tracks))) for i in nearest]

    def distance(self, values: np.ndarray, n_separate: float) -> float:
        """How far a song lies from all tracks: about 1 for music like theirs, whatever its length.

        Parameters
        ----------
        values : shape (n, embedding.SIZE): the song's segments, which may overlap; n at least 1.
        n_separate : how many segments would fit without overlapping, at least 1.
        """
        away = np.sqrt(values).mean(axis=0) - self._center
        heard = min(max(n_separate, 1.0), _MOST_SEGMENTS)
        # The tracks' own means were heard in so many segments, and B holds that uncertainty already.
        covariance = self._between + self._within * max(1 / heard - 1 / self._segments_a_track, 0)
        return float(np.sqrt(away @ np.linalg.solve(covariance, away) / len(away)))

    @cached_property
    def whitening(self) -> np.ndarray:
        """shape (SIZE, SIZE): embeddings times this vary by one, and independently, within a track.

        Of the embedding itself, not of its root.
        """
        variances, axes = np.linalg.eigh(_covariance_within(self.values, self._place))
        return axes / np.sqrt(variances)

    @cached_property
    def _place(self) -> np.ndarray:
        return np.searchsorted(np.array(self.tracks), self.track)

    @cached_property
    def _segments_a_track(self) -> float:
        return len(self.track) / len(self.tracks)

    @cached_property
    def _center(self) -> np.ndarray:
        return _means(np.sqrt(self.values), self._place).mean(axis=0)

    @cached_property
    def _between(self) -> np.ndarray:
        return LedoitWolf().fit(_means(np.sqrt(self.values), self._place)).covariance_

    @cached_property
    def _within(self) -> np.ndarray:
        return _covariance_within(np.sqrt(self.values), self._place)


@cache
def bundled() -> Reference:
    """The reference that ships with the project; read-only.  ModelError if it is missing or damaged."""
    try:
        frame = pd.read_parquet(io.BytesIO(network_files.content(FOLDER, FILE)))
        track, heard = frame["track"].to_numpy(dtype=object).astype(str), frame["heard"].to_numpy(dtype=bool)
        values = frame[list(embedding.COLUMNS)].to_numpy(dtype=np.float64)
        return Reference(track[heard], values[heard], track[~heard], values[~heard])
    except (OSError, ValueError, LookupError) as error:
        raise ModelError(f"The tracks to compare with can't be read from {FOLDER}; fetch the project again.") from error


def _means(values: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The mean of each track, shape (tracks, SIZE)."""
    sums = np.zeros((place.max() + 1, values.shape[1]))
    np.add.at(sums, place, values)
    return sums / np.bincount(place)[:, None]


def _covariance_within(values: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Covariance of segments around the mean of their track, shape (SIZE, SIZE)."""
    away = values - _means(values, place)[place]
    lost = len(values) / (len(values) - place.max() - 1)  # a degree of freedom a track
    return lost * LedoitWolf(assume_centered=True).fit(away).covariance_
