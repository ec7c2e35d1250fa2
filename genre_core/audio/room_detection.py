"""Room detection: whether a clip was played by a loudspeaker in a room and recorded with a microphone.

Such a recording lacks the lowest bass, its quiet moments are filled with noise, and its treble fades no faster than the
reverberation of the room.  Eight numbers measure that, and a linear rule weighs them.

The rule is a logistic regression on 129 GTZAN tracks of the train and valid lists as they are, and each in four rooms
of `genre_core.audio.augmentation`.  In ten folds by artist (65 artists; 95 % intervals by resampling them) it finds
89 % (85 to 92 %) of the rooms and takes 2 % (0 to 5 %) of the tracks for one.  Of rooms of another simulation, with
image sources, it finds 95 % (92 to 98 %), and of 145 songs of free games, which no room was in, it flags one.  What was
recorded over a telephone it takes for a room in 69 % of cases, noisy tracks in 16 %, others in at most 3 %.  The eight
measures were chosen in the same folds.  `scripts/fit_room_detection.py` makes the rule again.

Conventions: all measures are in dB and do not depend on the level of the clip.
"""

import math

import numpy as np
import scipy
import soxr

from genre_core.audio.clip import SEGMENT_RATE, Clip

MEASURES = (
    "level_25_50_hz",
    "level_50_100_hz",
    "level_5_10_khz",
    "range_25_100_hz",
    "range_5_10_khz",
    "fall_in_30_ms",
    "fall_in_100_ms",
    "rise_over_fall_in_50_ms",
)
"""Levels are relative to 200 to 3200 Hz.  A range lies between the loudest tenth of the time and the quietest 2 %.  A
fall is that of the treble within some milliseconds, which is exceeded 2 % of the time; so is a rise."""

_WEIGHTS = np.array([-0.132, -0.157, 0.074, -0.091, -0.325, -1.373, 0.641, 0.267])
_INTERCEPT = 8.95

_PIECE_S = 2.0
_MOST_PIECES = 30
_SIZE = 2048
_EDGES_HZ = (25, 50, 100, 200, 400, 800, 1600, 3200, 5000, 7000, 10_000)
_BASS, _MIDDLE, _TREBLE = slice(0, 2), slice(3, 7), slice(8, 10)
_QUIETEST, _LOUD = 0.02, 0.9
_LOWEST_FRAME = 1e-5  # of the mean power: quieter frames are digital silence
_LEAST_LEVEL_DB, _MOST_RANGE_DB = -30.0, 60.0  # beyond, a filter says no more about the room

_SHORT_SIZE, _SHORT_HOP = 512, 220  # 23 ms, 10 ms
_SHORT_EDGES_HZ = (4500, 6400, 9050)
_STEEPEST = 0.98
_FLOOR_DB = 70.0


def sounds_like_a_room(clip: Clip) -> bool:
    """Whether a clip sounds as if it had been recorded with a microphone in a room.  It needs at least 0.2 s."""
    return bool(measures(clip) @ _WEIGHTS + _INTERCEPT > 0)


def measures(clip: Clip) -> np.ndarray:
    """The MEASURES of a clip, from up to a minute of it: shape (8,)."""
    samples = clip.samples
    if clip.rate != SEGMENT_RATE:
        samples = soxr.resample(samples, clip.rate, SEGMENT_RATE)
    size = min(len(samples), round(_PIECE_S * SEGMENT_RATE))
    pieces = samples[: len(samples) // size * size].reshape(-1, size)
    pieces = pieces[:: math.ceil(len(pieces) / _MOST_PIECES)]

    power = _band_power(pieces, _SIZE, _SIZE, _EDGES_HZ).reshape(-1, len(_EDGES_HZ) - 1)
    total = power.sum(axis=1)
    power = power[total >= _LOWEST_FRAME * total.mean()]
    level = _decibels(power.mean(axis=0))
    level = np.maximum(level - level[_MIDDLE].mean(), _LEAST_LEVEL_DB)
    quietest, loud = np.quantile(_decibels(power), (_QUIETEST, _LOUD), axis=0)
    ranges = np.minimum(loud - quietest, _MOST_RANGE_DB)

    treble = _decibels(_band_power(pieces, _SHORT_SIZE, _SHORT_HOP, _SHORT_EDGES_HZ))
    treble = np.maximum(treble, treble.max(axis=(0, 1)) - _FLOOR_DB)
    return np.array(
        [
            level[0],
            level[1],
            level[_TREBLE].mean(),
            ranges[_BASS].mean(),
            ranges[_TREBLE].mean(),
            _steepest_rise(-treble, 3),
            _steepest_rise(-treble, 10),
            _steepest_rise(treble, 5) - _steepest_rise(-treble, 5),
        ]
    )


def _band_power(pieces: np.ndarray, size: int, hop: int, edges_hz: tuple[int, ...]) -> np.ndarray:
    """Mean power in bands, shape (pieces, frames, bands), of pieces of shape (pieces, samples)."""
    frames = np.lib.stride_tricks.sliding_window_view(pieces, size, axis=1)[:, ::hop]
    spectra = scipy.fft.rfft(frames * np.hanning(size).astype(np.float32), axis=-1)
    first = np.searchsorted(scipy.fft.rfftfreq(size, 1 / SEGMENT_RATE), edges_hz)
    spectra = spectra[..., : first[-1]]
    return np.add.reduceat(spectra.real**2 + spectra.imag**2, first[:-1], axis=-1) / np.diff(first)


def _decibels(power: np.ndarray) -> np.ndarray:
    return 10 * np.log10(power + 1e-20)


def _steepest_rise(levels: np.ndarray, frames: int) -> float:
    """Rise of the level of bands within so many frames that is exceeded 2 % of the time; mean of the bands."""
    rises = levels[:, frames:] - levels[:, :-frames]
    return float(np.quantile(rises.reshape(-1, levels.shape[-1]), _STEEPEST, axis=0).mean())
