"""Windows, mel filters and mel spectrograms: those of librosa, bit for bit.

librosa has them too, but loads numba with them, which takes a second in every new process that predicts a song.
"""

from functools import cache

import numpy as np

_LINEAR_HZ_PER_MEL = 200 / 3
_LOG_FROM_HZ = 1000.0
_LOG_STEP = np.log(6.4) / 27  # the scale is logarithmic above 1 kHz
_BLOCK_FRAMES = 4096


@cache
def hann_window(size: int) -> np.ndarray:
    """A periodic Hann window, shape (size,), float64."""
    window: np.ndarray = (0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, size + 1)))[:-1]
    return window


def mel_frequencies(count: int, highest_hz: float) -> np.ndarray:
    """Frequencies in Hz from 0 to the highest, evenly spaced on the mel scale: shape (count,), float64.

    The scale is that of M. Slaney, "Auditory Toolbox", Interval Research Corporation, Technical Report 1998-010.
    """
    log_from_mel = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL
    highest_mel = (
        log_from_mel + np.log(highest_hz / _LOG_FROM_HZ) / _LOG_STEP
        if highest_hz >= _LOG_FROM_HZ
        else highest_hz / _LINEAR_HZ_PER_MEL
    )
    mels = np.linspace(0.0, highest_mel, count)
    hz = _LINEAR_HZ_PER_MEL * mels
    is_log = mels >= log_from_mel
    hz[is_log] = _LOG_FROM_HZ * np.exp(_LOG_STEP * (mels[is_log] - log_from_mel))
    return hz


@cache
def mel_filters(rate: int, n_fft: int, bands: int) -> np.ndarray:
    """Triangular filters from a power spectrum to mel bands, each of the same area: shape (bands, bins), float32."""
    edges_hz = mel_frequencies(bands + 2, rate / 2)
    widths_hz = np.diff(edges_hz)[:, np.newaxis]
    distances_hz = np.subtract.outer(edges_hz, np.fft.rfftfreq(n_fft, 1 / rate))
    rising, falling = -distances_hz[:-2] / widths_hz[:-1], distances_hz[2:] / widths_hz[1:]
    filters = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    filters *= (2.0 / (edges_hz[2:] - edges_hz[:-2]))[:, np.newaxis]
    return filters


def mel_spectrogram(padded: np.ndarray, rate: int, n_fft: int, hop: int, bands: int) -> np.ndarray:
    """The power in mel bands over time, as by `librosa.feature.melspectrogram`: shape (bands, frames), float32.

    Parameters
    ----------
    padded : shape (n,), float32, at `rate`: the samples, with half of `n_fft` before and after them.
    """
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    power = np.empty((n_fft // 2 + 1, len(frames)), dtype=np.float32)
    for start in range(0, len(frames), _BLOCK_FRAMES):  # of bounded memory
        windowed = frames[start : start + _BLOCK_FRAMES] * hann_window(n_fft)
        spectra = np.fft.rfft(windowed).astype(np.complex64)
        power[:, start : start + _BLOCK_FRAMES] = np.abs(spectra.T) ** 2
    mel: np.ndarray = np.einsum("ft,mf->mt", power, mel_filters(rate, n_fft, bands), optimize=True)
    return mel
