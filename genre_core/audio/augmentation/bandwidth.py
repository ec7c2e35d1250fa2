"""Limited bandwidth: a low sample rate, and the band of a telephone."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
import soxr

from genre_core.audio.clip import SEGMENT_RATE as RATE

TELEPHONE_HZ = (300.0, 3400.0)
"""The band of telephone speech (ITU-T Recommendation G.712)."""
_PASSED = 0.95  # of half the sample rate, where soxr's filter is 6 dB down
_FILTER_ORDER = 6


@dataclass(frozen=True)
class LowSampleRate:
    """Stored at a low sample rate: nothing is left above half of it."""

    rate: int
    """Hz, below 22 050."""

    def gain(self, hz: np.ndarray) -> np.ndarray:
        """The frequency response: a factor of amplitude for each frequency."""
        return (hz < _PASSED * self.rate / 2).astype(float)

    def apply(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        low = soxr.resample(samples, RATE, self.rate)
        return fitted(soxr.resample(low, self.rate, RATE), len(samples))


@dataclass(frozen=True)
class Telephone:
    """The band of a telephone, TELEPHONE_HZ; both edges are 6 dB down."""

    def gain(self, hz: np.ndarray) -> np.ndarray:
        """The frequency response: a factor of amplitude for each frequency."""
        _, response = scipy.signal.freqz_sos(_telephone_filter(), hz, fs=RATE)
        return np.abs(response) ** 2

    def apply(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        # Forward and backward, so that nothing is delayed.
        return scipy.signal.sosfiltfilt(_telephone_filter(), samples).astype(np.float32)


def fitted(samples: np.ndarray, count: int) -> np.ndarray:
    """The first `count` samples, followed by silence if there are fewer."""
    return np.pad(samples[:count], (0, max(count - len(samples), 0)))


@lru_cache(maxsize=1)
def _telephone_filter() -> np.ndarray:
    return scipy.signal.butter(_FILTER_ORDER, TELEPHONE_HZ, "bandpass", fs=RATE, output="sos")
