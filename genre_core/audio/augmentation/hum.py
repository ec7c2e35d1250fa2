"""Mains hum: 50 or 60 Hz with its harmonics."""

from dataclasses import dataclass

import numpy as np

from genre_core.audio.augmentation.effect import amplitude, rms
from genre_core.audio.clip import SEGMENT_RATE as RATE

HARMONICS = 12
_DECAY = 0.8  # amplitude of each harmonic relative to the one before, on average


@dataclass(frozen=True)
class Hum:
    """Mains hum."""

    hz: float
    """Frequency of the mains."""
    level_db: float
    """Level relative to the clip."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Hum":
        return cls(hz=float(rng.choice([50, 60])), level_db=rng.uniform(-25, -5))

    def apply(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        level = np.float32(amplitude(self.level_db) * rms(samples))
        return samples + level * hum(len(samples), self.hz, rng)


def hum(count: int, hz: float, rng: np.random.Generator) -> np.ndarray:
    """A mains hum with a root mean square of 1: shape (count,), float32.

    It repeats each period, so one second is computed; amplitudes and phases of the harmonics are random.
    """
    order = np.arange(1, HARMONICS + 1)[:, None]
    amplitudes = np.sqrt(2 * harmonic_powers(rng))[:, None]
    phases = rng.uniform(0, 2 * np.pi, HARMONICS)[:, None]
    second = (amplitudes * np.sin(2 * np.pi * hz * order * np.arange(RATE) / RATE + phases)).sum(axis=0)
    return np.resize(second.astype(np.float32), count)


def harmonic_powers(rng: np.random.Generator) -> np.ndarray:
    """The share of each harmonic in the power of a hum: shape (HARMONICS,), the first being that of the mains."""
    powers = (_DECAY ** np.arange(HARMONICS) * rng.uniform(0.3, 1, HARMONICS)) ** 2
    return powers / powers.sum()
