"""Harmonic/percussive separation of a spectrogram by median filtering.

The method is that of Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010, with the soft
masks of librosa.decompose.hpss (kernel 31, power 2, margin 1).  In a spectrogram a held note is a line along time and
a drum stroke a line along frequency; a running median along each axis keeps one and removes the other.

The two medians are nearly all of the cost.  `loops.running_median` keeps one sorted window for each of many neighboring
columns and moves all of them by one row at a time with comparisons alone, without branches, so that the compiler turns
a group of columns into SIMD lanes.  It selects values and computes none, so its results equal those of
scipy.ndimage.median_filter(mode="reflect") bit for bit.

Conventions: spectrograms have shape (frames, bins).
"""

import numpy as np

KERNEL = 31
"""Number of frames, and of frequency bins, in the window of a median (librosa's default)."""


def running_median(values: np.ndarray, size: int = KERNEL) -> np.ndarray:
    """Running median over `size` neighboring rows, with mirrored edges.

    Parameters
    ----------
    values : shape (rows, columns), C-contiguous, finite; at least size // 2 + 1 rows.
    size : odd number of rows.

    Returns
    -------
    shape (rows, columns), equal to scipy.ndimage.median_filter(values, (size, 1), mode="reflect").
    """
    if size % 2 == 0 or values.shape[0] <= size // 2:
        raise ValueError(f"a median over {size} rows needs an odd size and more than {size // 2} rows")
    from genre_core.audio import loops

    medians = np.empty_like(values)
    loops.running_median(values, size, medians)
    return medians


def harmonic_mask(magnitude: np.ndarray, *, frames: int = KERNEL, bins: int = KERNEL) -> np.ndarray:
    """The harmonic share of each cell of a spectrogram; the rest is percussive.

    Parameters
    ----------
    magnitude : shape (frames, bins), float32, not negative; each side longer than half of its median's window.
    frames, bins : sizes of the two windows, odd.

    Returns
    -------
    shape (frames, bins), float32 in [0, 1], equal to librosa.decompose.hpss(magnitude.T, kernel_size=(frames, bins),
    mask=True)[0].T within rounding.
    """
    from genre_core.audio import loops

    along_time = running_median(magnitude, frames)
    along_frequency = np.ascontiguousarray(running_median(np.ascontiguousarray(magnitude.T), bins).T)
    loops.soft_mask(along_time, along_frequency)
    return along_time
