"""The domain of a training set: how far music is from all of its genres, and where out-of-domain begins.

A track is described by the mean of its segments, of columns compressed like a square root, since many are skewed, and
projected on their first AXES principal axes.  Its distance has two parts: that of Mahalanobis from the nearest genre,
with the covariance within genres (K. Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples
and Adversarial Attacks", NeurIPS 2018), and the part of it that is on none of the axes.  A mean of few segments varies
more, which both parts account for.  Covariances are shrunk as in O. Ledoit and M. Wolf, "A well-conditioned estimator
for large-dimensional covariance matrices", Journal of Multivariate Analysis 88(2), 2004.

The limit is where FALSE_ALARMS of the tracks of the training set are out-of-domain, each measured without its artist:
by cross-validation over the artists where they are known, else over the tracks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from genre_core.models.covariance import shrunk_covariance
from genre_core.models.scaling import Scaling
from genre_core.reading import reporting_damage
from genre_core.reading.array_files import LARGEST, check_array, check_scale, read_arrays

LEAST_TRACKS = 50
"""Of fewer tracks the limit would be that of one or two of them."""
FALSE_ALARMS = 0.05
AXES = 32
FOLDS = 5
_USUAL_SCORE = 0.9
"""The score of the median track."""
MOST_SEGMENTS = 20
"""Segments of a song that count, a minute: more do not make its mean more certain, since a song has no single mean."""
_LEAST_VARIANCE = 1e-6
_LEAST_RESIDUAL = 1e-2
"""Where there are as many axes as columns, only rounding is on none of them."""
_BATCH_SEGMENTS = 500
_ROUNDING = 1e-6
"""Relative, of variances that are stored as float32."""


def summaries(values: np.ndarray) -> np.ndarray:
    """What describes a segment here: its numbers, or the mean and deviation over time of each band of a picture.

    Parameters
    ----------
    values : unscaled features, shape (n, *shape); n at least 1.

    Returns
    -------
    shape (n, columns), float64.
    """
    if values.ndim == 2:
        return values.astype(np.float64)
    batches = np.array_split(values, max(len(values) // _BATCH_SEGMENTS, 1))
    bands = [np.concatenate([batch.mean(axis=2), batch.std(axis=2)], axis=1) for batch in batches]
    return np.concatenate(bands).reshape(len(values), -1)


@dataclass(frozen=True, eq=False)
class TrainingDomain:
    """What tells music of a training set's genres from other music."""

    mean: np.ndarray
    """shape (columns,): of the segments."""
    scale: np.ndarray
    """shape (columns,): standard deviation of the segments; infinite for columns that are not used."""
    center: np.ndarray
    """shape (columns,): mean of the tracks, compressed."""
    axes: np.ndarray
    """shape (columns, axes), orthonormal."""
    genres: np.ndarray
    """shape (genres, axes): mean of each genre's tracks."""
    between: np.ndarray
    """shape (axes, axes): covariance of the tracks within their genre."""
    within: np.ndarray
    """shape (axes, axes): covariance of the segments within their track."""
    residual: float
    """Usual squared length of what is on none of the axes, of a track that is not in the training set."""
    residual_within: float
    """The same of a segment, around the mean of its track."""
    segments_per_track: float
    limit: float
    """The squared distance at which the score is 0.5."""
    usual: float
    """The median squared distance of tracks that are not in the training set."""

    @staticmethod
    def fit(
        values: np.ndarray,
        track: np.ndarray,
        genre: np.ndarray,
        artist: np.ndarray,
        *,
        copies: Sequence[np.ndarray] = (),
        excluded: np.ndarray | None = None,
    ) -> "TrainingDomain | None":
        """Fit it to a training set; None if that has fewer than LEAST_TRACKS tracks, or too few of most genres.

        Parameters
        ----------
        values : from `summaries`, shape (segments, columns).
        track, genre, artist : shape (segments,), str; the artist is empty where it is unknown.
        copies : like `values`, of the same segments with an augmentation; each copy of a track counts as a track.
        excluded : shape (columns,), bool: columns that are not used; None for no column.
        """
        names, first = np.unique(track, return_index=True)
        if len(names) < LEAST_TRACKS:
            return None
        versions = (values, *copies)
        scaling = Scaling.fit(np.concatenate(versions), excluded=excluded)
        rows = np.concatenate([_compressed(version, scaling.mean, scaling.scale) for version in versions])
        index = np.searchsorted(names, track)
        tracks = _Tracks(
            rows=rows,
            index=np.concatenate([index + i * len(names) for i in range(len(versions))]),
            genre=np.tile(np.unique(genre[first], return_inverse=True)[1], len(versions)),
        )
        of_tracks = _folds(genre[first], names, artist[first])
        if not _can_test(of_tracks, genre[first]):
            return None
        folds = np.tile(of_tracks, len(versions))
        held_out = [(folds == fold) for fold in range(FOLDS) if (folds == fold).any()]
        # The same number of axes in all folds, or else their distances could not be compared.
        axes = min(AXES, rows.shape[1], *(int((~tested).sum()) - 1 for tested in held_out))
        near, residual = (
            np.concatenate(parts)
            for parts in zip(*(_held_out_parts(tracks, tested, axes, scaling) for tested in held_out), strict=True)
        )
        usual_residual = max(float(np.median(residual)), _LEAST_RESIDUAL)
        distances = near + axes * residual / usual_residual
        return replace(
            _fit_space(tracks, axes, scaling),
            residual=usual_residual,
            limit=float(np.quantile(distances, 1 - FALSE_ALARMS)),
            usual=float(np.median(distances)),
        )

    def score(self, values: np.ndarray, n_effective: float) -> float:
        """The in-domain score of a song, 0 to 1; 0.5 at the limit, and 0.9 for the median track.

        Parameters
        ----------
        values : from `summaries`, shape (n, columns): the song's segments, which may overlap; n at least 1.
        n_effective : number of segments that fit without overlapping.
        """
        distance = max(self.distance(values, n_effective), _LEAST_VARIANCE)
        slope = np.log(_USUAL_SCORE / (1 - _USUAL_SCORE)) / max(np.log(self.limit / self.usual), _LEAST_VARIANCE)
        return float(scipy.special.expit(slope * np.log(self.limit / distance)))

    def distance(self, values: np.ndarray, n_effective: float) -> float:
        """The squared distance of a song from the nearest genre; parameters as of `score`."""
        song = _compressed(values, self.mean, self.scale).mean(axis=0)
        near, residual = self._parts(song[np.newaxis], np.array([n_effective]))
        excess = _excess(n_effective, self.segments_per_track)
        usual = self.residual + self.residual_within * excess
        return float(near[0] + self.axes.shape[1] * residual[0] / usual)

    def save(self, path: Path) -> None:
        arrays: dict[str, Any] = {field.name: np.float32(getattr(self, field.name)) for field in fields(self)}
        np.savez(path, **arrays)

    @staticmethod
    def load(path: Path, shape: tuple[int, ...]) -> "TrainingDomain":
        """Read the domain of features of this shape (`FeatureSet.shape`).

        Raises DamagedFileError if the file is missing or damaged, or of other features.
        """
        arrays = read_arrays(path)
        with reporting_damage(path):
            columns = 2 * shape[0] * shape[2] if len(shape) == 3 else shape[0]  # see `summaries`
            axes = check_array("axes", arrays["axes"], (columns, None)).shape[1]
            shapes: dict[str, tuple[int | None, ...]] = {
                **dict.fromkeys(("mean", "center"), (columns,)),
                "axes": (columns, axes),
                "genres": (None, axes),
                **dict.fromkeys(("between", "within"), (axes, axes)),
            }
            content: dict[str, Any] = {"scale": check_scale("scale", arrays["scale"], (columns,)).astype(np.float64)}
            for name in (field.name for field in fields(TrainingDomain) if field.name not in content):
                wanted = shapes.get(name, ())
                array = check_array(name, arrays[name], wanted).astype(np.float64)
                content[name] = array if wanted else float(array)
            return TrainingDomain(**content)._checked()

    def _checked(self) -> "TrainingDomain":
        """The same; ValueError if it has no distances."""
        for name in ("residual", "segments_per_track", "limit", "usual"):
            if getattr(self, name) < 1 / LARGEST:
                raise ValueError(f"{name} is not above 0")
        least, most = _variances(self.between)
        least_within, most_within = _variances(self.within)
        if least <= _ROUNDING * most or least_within < -_ROUNDING * most_within or self.residual_within < 0:
            raise ValueError("a covariance is not positive definite")
        return self

    def _parts(self, means: np.ndarray, n_effective: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each mean of so many segments, the squared distance from the nearest genre on the axes, and the squared
        length of what is on none of them; shape (n,) each."""
        deviations = means - self.center
        projected = deviations @ self.axes
        near = np.empty(len(means))
        for n in np.unique(n_effective):
            rows = np.flatnonzero(n_effective == n)
            # `between` already holds the uncertainty of the tracks' own means, each of so many segments.
            covariance = self.between + self.within * _excess(n, self.segments_per_track)
            differences = projected[rows, np.newaxis] - self.genres
            solved = np.linalg.solve(covariance, differences.reshape(-1, len(covariance)).T).T
            near[rows] = (differences * solved.reshape(differences.shape)).sum(axis=-1).min(axis=1)
        residual = (deviations**2).sum(axis=1) - (projected**2).sum(axis=1)
        return near, np.maximum(residual, 0)


@dataclass(frozen=True, eq=False)
class _Tracks:
    """Tracks and their compressed segments."""

    rows: np.ndarray
    """shape (segments, columns)."""
    index: np.ndarray
    """shape (segments,): the track of each segment."""
    genre: np.ndarray
    """shape (tracks,): number of the genre of each track."""

    @property
    def segments(self) -> np.ndarray:
        """Number of segments of each track."""
        return np.bincount(self.index)

    @property
    def means(self) -> np.ndarray:
        """shape (tracks, columns)."""
        sums = np.zeros((len(self.genre), self.rows.shape[1]))
        np.add.at(sums, self.index, self.rows)
        return sums / self.segments[:, np.newaxis]

    def take(self, chosen: np.ndarray) -> "_Tracks":
        """Those that a mask of shape (tracks,) chooses."""
        kept = chosen[self.index]
        return _Tracks(self.rows[kept], (np.cumsum(chosen) - 1)[self.index[kept]], self.genre[chosen])


def _held_out_parts(tracks: _Tracks, tested: np.ndarray, axes: int, scaling: Scaling) -> tuple[np.ndarray, np.ndarray]:
    """`TrainingDomain._parts` of the tested tracks, of a domain fitted to the others."""
    of_fold, held_out = _fit_space(tracks.take(~tested), axes, scaling), tracks.take(tested)
    return of_fold._parts(held_out.means, held_out.segments.astype(np.float64))


def _fit_space(tracks: _Tracks, n_axes: int, scaling: Scaling) -> TrainingDomain:
    """The domain of these tracks, without a limit."""
    means = tracks.means
    center = means.mean(axis=0)
    scatter = (means - center).T @ (means - center)
    _, axes = scipy.linalg.eigh(scatter, subset_by_index=(len(center) - n_axes, len(center) - 1))
    projected = (means - center) @ axes
    genres = np.array([projected[tracks.genre == genre].mean(axis=0) for genre in np.unique(tracks.genre)])
    of_track = genres[np.unique(tracks.genre, return_inverse=True)[1]]
    deviations = tracks.rows - means[tracks.index]
    freedom = max(len(tracks.rows) - len(means), 1)  # each track's mean takes a degree of freedom
    on_axes = deviations @ axes
    off_axes = (deviations**2).sum() - (on_axes**2).sum()
    return TrainingDomain(
        mean=scaling.mean,
        scale=scaling.scale,
        center=center,
        axes=axes,
        genres=genres,
        between=shrunk_covariance(projected - of_track) + _LEAST_VARIANCE * np.eye(n_axes),
        within=shrunk_covariance(on_axes) * len(tracks.rows) / freedom,
        residual=1.0,
        residual_within=max(float(off_axes), 0.0) / freedom,
        segments_per_track=len(tracks.rows) / len(means),
        limit=1.0,
        usual=1.0,
    )


def _compressed(values: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    deviations = (values - mean) / scale
    return np.sign(deviations) * (np.sqrt(1 + np.abs(deviations)) - 1)


def _variances(covariance: np.ndarray) -> tuple[float, float]:
    """The smallest and the largest variance in any direction; ValueError if it is no covariance."""
    if not np.allclose(covariance, covariance.T):
        raise ValueError("a covariance is not symmetric")
    found = np.linalg.eigvalsh(covariance)
    return float(found[0]), float(found[-1])


def _excess(n_effective: float, segments_per_track: float) -> float:
    """How much more of the variance within a track the mean of so many segments has than a training track's mean."""
    n = min(max(n_effective, 1.0), MOST_SEGMENTS)
    return max(1 / n - 1 / segments_per_track, 0.0)


def _folds(genre: np.ndarray, track: np.ndarray, artist: np.ndarray) -> np.ndarray:
    """The fold that tests each track, shape (tracks,), 0 to FOLDS - 1; -1 for tracks that none tests.

    A genre with a single artist is never tested, since no other track of it would be left.  Where that leaves less than
    half of the tracks, or a fold leaves too few (an artist called "various"), the folds are by track.
    """
    by_artist = _grouped_folds(genre, np.where(artist == "", track, artist))
    return by_artist if _can_test(by_artist, genre) else _grouped_folds(genre, track)


def _can_test(folds: np.ndarray, genre: np.ndarray) -> bool:
    """Whether at least half of the tracks are tested, each fold leaves half of them, and a track of each genre."""
    left = [genre[folds != fold] for fold in np.unique(folds[folds >= 0])]
    enough = all(len(others) >= len(genre) / 2 and set(others) == set(genre) for others in left)
    return bool(left) and enough and bool((folds >= 0).mean() >= 0.5)


def _grouped_folds(genre: np.ndarray, group: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(0)
    fold = np.full(len(genre), -1)
    for name in np.unique(genre):
        groups = rng.permutation(np.unique(group[genre == name]))
        first = rng.integers(FOLDS)
        for i, member in enumerate(groups if len(groups) > 1 else ()):
            of_group = group == member
            if (fold[of_group] < 0).all():  # an artist of two genres is in one fold
                fold[of_group] = (first + i) % FOLDS
    return fold
