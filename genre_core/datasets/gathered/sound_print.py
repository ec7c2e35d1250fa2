"""A coarse print of how a song sounds, to find the same recording in another file: as MP3, at another level or rate.

A recording is cut into 32 equal pieces of time, and the power of each in six octaves is measured.
"""

import numpy as np

from genre_core.audio import Clip

_PIECES = 32
_EDGES_HZ = 100.0 * 2.0 ** np.arange(7)
"""Up to 6.4 kHz: above, encoders and sample rates differ."""
_FRAME_S = 0.1
_RANGE_DB = 60.0
NEAR_DB = 1.0
"""Prints of the same recording differ by less than this on average.

Of the 89 tracks of GTZAN-mini that are not on the test list, the closest two differ by 1.6 dB, and a track and its MP3
or OGG of a low quality, at another level or rate, by at most 0.5 dB.
"""
_NEAR_S, _NEAR_SHARE = 0.5, 0.01
"""By how much the durations may differ: encoders add silence."""


def sound_print(clip: Clip) -> tuple[float, ...]:
    """The print of a clip: levels in dB, with a mean of 0, to a tenth."""
    size = max(round(_FRAME_S * clip.rate), 1)
    band = np.searchsorted(_EDGES_HZ, np.fft.rfftfreq(size, 1 / clip.rate), side="right") - 1
    power = np.zeros((_PIECES, len(_EDGES_HZ) - 1))
    for row, piece in zip(power, np.array_split(clip.samples, _PIECES), strict=True):
        frames = piece[: len(piece) // size * size].reshape(-1, size)
        spectrum = (np.abs(np.fft.rfft(frames, axis=1)) ** 2).sum(axis=0) / max(len(frames), 1)
        row += np.bincount(np.clip(band, 0, len(row) - 1), spectrum * ((band >= 0) & (band < len(row))), len(row))
    levels = 10 * np.log10(power / max(power.max(), 1e-20) + 10 ** (-_RANGE_DB / 10))
    return tuple(np.round(levels - levels.mean(), 1).ravel().tolist())


def same_sound(prints: np.ndarray, durations_s: np.ndarray) -> list[tuple[int, int]]:
    """Pairs that are probably the same recording, each with the smaller index first.

    Parameters
    ----------
    prints : shape (songs, n), of `sound_print`.
    durations_s : shape (songs,).
    """
    pairs = []
    for i in range(len(prints) - 1):
        length = np.abs(durations_s[i + 1 :] - durations_s[i]) < _NEAR_S + _NEAR_SHARE * durations_s[i]
        near = np.abs(prints[i + 1 :] - prints[i]).mean(axis=1) < NEAR_DB
        pairs += [(i, i + 1 + int(j)) for j in np.flatnonzero(length & near)]
    return pairs
