"""Spectrograms and scalograms of a clip, for display.

Each is reduced to what a figure can show: at most COLUMNS columns of time and ROWS rows.  A cell holds the maximum of
the values that fall into it, so that a short stroke stays visible.

Conventions: clips are mono float32; times are in seconds from the beginning of the clip.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import scipy

from genre_core.audio import wavelets
from genre_core.audio.clip import Clip
from genre_core.audio.compilation import librosa
from genre_core.errors import ConfigError

COLUMNS = 1000
ROWS = 256
SpectrogramKind = Literal["linear", "mel", "constant-Q", "chroma"]
SPECTROGRAM_KINDS: tuple[SpectrogramKind, ...] = get_args(SpectrogramKind)
WINDOWS = (512, 1024, 2048, 4096, 8192)
HOPS = (128, 256, 512, 1024)
LEAST_RANGE_DB, MOST_RANGE_DB = 20, 120
PITCH_CLASSES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")

_MEL_BANDS = 128
_LOWEST_NOTE_HZ = 32.703  # C1
_BINS_PER_NOTE = 2
_SCALES = 96
_SCALOGRAM_RANGE_DB = 60
_LEAST_POWER = 1e-10  # lowest power of the loudest cell; anything below is silence
_SAMPLES_PER_PERIOD = 16  # at least this many are kept while the octaves of a scalogram are downsampled
_SHORTEST_SCALE = 2.0  # samples


@dataclass(frozen=True)
class SpectrogramConfig:
    """Settings of a spectrogram.  Raises ConfigError when made with a setting outside its range."""

    kind: SpectrogramKind = "mel"
    window: int = 2048
    """Samples; the constant-Q transform has windows of its own."""
    hop: int = 512
    """Samples from one column to the next, before columns are joined."""
    range_db: int = 80

    def __post_init__(self) -> None:
        if self.kind not in SPECTROGRAM_KINDS:
            raise ConfigError(f"There is no spectrogram {self.kind!r}; choose from {', '.join(SPECTROGRAM_KINDS)}.")
        if self.window not in WINDOWS or self.hop not in HOPS or self.hop > self.window:
            raise ConfigError(
                f"The window must have {WINDOWS[0]} to {WINDOWS[-1]} samples and the hop {HOPS[0]} to {HOPS[-1]}, both "
                "powers of two, and the hop can't be longer than the window."
            )
        if not LEAST_RANGE_DB <= self.range_db <= MOST_RANGE_DB:
            raise ConfigError(f"The range of a spectrogram must be {LEAST_RANGE_DB} to {MOST_RANGE_DB} dB.")


@dataclass(frozen=True, eq=False)
class Picture:
    """Levels over time and frequency."""

    level_db: np.ndarray
    """shape (rows, columns), int8: dB relative to the loudest cell, -range_db to 0; row 0 is the lowest frequency, and
    columns are equal pieces of time."""
    range_db: int
    duration_s: float
    """Duration of all columns together."""
    row_hz: np.ndarray
    """shape (rows,), float64, rising; empty for a chroma, whose rows are pitch classes."""
    row_names: tuple[str, ...]
    """A unique name for each row, such as "440.0 Hz" or "A"."""


def spectrogram(clip: Clip, config: SpectrogramConfig) -> Picture:
    """The spectrogram of a clip of at least one second.

    linear: power of the short-time Fourier transform.  mel: 128 mel bands of it.  constant-Q: 24 bins an octave from
    C1 on (Schörkhuber and Klapuri, "Constant-Q transform toolbox for music processing", SMC 2010).  chroma: the twelve
    pitch classes, summed over octaves.
    """
    if config.kind == "constant-Q":
        power, hz = _constant_q(clip, config.hop)
        return _picture(power, config.range_db, clip, hz)
    power = librosa.util.abs2(librosa.stft(clip.samples, n_fft=config.window, hop_length=config.hop))
    if config.kind == "chroma":
        power = librosa.feature.chroma_stft(S=power, sr=clip.rate, n_fft=config.window, tuning=0.0, norm=None)
        return _picture(power, config.range_db, clip, np.zeros(0), PITCH_CLASSES)
    if config.kind == "mel":
        power = librosa.feature.melspectrogram(S=power, sr=clip.rate, n_mels=_MEL_BANDS)
        hz = librosa.mel_frequencies(_MEL_BANDS + 2, fmin=0, fmax=clip.rate / 2)[1:-1]
        return _picture(power, config.range_db, clip, hz)
    starts = equal_pieces(len(power), ROWS)
    hz = librosa.fft_frequencies(sr=clip.rate, n_fft=config.window)
    centers = np.add.reduceat(hz, starts) / np.diff(starts, append=len(power))
    return _picture(np.maximum.reduceat(power, starts, axis=0), config.range_db, clip, centers)


def scalogram(clip: Clip, wavelet: str) -> Picture:
    """The scalogram of a clip of at least one second: squared magnitudes of its continuous wavelet transform at 96
    scales, from 30 Hz to the highest frequency that the sample rate allows.

    A real wavelet gives stripes half a period apart.  The sample rate is halved from octave to octave, as long as a
    period keeps 16 samples.

    Raises ConfigError for a wavelet that is not in `wavelets.WAVELETS`.
    """
    if wavelet not in wavelets.WAVELETS:
        raise ConfigError(f"There is no wavelet {wavelet!r}; choose from {', '.join(wavelets.WAVELETS)}.")
    center = wavelets.center_frequency(wavelet)
    highest_hz = min(wavelets.SHANNON_CENTER / 2, center / _SHORTEST_SCALE) * clip.rate
    hz = np.geomspace(wavelets.LOWEST_HZ, highest_hz, _SCALES)
    samples, rate = clip.samples, float(clip.rate)
    rows = []
    for frequency in hz[::-1]:
        while rate / frequency >= 2 * _SAMPLES_PER_PERIOD and len(samples) >= 2 * COLUMNS:
            samples, rate = scipy.signal.resample_poly(samples, 1, 2).astype(np.float32), rate / 2
        kernel = wavelets.filter_kernel(wavelet, center * rate / frequency)
        filtered = scipy.signal.oaconvolve(samples, kernel, mode="same")
        power = librosa.util.abs2(filtered) * (clip.rate / rate)
        rows.append(np.maximum.reduceat(power, equal_pieces(len(power), COLUMNS)))
    return _picture(np.array(rows[::-1]), _SCALOGRAM_RANGE_DB, clip, hz)


def equal_pieces(n: int, most: int) -> np.ndarray:
    """The first index of each of at most `most` equal pieces of n samples."""
    pieces = min(n, most)
    return np.arange(pieces) * n // pieces


def _constant_q(clip: Clip, hop: int) -> tuple[np.ndarray, np.ndarray]:
    """Power, shape (bins, columns), and the frequency of each bin in Hz."""
    bins_per_octave = 12 * _BINS_PER_NOTE
    bins = bins_per_octave * int(np.log2(clip.rate / 2 / _LOWEST_NOTE_HZ))
    amplitude = np.abs(
        librosa.cqt(
            clip.samples,
            sr=clip.rate,
            hop_length=hop,
            fmin=_LOWEST_NOTE_HZ,
            n_bins=bins,
            bins_per_octave=bins_per_octave,
        )
    )
    hz = librosa.cqt_frequencies(bins, fmin=_LOWEST_NOTE_HZ, bins_per_octave=bins_per_octave)
    return amplitude**2, hz


def _picture(
    power: np.ndarray, range_db: int, clip: Clip, hz: np.ndarray, names: tuple[str, ...] | None = None
) -> Picture:
    """A picture of power, shape (rows, columns)."""
    power = np.maximum.reduceat(power, equal_pieces(power.shape[1], COLUMNS), axis=1)
    loudest = max(float(power.max()), _LEAST_POWER)
    below_db = 10 * np.log10(np.maximum(power / loudest, 10 ** (-range_db / 10)))
    level_db = np.round(below_db).astype(np.int8)
    names = names or tuple(f"{each:.1f} Hz" if each < 1000 else f"{each:.0f} Hz" for each in hz)
    return Picture(level_db, range_db, clip.duration_s, hz, names)
