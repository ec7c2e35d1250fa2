"""What can be seen of a stretch of sound: its waveform, spectrogram and scalogram, its tempo and its beats.

Each is cut down to what a figure shows: at most COLUMNS columns of time and ROWS rows, the loudest of what falls into
a cell, so that a short stroke is still seen.

Conventions: clips are mono float32; times are in seconds from the beginning of the clip.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import librosa
import numpy as np
import pywt
import scipy.signal

from genre_core.audio import Clip
from genre_core.errors import ConfigError
from genre_core.features import scalogram

COLUMNS = 1000
ROWS = 256
SpectrogramKind = Literal["linear", "mel", "constant-Q", "chroma"]
SPECTROGRAM_KINDS: tuple[SpectrogramKind, ...] = get_args(SpectrogramKind)
WINDOWS = (512, 1024, 2048, 4096, 8192)
HOPS = (128, 256, 512, 1024)
LEAST_RANGE_DB, MOST_RANGE_DB = 20, 120
WAVELETS = {
    scalogram.WAVELET: "Shannon (the paper's)",
    "cmor1.5-1.0": "Morlet, complex",
    "cgau4": "Gaussian derivative, complex",
    "fbsp2-0.5-0.75": "B-spline, complex",
    "morl": "Morlet, real",
    "mexh": "Mexican hat",
    "gaus4": "Gaussian derivative, real",
}
"""The wavelets that there are, by the names that PyWavelets gives them."""

_MEL_BANDS = 128
_LOWEST_NOTE_HZ = 32.703  # C1
_BINS_A_NOTE = 2
_SCALES = 96
_SCALOGRAM_RANGE_DB = 60
_LEAST_POWER = 1e-10  # of the loudest cell; what is below is silence
_SAMPLES_A_WAVE = 16  # at least so many are kept of each wave, while a scalogram's octaves are halved
_SHORTEST_SCALE = 2.0  # samples
PITCHES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


@dataclass(frozen=True)
class SpectrogramConfig:
    """How a spectrogram is made; checks itself when made (ConfigError)."""

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
                f"A window has {WINDOWS[0]} to {WINDOWS[-1]} samples and a hop {HOPS[0]} to {HOPS[-1]}, powers of two, "
                "and no hop is longer than its window."
            )
        if not LEAST_RANGE_DB <= self.range_db <= MOST_RANGE_DB:
            raise ConfigError(f"The range of a spectrogram is {LEAST_RANGE_DB} to {MOST_RANGE_DB} dB.")


@dataclass(frozen=True, eq=False)
class Picture:
    """Levels over time and frequency."""

    level_db: np.ndarray
    """shape (rows, columns), int8: dB below the loudest cell, at least -range_db; row 0 is the lowest, and columns
    are equal pieces of time."""
    range_db: int
    duration_s: float
    """What all columns together last."""
    row_hz: np.ndarray
    """shape (rows,), float64, rising; empty for a chroma, whose rows are pitch classes."""
    row_names: tuple[str, ...]
    """What to call each row, no two alike: 440 Hz, or A."""


@dataclass(frozen=True, eq=False)
class Waveform:
    """The waveform, as drawn: the lowest and the highest sample of each of equal pieces."""

    lowest: np.ndarray
    """shape (columns,), float32."""
    highest: np.ndarray
    """shape (columns,), float32."""
    duration_s: float


@dataclass(frozen=True, eq=False)
class Beats:
    """The pulse of a stretch of sound."""

    tempo_bpm: float
    """0 where no pulse is heard."""
    times_s: np.ndarray
    """shape (beats,), float64."""


@dataclass(frozen=True, eq=False)
class ClipAnalysis:
    """All that is seen of one stretch of a song."""

    start_s: float
    """Where in its song the stretch begins."""
    waveform: Waveform
    beats: Beats
    spectrogram: Picture
    scalogram: Picture


def waveform(clip: Clip) -> Waveform:
    """The waveform of a clip of at least one sample."""
    starts = _starts(len(clip.samples), COLUMNS)
    lowest, highest = (extreme.reduceat(clip.samples, starts) for extreme in (np.minimum, np.maximum))
    return Waveform(lowest, highest, clip.duration_s)


def beats(clip: Clip) -> Beats:
    """Tempo and beats by dynamic programming over onset strength (Ellis, "Beat tracking by dynamic programming",
    Journal of New Music Research 2007), as librosa has it."""
    tempo, times_s = librosa.beat.beat_track(y=clip.samples, sr=clip.rate, units="time", trim=False)
    heard = len(times_s) > 1
    return Beats(float(np.atleast_1d(tempo)[0]) if heard else 0.0, times_s if heard else np.zeros(0))


def spectrogram(clip: Clip, config: SpectrogramConfig) -> Picture:
    """The spectrogram of a clip that lasts a second or more.

    linear: power of the short-time Fourier transform.  mel: 128 bands of it.  constant-Q: 24 bins an octave from C1 on
    (Schörkhuber and Klapuri, "Constant-Q transform toolbox for music processing", SMC 2010).  chroma: the twelve pitch
    classes, octaves joined.
    """
    if config.kind == "constant-Q":
        power, hz = _constant_q(clip, config.hop)
        return _picture(power, config.range_db, clip, hz)
    power = librosa.util.abs2(librosa.stft(clip.samples, n_fft=config.window, hop_length=config.hop))
    if config.kind == "chroma":
        power = librosa.feature.chroma_stft(S=power, sr=clip.rate, n_fft=config.window, tuning=0.0, norm=None)
        return _picture(power, config.range_db, clip, np.zeros(0), PITCHES)
    if config.kind == "mel":
        power = librosa.feature.melspectrogram(S=power, sr=clip.rate, n_mels=_MEL_BANDS)
        hz = librosa.mel_frequencies(_MEL_BANDS + 2, fmin=0, fmax=clip.rate / 2)[1:-1]
        return _picture(power, config.range_db, clip, hz)
    starts = _starts(len(power), ROWS)
    hz = librosa.fft_frequencies(sr=clip.rate, n_fft=config.window)
    middles = np.add.reduceat(hz, starts) / np.diff(starts, append=len(power))
    return _picture(np.maximum.reduceat(power, starts, axis=0), config.range_db, clip, middles)


def scalogram(clip: Clip, wavelet: str) -> Picture:
    """The continuous wavelet transform of a clip that lasts a second or more: squared magnitudes of the coefficients at
    96 scales, from 30 Hz to the highest that the rate allows for.

    A real wavelet gives stripes, half a wave apart.  Each octave is computed at a rate of its own, which is halved as
    long as a wave keeps 16 samples.

    Raises ConfigError for a wavelet that is not in WAVELETS.
    """
    if wavelet not in WAVELETS:
        raise ConfigError(f"There is no wavelet {wavelet!r} here; choose from {', '.join(WAVELETS)}.")
    center = scalogram.CENTER if wavelet == scalogram.WAVELET else pywt.central_frequency(wavelet, precision=12)
    hz = np.geomspace(scalogram.LOWEST_HZ, min(scalogram.CENTER / 2, center / _SHORTEST_SCALE) * clip.rate, _SCALES)
    samples, rate = clip.samples, float(clip.rate)
    rows = []
    for frequency in hz[::-1]:
        while rate / frequency >= 2 * _SAMPLES_A_WAVE and len(samples) >= 2 * COLUMNS:
            samples, rate = scipy.signal.resample_poly(samples, 1, 2).astype(np.float32), rate / 2
        filtered = scipy.signal.oaconvolve(samples, _kernel(wavelet, center * rate / frequency), mode="same")
        power = librosa.util.abs2(filtered) * (clip.rate / rate)
        rows.append(np.maximum.reduceat(power, _starts(len(power), COLUMNS)))
    return _picture(np.array(rows[::-1]), _SCALOGRAM_RANGE_DB, clip, hz)


def _kernel(wavelet: str, scale: float) -> np.ndarray:
    """The wavelet at a scale (in samples) as a filter: reversed, conjugate, without an offset and with unit power."""
    if wavelet == scalogram.WAVELET:
        reach = int(scalogram.CUT * scale)
        values = scalogram.shannon(np.arange(-reach, reach + 1) / scale)
    else:
        known = pywt.ContinuousWavelet(wavelet)
        values, _ = known.wavefun(length=int(scale * (known.upper_bound - known.lower_bound)) | 1)
    kernel = np.conj(values - values.mean())[::-1]
    kernel = kernel / np.sqrt(np.sum(librosa.util.abs2(kernel)))
    return kernel.astype(np.complex64 if np.iscomplexobj(kernel) else np.float32)


def _constant_q(clip: Clip, hop: int) -> tuple[np.ndarray, np.ndarray]:
    """Power, shape (bins, columns), and the frequency of each bin."""
    an_octave = 12 * _BINS_A_NOTE
    bins = an_octave * int(np.log2(clip.rate / 2 / _LOWEST_NOTE_HZ))
    amplitude = np.abs(
        librosa.cqt(
            clip.samples,
            sr=clip.rate,
            hop_length=hop,
            fmin=_LOWEST_NOTE_HZ,
            n_bins=bins,
            bins_per_octave=an_octave,
        )
    )
    hz = librosa.cqt_frequencies(bins, fmin=_LOWEST_NOTE_HZ, bins_per_octave=an_octave)
    return amplitude**2, hz


def _picture(
    power: np.ndarray, range_db: int, clip: Clip, hz: np.ndarray, names: tuple[str, ...] | None = None
) -> Picture:
    """A picture of power, shape (rows, columns)."""
    power = np.maximum.reduceat(power, _starts(power.shape[1], COLUMNS), axis=1)
    loudest = max(float(power.max()), _LEAST_POWER)
    below_db = 10 * np.log10(np.maximum(power / loudest, 10 ** (-range_db / 10)))
    level_db = np.round(below_db).astype(np.int8)
    names = names or tuple(f"{each:.1f} Hz" if each < 1000 else f"{each:.0f} Hz" for each in hz)
    return Picture(level_db, range_db, clip.duration_s, hz, names)


def _starts(n: int, most: int) -> np.ndarray:
    """Where each of at most `most` equal pieces of n begins."""
    pieces = min(n, most)
    return np.arange(pieces) * n // pieces
