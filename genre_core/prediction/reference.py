"""The reference tracks that a song is compared with: the training tracks of the default run, in the leveled embedding.

They give the tracks most similar to a song, and the distance of a song from all of them. For some tracks the audio was
at hand. For the others there were only spectrogram pictures, from which the mean embedding was estimated
(scripts/make_default.py): good enough to find similar tracks, but distances use the tracks with audio only.

The activations of the embedding are non-negative and skewed, so distances are taken between their square roots.
The mean of a song differs from that of all tracks because tracks differ (covariance B), and because only n independent
segments of it are known (W / n, with W the covariance within a track). The distance is that of Mahalanobis with
B + W / n. Both covariances are shrunk (`models.covariance`).
"""

import io
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np

from genre_core import storage
from genre_core.errors import ModelError
from genre_core.features import embedding, network_files
from genre_core.models.covariance import shrunk_covariance
from genre_core.models.domain import MOST_SEGMENTS

FOLDER = storage.BUNDLED / "reference"
FILE = "tracks.parquet"


@dataclass(frozen=True)
class SimilarTrack:
    """A reference track that is similar to a song."""

    track: str
    """GENRE/NAME."""
    similarity: float
    """Cosine of the mean embeddings, 0 to 1."""
    from_audio: bool
    """Whether the track's embedding comes from its audio; otherwise it was estimated from a spectrogram picture."""


@dataclass(frozen=True, eq=False)
class Reference:
    """Reference tracks and the embeddings of their segments."""

    track: np.ndarray
    """shape (segments,), str: the track of each segment, for the tracks with audio."""
    values: np.ndarray
    """shape (segments, embedding.SIZE), float64; segments of a track do not overlap."""
    estimated_track: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=str))
    """shape (n,), str: the tracks without audio."""
    estimated: np.ndarray = field(default_factory=lambda: np.zeros((0, embedding.SIZE)))
    """shape (n, embedding.SIZE), float64: their mean embeddings, estimated from pictures."""

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """The tracks with audio, in alphabetical order."""
        return tuple(sorted(set(self.track.tolist())))

    @cached_property
    def all_tracks(self) -> tuple[str, ...]:
        """The tracks with audio, then the others."""
        return (*self.tracks, *self.estimated_track.tolist())

    def without(self, tracks: frozenset[str]) -> "Reference":
        """The reference without these tracks."""
        kept, kept_estimated = (~np.isin(names, list(tracks)) for names in (self.track, self.estimated_track))
        return Reference(
            self.track[kept], self.values[kept], self.estimated_track[kept_estimated], self.estimated[kept_estimated]
        )

    def similar(self, values: np.ndarray, most: int = 10) -> list[SimilarTrack]:
        """Find the tracks most similar to a song, the nearest first.

        Parameters
        ----------
        values : shape (n, embedding.SIZE): the song's segments; n at least 1.
        most : number of tracks.
        """
        means = np.concatenate([_means(self.values, self._track_index), self.estimated])
        song = values.mean(axis=0)
        norms = np.linalg.norm(means, axis=1) * np.linalg.norm(song)
        cosines = means @ song / np.maximum(norms, 1e-9)
        nearest = np.argsort(-cosines, kind="stable")[:most]
        return [SimilarTrack(self.all_tracks[i], float(cosines[i]), bool(i < len(self.tracks))) for i in nearest]

    def distance(self, values: np.ndarray, n_effective: float) -> float:
        """Distance of a song from all tracks: about 1 for similar music, whatever the song's length.

        Parameters
        ----------
        values : shape (n, embedding.SIZE): the song's segments, which may overlap; n at least 1.
        n_effective : number of segments that fit without overlapping.
        """
        deviation = np.sqrt(values).mean(axis=0) - self._center
        n = min(max(n_effective, 1.0), MOST_SEGMENTS)
        # B already holds the uncertainty of the tracks' own means, each of so many segments.
        covariance = self._between + self._within * max(1 / n - 1 / self._segments_per_track, 0)
        return float(np.sqrt(deviation @ np.linalg.solve(covariance, deviation) / len(deviation)))

    @cached_property
    def whitening(self) -> np.ndarray:
        """Matrix that whitens embeddings, shape (SIZE, SIZE): `values @ whitening` has unit covariance within a track.

        It is for the embedding itself, not for its square root.
        """
        variances, axes = np.linalg.eigh(_covariance_within(self.values, self._track_index))
        return axes / np.sqrt(variances)

    @cached_property
    def _track_index(self) -> np.ndarray:
        return np.searchsorted(np.array(self.tracks), self.track)

    @cached_property
    def _segments_per_track(self) -> float:
        return len(self.track) / len(self.tracks)

    @cached_property
    def _center(self) -> np.ndarray:
        return _means(np.sqrt(self.values), self._track_index).mean(axis=0)

    @cached_property
    def _between(self) -> np.ndarray:
        return shrunk_covariance(_means(np.sqrt(self.values), self._track_index) - self._center)

    @cached_property
    def _within(self) -> np.ndarray:
        return _covariance_within(np.sqrt(self.values), self._track_index)


@cache
def bundled() -> Reference:
    """The reference that ships with the project; read-only.

    Raises ModelError if its file is missing or damaged.
    """
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(network_files.read_verified(FOLDER, FILE)))
        track = frame["track"].to_numpy(dtype=object).astype(str)
        from_audio = frame["from_audio"].to_numpy(dtype=bool)
        values = frame[list(embedding.COLUMNS)].to_numpy(dtype=np.float64)
        return Reference(track[from_audio], values[from_audio], track[~from_audio], values[~from_audio])
    except (OSError, ValueError, LookupError) as error:
        raise ModelError(f"The reference tracks can't be read from {FOLDER}; fetch the project again.") from error


def _means(values: np.ndarray, track_index: np.ndarray) -> np.ndarray:
    """Mean of each track, shape (tracks, SIZE)."""
    sums = np.zeros((track_index.max() + 1, values.shape[1]))
    np.add.at(sums, track_index, values)
    return sums / np.bincount(track_index)[:, None]


def _covariance_within(values: np.ndarray, track_index: np.ndarray) -> np.ndarray:
    """Covariance of segments around the mean of their track, shape (SIZE, SIZE)."""
    deviations = values - _means(values, track_index)[track_index]
    correction = len(values) / (len(values) - track_index.max() - 1)  # each track's mean takes a degree of freedom
    return correction * shrunk_covariance(deviations)
