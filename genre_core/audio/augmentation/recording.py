"""What goes wrong when music is recorded, stored or played: MP3 at a low rate, clipping, noise, another speed."""

import io
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr

from genre_core.audio.augmentation.bandwidth import fitted
from genre_core.audio.augmentation.effect import amplitude, colored_noise, rms
from genre_core.audio.clip import SEGMENT_RATE as RATE

MP3_EDGES_HZ = {24: 5900.0, 32: 8300.0, 48: 10_000.0, 64: 10_000.0}
"""The rates in kbit/s that are drawn, and where LAME ends the spectrum."""
_LOWEST_KBIT, _HIGHEST_KBIT = 8, 160  # of MPEG-2, which 22 050 Hz needs; libsndfile divides this range evenly
_CODEC_DELAY = 1105  # samples of LAME's encoder and decoder, where a frame is too small to hold a note of them

CLICK_S = 0.001
HISS_SLOPE_DB = 2.0  # hiss is brighter than white noise


@dataclass(frozen=True)
class Mp3:
    """Encoded as MP3 with a constant bit rate, and decoded again."""

    kbit: int
    """Bit rate in kbit/s, one of MP3_EDGES_HZ."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Mp3":
        return cls(int(rng.choice(list(MP3_EDGES_HZ))))

    def apply(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        file = io.BytesIO()
        level = 1 - (self.kbit - _LOWEST_KBIT) / (_HIGHEST_KBIT - _LOWEST_KBIT)
        soundfile.write(file, samples, RATE, format="MP3", bitrate_mode="CONSTANT", compression_level=level)
        file.seek(0)
        decoded, _ = soundfile.read(file, dtype="float32")
        delay = _CODEC_DELAY if len(decoded) > len(samples) else 0
        return fitted(decoded[delay:], len(samples))


@dataclass(frozen=True)
class Clipping:
    """Amplified beyond full scale and clipped there."""

    over_db: float
    """Level of the peak over full scale, before it is clipped."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Clipping":
        return cls(rng.uniform(6, 18))

    def apply(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        peak = float(np.abs(samples).max())
        return np.clip(samples * np.float32(amplitude(self.over_db) / peak), -1, 1) if peak else samples


@dataclass(frozen=True)
class Noise:
    """Clicks and hiss, as of an old record or tape."""

    hiss_db: float
    """Level of the hiss relative to the clip."""
    clicks_per_second: float
    click_db: float
    """Peak of the loudest click relative to the peak of the clip; the softest ones are 20 dB below."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Noise":
        return cls(rng.uniform(-35, -15), rng.uniform(1, 12), rng.uniform(-12, 0))

    def apply(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        noisy = samples + np.float32(amplitude(self.hiss_db) * rms(samples)) * colored_noise(
            len(samples), HISS_SLOPE_DB, rng
        )
        length = round(CLICK_S * RATE)
        count = rng.poisson(self.clicks_per_second * len(samples) / RATE)
        shapes = rng.standard_normal((count, length)) * np.exp(-np.arange(length) / (length / 5))
        peak = np.abs(samples).max() * amplitude(self.click_db)
        levels = peak * 10 ** rng.uniform(-1, 0, (count, 1))
        shapes *= levels / np.abs(shapes).max(axis=1, keepdims=True)
        places = rng.integers(0, len(samples) - length, (count, 1)) + np.arange(length)
        np.add.at(noisy, places, shapes.astype(np.float32))
        return noisy


@dataclass(frozen=True)
class Speed:
    """Played faster or slower, at a higher or lower pitch.

    The length is kept: a faster clip begins again where it ends, a slower one is cut.
    """

    factor: float
    """Above 1 for faster."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Speed":
        """1 to 6 % faster or slower."""
        return cls(1 + float(rng.choice([-1, 1])) * rng.uniform(0.01, 0.06))

    def apply(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return np.resize(soxr.resample(samples, RATE * self.factor, RATE), len(samples))
