"""The loops of `paper`, which numba compiles when they are first called, and keeps.

A module of their own, since loading numba takes half a second: `paper` loads it for the first segment.
"""

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def spread(magnitude, frequencies, centroid):  # type: ignore[no-untyped-def]
    """Sum of the squared deviations from each frame's centroid, weighted by the magnitude: shape (frames,)."""
    spreads = np.zeros(magnitude.shape[0])
    for t in range(magnitude.shape[0]):
        total = 0.0
        for f in range(magnitude.shape[1]):
            deviation = frequencies[f] - centroid[t]
            total += magnitude[t, f] * deviation * deviation
        spreads[t] = total
    return spreads


@numba.njit(cache=True, nogil=True)
def rolloff_bins(magnitude, share):  # type: ignore[no-untyped-def]
    """The bin of each frame below which this share of the magnitude lies: shape (frames,), int64."""
    # Summed in float32 bin by bin, as in librosa: another order can change the result by one bin.
    bins = np.empty(magnitude.shape[0], dtype=np.int64)
    for t in range(magnitude.shape[0]):
        total = np.float32(0)
        for f in range(magnitude.shape[1]):
            total += magnitude[t, f]
        below = np.float32(0)
        for f in range(magnitude.shape[1]):
            below += magnitude[t, f]
            if below >= share * total:
                bins[t] = f
                break
    return bins


@numba.njit(cache=True, nogil=True)
def spectral_peaks(power, floor, first_bin, end_bin, bin_hz):  # type: ignore[no-untyped-def]
    """Frequency in Hz and height of the peaks above each frame's floor, parabolically interpolated.

    The types are those of librosa.piptrack, so that peaks at the edge of a bin fall on the same side.
    """
    pitches = np.empty(power.shape[0] * (end_bin - first_bin), dtype=np.float32)
    heights = np.empty(len(pitches), dtype=np.float32)
    n = 0
    for t in range(power.shape[0]):
        for f in range(first_bin, end_bin):
            left, here, right = power[t, f - 1], power[t, f], power[t, f + 1]
            if here > floor[t] and here > left and here >= right:
                curve = right + left - 2 * here
                slope = (right - left) / 2
                shift = np.float32(0)
                if abs(slope) < abs(curve):
                    shift = np.float32(-slope / curve)
                pitches[n] = (f + shift) * bin_hz
                heights[n] = here + np.float32(0.5) * np.float32(slope) * shift
                n += 1
    return pitches[:n], heights[:n]
