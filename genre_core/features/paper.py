"""The paper's 58 hand-crafted features, computed as in the Kaggle tables.

The values equal those of plain librosa calls (tests/naive_paper.py), at a fraction of the time.  One STFT serves every
feature.  The running medians of harmonic/percussive separation, which took 85 % of the time, are those of
`genre_core.audio.hpss`.  Of the harmonic and percussive signals only one is inverted: the masks are complementary, so
the other is the rest of the input.

Difference from the Kaggle tables: the four columns from harmonic/percussive separation differ by up to 0.025 standard
deviations on tracks whose length is not a multiple of 512 samples.  librosa before 0.9 left the samples after the last
whole hop silent (`fix_length(istft(...))`) and averaged over them; with those samples set to zero, the tables are
matched to 2e-6.  Here they keep their sound, as in later versions of librosa.

Conventions: samples are mono float32 at 22 050 Hz; spectra have shape (frames, bins).  Padding is "reflect" ("edge" for
zero crossings), as in librosa when the tables were made.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import scipy

from genre_core.audio import SEGMENT_RATE as RATE
from genre_core.audio.compilation import librosa
from genre_core.features.spectra import hann_window, mel_filters

VERSION = 1
"""Version of the recipe.  Raise it when a value changes: every cached feature is then computed again."""

N_FFT = 2048
HOP = 512
N_MFCC = 20

_SERIES = (
    "chroma_stft",
    "rms",
    "spectral_centroid",
    "spectral_bandwidth",
    "rolloff",
    "zero_crossing_rate",
    "harmony",
    "perceptr",
)

COLUMNS: tuple[str, ...] = (
    "length",
    *(f"{name}_{statistic}" for name in _SERIES for statistic in ("mean", "var")),
    "tempo",
    *(f"mfcc{i}_{statistic}" for i in range(1, N_MFCC + 1) for statistic in ("mean", "var")),
)
"""The columns in the order of features_3_sec.csv, without `filename` and `label`."""

LOG_COLUMNS = tuple(
    column
    for column in COLUMNS
    if column.endswith("_var") or column.startswith(("rms", "spectral", "rolloff", "zero")) or column == "tempo"
)
"""Columns that are never negative and skewed to the right, so that models use their logarithm."""

_ROLLOFF_SHARE = np.float32(0.85)
_PITCH_FLOOR = np.float32(0.1)  # relative to the loudest bin of a frame, as in librosa.piptrack
_PITCH_HZ = (150.0, 4000.0)
_SILENT_SAMPLE = 1e-10  # smaller samples have no sign, as in librosa.zero_crossings

_MEL_BANDS = 128

_frequencies = np.fft.rfftfreq(N_FFT, 1 / RATE)
_window = hann_window(N_FFT).astype(np.float32)
_mel_filters = mel_filters(RATE, N_FFT, _MEL_BANDS)
_first_pitch_bin, _end_pitch_bin = np.searchsorted(_frequencies, _PITCH_HZ)


def clip_features(samples: np.ndarray) -> np.ndarray:
    """The 58 features of a piece of audio, such as a segment or a whole track.

    Parameters
    ----------
    samples : shape (n,), float32, finite, at 22 050 Hz; at least a second.

    Returns
    -------
    shape (58,), float64, ordered as `COLUMNS`.
    """
    from genre_core.audio.hpss import harmonic_mask

    # librosa's own transform, not a faster one: in a pure tone nearly every bin holds nothing but rounding error,
    # and the bandwidth depends on exactly those bins.
    spectrum = librosa.stft(samples, n_fft=N_FFT, hop_length=HOP, pad_mode="reflect").T
    magnitude = np.abs(spectrum)
    power = magnitude**2
    mel_db = librosa.power_to_db(np.einsum("ft,mf->mt", power.T, _mel_filters, optimize=True))
    centroid, bandwidth, rolloff = _spectral_shape(magnitude)
    harmonic = _istft(spectrum * harmonic_mask(magnitude), len(samples))
    series = (
        _chroma(power),
        _rms(samples),
        centroid,
        bandwidth,
        rolloff,
        _zero_crossing_rate(samples),
        harmonic,
        samples - harmonic,
    )
    mfcc = librosa.feature.mfcc(S=mel_db, sr=RATE, n_mfcc=N_MFCC)
    return np.array(
        [len(samples), *_means_and_variances(series), _tempo(mel_db), *_means_and_variances(mfcc)],
        dtype=np.float64,
    )


def _means_and_variances(series: tuple[np.ndarray, ...] | np.ndarray) -> Iterator[float]:
    for values in series:
        yield values.mean()
        yield values.var()


def _istft(spectrum: np.ndarray, length: int) -> np.ndarray:
    """Samples, shape (length,), of a centered spectrogram: windowed overlap-add over the squared windows."""
    frames = scipy.fft.irfft(spectrum, n=N_FFT, axis=-1) * _window
    return _overlap_add(frames)[N_FFT // 2 :][:length] / _window_energy(len(frames))[N_FFT // 2 :][:length]


def _overlap_add(frames: np.ndarray) -> np.ndarray:
    """Sum of frames HOP apart, shape ((frames + N_FFT // HOP - 1) * HOP,)."""
    steps = N_FFT // HOP
    total = np.zeros((len(frames) + steps - 1, HOP), dtype=frames.dtype)
    for step in range(steps):
        total[step : step + len(frames)] += frames[:, step * HOP : (step + 1) * HOP]
    return total.ravel()


@lru_cache(maxsize=2)
def _window_energy(n_frames: int) -> np.ndarray:
    return _overlap_add(np.broadcast_to(_window**2, (n_frames, N_FFT)))


def _spectral_shape(magnitude: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centroid, bandwidth and 85 % roll-off of each frame in Hz, each of shape (frames,), float64."""
    from genre_core.features.paper_loops import rolloff_bins, spread

    total = magnitude.sum(axis=-1, dtype=np.float64)
    total[total < np.finfo(np.float32).tiny] = 1.0
    centroid = magnitude @ _frequencies / total
    # The variance about the centroid, not the mean of squares minus the squared mean: a pure tone has nearly none.
    bandwidth = np.sqrt(spread(magnitude, _frequencies, centroid) / total)
    return centroid, bandwidth, _frequencies[rolloff_bins(magnitude, _ROLLOFF_SHARE)]


def _rms(samples: np.ndarray) -> np.ndarray:
    """Root mean square of each frame, shape (frames,), float32."""
    padded = np.pad(samples, N_FFT // 2, mode="reflect")
    hops = padded[: len(padded) // HOP * HOP].reshape(-1, HOP)
    energy = np.einsum("ij,ij->i", hops, hops, dtype=np.float64)
    frames = np.convolve(energy, np.ones(N_FFT // HOP), mode="valid")
    return np.sqrt(frames / N_FFT).astype(np.float32)


def _zero_crossing_rate(samples: np.ndarray) -> np.ndarray:
    """Share of samples in each frame whose sign differs from the one before, shape (frames,)."""
    negative = np.pad(samples, N_FFT // 2, mode="edge") < -_SILENT_SAMPLE
    crossings = np.concatenate(([0], np.cumsum(negative[1:] != negative[:-1])))
    starts = np.arange(0, len(negative) - N_FFT + 1, HOP)
    return (crossings[starts + N_FFT - 1] - crossings[starts]) / N_FFT


def _chroma(power: np.ndarray) -> np.ndarray:
    """Energy of the 12 pitch classes, each frame scaled to a maximum of one: shape (12, frames), float32."""
    raw = np.einsum("cf,tf->ct", _chroma_filters(_tuning(power)), power, optimize=True)
    return librosa.util.normalize(raw, norm=np.inf, axis=0)


@lru_cache(maxsize=101)
def _chroma_filters(tuning: float) -> np.ndarray:
    return librosa.filters.chroma(sr=RATE, n_fft=N_FFT, tuning=tuning)


def _tuning(power: np.ndarray) -> float:
    """Deviation from A440 in semitones, to 0.01: librosa.estimate_tuning on a power spectrum."""
    from genre_core.features.paper_loops import spectral_peaks

    floor = _PITCH_FLOOR * power.max(axis=1)
    pitches, heights = spectral_peaks(power, floor, _first_pitch_bin, _end_pitch_bin, RATE / N_FFT)
    if len(pitches) == 0:
        return 0.0
    strong = pitches[heights >= np.median(heights)]
    return librosa.pitch_tuning(strong, resolution=0.01, bins_per_octave=12)


_TEMPOGRAM_FRAMES = int(8.0 * RATE / HOP)
_tempogram_window = hann_window(_TEMPOGRAM_FRAMES)


def _tempo(mel_db: np.ndarray) -> float:
    """Tempo in beats per minute from a mel spectrogram in dB, shape (bands, frames); 0 without any onset.

    It is the tempo of librosa.beat.beat_track, whose onset envelope is the median over the bands;
    librosa.feature.tempo uses the mean.  librosa inverts the autocorrelation of every frame and then averages.
    The inverse is linear, so here the mean comes first and one inverse suffices.
    """
    onset = librosa.onset.onset_strength(S=mel_db, sr=RATE, hop_length=HOP, aggregate=np.median)
    if not onset.any():
        return 0.0
    padded = np.pad(onset, _TEMPOGRAM_FRAMES // 2, mode="linear_ramp", end_values=(0, 0))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _TEMPOGRAM_FRAMES)[: len(onset)] * _tempogram_window
    energy = np.einsum("ij,ij->i", frames, frames)
    energy[energy < np.finfo(np.float64).tiny] = 1.0
    n = scipy.fft.next_fast_len(2 * _TEMPOGRAM_FRAMES - 1, real=True)
    mean_power = (librosa.util.abs2(scipy.fft.rfft(frames, n=n)) / energy[:, np.newaxis]).mean(axis=0)
    tempogram = scipy.fft.irfft(mean_power, n=n)[:_TEMPOGRAM_FRAMES, np.newaxis]
    return librosa.feature.tempo(tg=tempogram, sr=RATE, hop_length=HOP, aggregate=None).item()
