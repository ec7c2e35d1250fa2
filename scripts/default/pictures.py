"""The activations of the networks of musicnn for a track of which there is only a mel spectrogram.

The picture, as it is or augmented in the mel domain, is turned into frames such as the networks take, and `fit_map`
corrects what they answer: a linear map, fitted to the tracks that have audio as well.
"""

from collections.abc import Callable
from pathlib import Path

import librosa
import numpy as np
from joblib import Parallel, delayed

from genre_core.audio import SEGMENT_SAMPLES
from genre_core.features import embedding, wide_mel
from genre_core.features import musicnn as networks
from genre_core.features.wide_mel_augmentation import augment_picture
from scripts.default.tracks import SEGMENTS, VERSIONS, Tracks, Version

MAP_PENALTY = 3000.0
"""Ridge penalty of the map from pictures to activations."""
LEVEL_DB = 30.7
"""`power_db` of a clip at embedding.TARGET_RMS: the median of 127 tracks, 90 % of which are within 0.5 dB."""
MIN_SPREAD = 0.02
"""Added to each standard deviation: some activations are nearly always 0."""
_FRAME_S = 0.016
_FRAMES = 1875
"""Frames of a track of 30 s."""


def activations_of_pictures(tracks: Tracks, work: Path) -> np.ndarray:
    """The activations for the pictures of tracks, or read them from `work`, where they are stored.

    Returns
    -------
    shape (versions, tracks, SEGMENTS, columns), float32: for each of VERSIONS.
    """
    from genre_core.models import musicnn as filters  # imports TensorFlow

    bands = filters.load().bands
    work.mkdir(parents=True, exist_ok=True)

    def activations(version: Version) -> np.ndarray:
        stored = work / f"pictures-{version}.npy"
        if not stored.is_file():
            items = zip(tracks.names.tolist(), tracks.pictures, strict=True)
            np.save(stored, Parallel(n_jobs=-1)(delayed(_activations)(*item, version, bands) for item in items))
        return np.load(stored)

    return np.array([activations(version) for version in VERSIONS])


def _activations(track: str, picture: np.ndarray, version: Version, bands: np.ndarray) -> np.ndarray:
    """The activations for a version of one picture, shape (SEGMENTS, columns).

    The columns of the picture are resampled to the rate of the networks' frames.  A picture doesn't contain the level
    of the track, so its power is set to that of a leveled clip.

    bands : maps the bands of the picture to those of the networks, shape (wide_mel.BANDS, embedding.BANDS).
    """
    if version.augmentation:
        picture = augment_picture(picture, version.augmentation, version.seed(track))
    decibels = (picture.astype(np.float64) - 255) * (wide_mel.RANGE_DB / 255)
    level_db = decibels.T @ bands + LEVEL_DB - power_db(decibels)
    columns = np.arange(_FRAMES) * _FRAME_S * wide_mel.COLUMNS_PER_SECOND - 0.5
    before = np.clip(np.floor(columns).astype(int), 0, len(level_db) - 2)
    share = np.clip(columns - before, 0, 1)[:, None]
    frames = np.log10(1 + 10_000 * 10 ** ((level_db[before] * (1 - share) + level_db[before + 1] * share) / 10))
    starts = np.round(np.arange(SEGMENTS) * SEGMENT_SAMPLES / wide_mel.RATE / _FRAME_S).astype(int)
    patches = np.array([frames[start : start + embedding.FRAMES] for start in starts], dtype=np.float32)
    return networks.Networks(networks.EMBEDDING_AND_VGGS).activations(patches)


def power_db(decibels: np.ndarray) -> float:
    """The mean power of a picture in dB, up to a constant: each of Slaney's bands contains power per hertz."""
    edges = librosa.mel_frequencies(wide_mel.BANDS + 2, fmin=0, fmax=wide_mel.RATE / 2)
    hertz = (edges[2:] - edges[:-2]) / 2
    return float(10 * np.log10((10 ** (decibels / 10) * hertz[:, None]).sum(axis=0).mean()))


def fit_map(of_pictures: np.ndarray, of_audio: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a map from activations for pictures to those for audio: the input plus a linear correction.

    Parameters
    ----------
    of_pictures, of_audio : shape (segments, columns), of the same segments.
    """
    mean, spread = of_pictures.mean(axis=0), of_pictures.std(axis=0) + MIN_SPREAD
    scaled, residual = (of_pictures - mean) / spread, of_audio - of_pictures
    covariance = scaled.T @ scaled + MAP_PENALTY * np.eye(len(mean))
    kernel = np.linalg.solve(covariance, scaled.T @ (residual - residual.mean(axis=0)))
    return lambda values: values + (values - mean) / spread @ kernel + residual.mean(axis=0)
