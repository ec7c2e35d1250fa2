"""Pitch tracking: the pitch of the strongest voice in a spectrogram, frame by frame.

The salience of a pitch is found by harmonic summation (Klapuri, "Multiple fundamental frequency estimation by summing
harmonic amplitudes", ISMIR 2006): the strength of its harmonics, minus what lies half-way between them, which prevents
octave errors downward.  Dynamic programming (Viterbi) finds the path of high salience and small steps.

Conventions: spectrograms have shape (frames, bins), float32, not negative.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

LOWEST_HZ, HIGHEST_HZ = 80.0, 900.0  # a bass's low E to a soprano's high A
PITCHES_PER_OCTAVE = 48
HARMONICS = 12

_DECAY = 0.86  # weight of a harmonic relative to the one before
_BETWEEN = 0.7  # weight of what lies between the harmonics
_COMPRESSION = 0.5  # exponent of magnitudes: otherwise the loudest partial alone would decide
_STEP_COST = 0.02  # salience that a step of a 48th of an octave costs
_REACH = 12  # longest glide from one frame to the next, in pitches; a leap costs as much as 1.5 times this glide


@dataclass(frozen=True, eq=False)
class PitchTrack:
    """A pitch for each frame, with its salience."""

    hz: np.ndarray
    """shape (frames,), float64."""
    salience: np.ndarray
    """shape (frames,), float32: about 1 where the voice is clearest, 0 or less where there is none."""


def track_pitch(magnitude: np.ndarray, n_fft: int, rate: int) -> PitchTrack:
    """Track the pitch of the strongest voice.

    Parameters
    ----------
    magnitude : shape (frames, n_fft // 2 + 1).
    rate : sample rate in Hz.
    """
    from genre_core.audio import loops

    salience = magnitude**_COMPRESSION @ _salience_weights(n_fft, rate)
    clearest = float(np.percentile(salience.max(axis=1), 95))
    salience /= max(clearest, np.finfo(np.float32).tiny)
    path = loops.best_path(salience, _STEP_COST, _REACH)
    return PitchTrack(_pitches()[path], salience[np.arange(len(path)), path])


def _pitches() -> np.ndarray:
    """Candidate pitches in Hz, shape (pitches,)."""
    count = int(PITCHES_PER_OCTAVE * np.log2(HIGHEST_HZ / LOWEST_HZ))
    return LOWEST_HZ * 2 ** (np.arange(count) / PITCHES_PER_OCTAVE)


@lru_cache(maxsize=4)
def _salience_weights(n_fft: int, rate: int) -> np.ndarray:
    """Weight of each bin in the salience of each pitch, shape (n_fft // 2 + 1, pitches), float32."""
    hz = _pitches()
    columns = np.arange(len(hz))
    weights = np.zeros((n_fft // 2 + 1, len(hz)), dtype=np.float32)
    for harmonic in range(1, HARMONICS + 1):
        for multiple, weight in ((harmonic, 1.0), (harmonic - 0.5, -_BETWEEN)):
            place = np.minimum(multiple * hz * n_fft / rate, n_fft // 2 - 1e-3)
            below = place.astype(int)
            weights[below, columns] += weight * _DECAY ** (harmonic - 1) * (1 - (place - below))
            weights[below + 1, columns] += weight * _DECAY ** (harmonic - 1) * (place - below)
    return weights
