"""Harmonic/percussive separation of a spectrogram by median filtering.

The method is that of Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010, with the soft
masks of librosa.decompose.hpss (kernel 31, power 2, margin 1).  In a spectrogram a held note is a line along time and
a drum stroke a line along frequency; a running median along each axis keeps one and removes the other.

The two medians are nearly all of the cost.  `running_median` keeps one sorted window for each of many neighboring
columns and moves all of them by one row at a time with comparisons alone, without branches, so that the compiler turns
a group of columns into SIMD lanes.  It selects values and computes none, so its results equal those of
scipy.ndimage.median_filter(mode="reflect") bit for bit.

Conventions: spectrograms have shape (frames, bins).
"""

import numba
import numpy as np

KERNEL = 31
"""Number of frames, and of frequency bins, in the window of a median (librosa's default)."""

_LANES = 64


@numba.njit(cache=True, nogil=True)
def _reflected(i: int, n: int) -> int:
    """Index of the row at position `i` of `n` rows mirrored at their edges (d c b a | a b c d | d c b a)."""
    if i < 0:
        return -1 - i
    return i if i < n else 2 * n - 1 - i


@numba.njit(cache=True, nogil=True)
def _running_median(values, size, medians):  # type: ignore[no-untyped-def]
    rows, columns = values.shape
    half = size // 2
    window = np.empty((size, _LANES), dtype=values.dtype)
    before = np.empty(_LANES, dtype=values.dtype)
    for first in range(0, columns, _LANES):
        lanes = min(_LANES, columns - first)
        for i in range(size):
            row = values[_reflected(i - half, rows), first : first + lanes]
            for lane in range(lanes):
                window[i, lane] = row[lane]
        for lane in range(lanes):
            window[:, lane] = np.sort(window[:, lane])
        medians[0, first : first + lanes] = window[half, :lanes]
        for r in range(1, rows):
            leaving = values[_reflected(r - 1 - half, rows), first : first + lanes]
            entering = values[_reflected(r + half, rows), first : first + lanes]
            # One pass: the leaving value is removed, so that the values after it move up by one, and the entering
            # value is inserted between its neighbors.
            before[:] = -np.inf
            for i in range(size - 1):
                for lane in range(lanes):
                    here = window[i, lane]
                    value = here if here < leaving[lane] else window[i + 1, lane]
                    window[i, lane] = max(before[lane], min(value, entering[lane]))
                    before[lane] = value
            for lane in range(lanes):
                window[size - 1, lane] = max(before[lane], entering[lane])
                medians[r, first + lane] = window[half, lane]


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
    medians = np.empty_like(values)
    _running_median(values, size, medians)
    return medians


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _soft_mask(harmonic, percussive):  # type: ignore[no-untyped-def]
    # Overwrites `harmonic` with the mask.
    tiny = np.finfo(np.float32).tiny
    half, one = np.float32(0.5), np.float32(1)
    for t in range(harmonic.shape[0]):
        for f in range(harmonic.shape[1]):
            h, p = harmonic[t, f], percussive[t, f]
            larger = max(h, p)
            scale = one if larger < tiny else larger
            h2 = (h / scale) * (h / scale)
            p2 = (p / scale) * (p / scale)
            harmonic[t, f] = half if larger < tiny else h2 / (h2 + p2)


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
    along_time = running_median(magnitude, frames)
    along_frequency = np.ascontiguousarray(running_median(np.ascontiguousarray(magnitude.T), bins).T)
    _soft_mask(along_time, along_frequency)
    return along_time
