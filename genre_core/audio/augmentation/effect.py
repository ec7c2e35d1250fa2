"""What every effect shares: its interface, levels in dB, and noise of a given color.

Conventions: samples have shape (n,), float32, at 22 050 Hz; levels are in dB, those of a signal are of its root mean
square.
"""

from typing import Protocol

import numpy as np
import scipy

from genre_core.audio.clip import SEGMENT_RATE as RATE

_LOWEST_NOISE_HZ = 20.0  # below it the color of noise is flat, so that nothing is infinite at 0 Hz


class Effect(Protocol):
    """A change of the sound of a given severity."""

    def apply(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The changed samples, float32, as many as before; whatever is random in them comes from `rng`."""


def amplitude(decibels: float) -> float:
    """The factor by which a level in dB multiplies samples."""
    return float(10 ** (decibels / 20))


def rms(samples: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.vdot(samples, samples) / len(samples)))


def noise_gain(hz: np.ndarray, slope_db: float) -> np.ndarray:
    """Relative amplitude of colored noise at frequencies in Hz; its slope is that of `colored_noise`."""
    return (np.maximum(hz, _LOWEST_NOISE_HZ) / _LOWEST_NOISE_HZ) ** (slope_db / (20 * np.log10(2)))


def colored_noise(count: int, slope_db: float, rng: np.random.Generator) -> np.ndarray:
    """Gaussian noise with a root mean square of 1.

    Parameters
    ----------
    count : number of samples.
    slope_db : change of the power density for each octave in dB: 0 for white noise, -3 for pink noise.

    Returns
    -------
    shape (count,), float32.
    """
    size = scipy.fft.next_fast_len(count, real=True)
    bins = size // 2 + 1
    spectrum = rng.standard_normal(2 * bins, dtype=np.float32).view(np.complex64)
    spectrum *= noise_gain(scipy.fft.rfftfreq(size, 1 / RATE).astype(np.float32), slope_db)
    spectrum[0] = 0
    noise = scipy.fft.irfft(spectrum, size)[:count]
    return noise / rms(noise)
