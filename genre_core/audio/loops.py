"""The loops of `hpss` and `pitch`, which numba compiles when they are first called, and keeps.

A module of their own, since loading numba takes half a second: their callers import it when they are called.
"""

import numba
import numpy as np

_LANES = 64


@numba.njit(cache=True, nogil=True)
def _reflected(i: int, n: int) -> int:
    """Index of the row at position `i` of `n` rows mirrored at their edges (d c b a | a b c d | d c b a)."""
    if i < 0:
        return -1 - i
    return i if i < n else 2 * n - 1 - i


@numba.njit(cache=True, nogil=True)
def running_median(values, size, medians):  # type: ignore[no-untyped-def]
    """See `hpss.running_median`; the result is written to `medians`."""
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


@numba.njit(cache=True, nogil=True, error_model="numpy")
def soft_mask(harmonic, percussive):  # type: ignore[no-untyped-def]
    """The share of the harmonic part, in squares, of each cell; it is written to `harmonic`."""
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


@numba.njit(cache=True, nogil=True)
def best_path(salience, step_cost, reach):  # type: ignore[no-untyped-def]
    """The path of the largest salience less the cost of its steps, by dynamic programming: shape (frames,), int64."""
    frames, pitches = salience.shape
    came_from = np.empty((frames, pitches), dtype=np.int16)
    total = salience[0].copy()
    for t in range(1, frames):
        highest = np.argmax(total)
        after_leap = total[highest] - np.float32(step_cost * 1.5 * reach)
        new = np.empty_like(total)
        for p in range(pitches):
            best, source = after_leap, highest
            for q in range(max(0, p - reach), min(pitches, p + reach + 1)):
                value = total[q] - np.float32(step_cost * abs(p - q))
                if value > best:
                    best, source = value, q
            new[p] = best + salience[t, p]
            came_from[t, p] = source
        total = new
    path = np.empty(frames, dtype=np.int64)
    path[-1] = np.argmax(total)
    for t in range(frames - 1, 0, -1):
        path[t - 1] = came_from[t, path[t]]
    return path
