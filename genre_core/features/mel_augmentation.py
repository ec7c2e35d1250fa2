"""Augmentation of the pictures of `mel`, for tracks without audio.

The pictures of a track's segments are joined, brought to the grid of `wide_mel`, and changed there by
`wide_mel_augmentation`.  By how many dB each cell changed is then added to the pictures, whose own detail stays.  How
loud the segments of a track are relative to each other is not in their pictures; they are taken as equally loud.
"""

import numpy as np

from genre_core.audio import SEGMENT_SECONDS
from genre_core.audio.augmentation import augmentation
from genre_core.features import mel, wide_mel
from genre_core.features.spectra import mel_frequencies
from genre_core.features.wide_mel_augmentation import changed_power

_LEAST = 1e-20  # of power, below any picture
_WIDE_HZ = mel_frequencies(wide_mel.BANDS + 2, wide_mel.RATE / 2)[1:-1]


def augment_pictures(pictures: np.ndarray, name: str, seed: int) -> np.ndarray:
    """The pictures of a track's segments as they would look if its audio had been augmented.

    Parameters
    ----------
    pictures : shape (segments, *mel.SHAPE), uint8, of segments that follow each other.
    name, seed : as for `genre_core.audio.augmentation.augment`.

    Returns
    -------
    The same shape.  Silence stays silence.

    Raises GenreLabError for an unknown name.
    """
    rng = np.random.default_rng(seed)
    effect = augmentation(name).effect(rng)
    if not pictures.any():
        return pictures
    decibels = (np.concatenate(pictures[..., 0], axis=1) / 255 - 1) * mel.RANGE_DB
    columns = decibels.shape[1]
    seconds = (np.arange(columns) + 0.5) * SEGMENT_SECONDS / mel.COLUMNS
    wide_seconds = np.arange(0.5, seconds[-1] * wide_mel.COLUMNS_PER_SECOND) / wide_mel.COLUMNS_PER_SECOND
    places, wide_places = (mel.band_frequencies(), seconds), (_WIDE_HZ, wide_seconds)
    wide = _interpolated(decibels, places, wide_places)
    changed = 10 * np.log10(np.maximum(changed_power(effect, 10 ** (wide / 10), rng), _LEAST))
    power = 10 ** ((decibels + _interpolated(changed - wide, wide_places, places)) / 10)
    return np.stack([mel.picture_of_power(segment) for segment in np.split(power, len(pictures), axis=1)])


def _interpolated(
    values: np.ndarray, places: tuple[np.ndarray, np.ndarray], wanted: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Values at `places`, the frequencies of rows and the times of columns, linearly interpolated at others."""
    rows, columns = (
        np.array([np.interp(new, old, unit) for unit in np.eye(len(old))]).T
        for old, new in zip(places, wanted, strict=True)
    )
    return rows @ values @ columns.T
