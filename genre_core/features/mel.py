"""Mel spectrograms as features: the level of a segment in 64 mel bands over 64 columns of time.

Conventions: samples are mono float32 at 22 050 Hz; power has shape (rows, columns), row 0 the lowest band and column 0
the start; a picture is uint8 of shape (64, 64, 1), where 255 is the loudest cell and 0 is 80 dB or more below it.
"""

import numpy as np

from genre_core.audio.clip import SEGMENT_RATE as RATE
from genre_core.features.spectra import hann_window, mel_filters, mel_frequencies

VERSION = 1
"""Version of the recipe.  Raise it when a value changes: every cached feature is then computed again."""

BANDS = 64
COLUMNS = 64
SHAPE = (BANDS, COLUMNS, 1)
RANGE_DB = 80.0
N_FFT = 2048

_APPROXIMATE_HOP = N_FFT // 4  # with Hann windows a quarter apart, every sample has the same weight
_window = hann_window(N_FFT).astype(np.float32)
_mel_filters = mel_filters(RATE, N_FFT, BANDS)


def picture(samples: np.ndarray) -> np.ndarray:
    """The log-mel spectrogram of a piece of audio.

    A column is 1/64 of the length, whatever that is: the mean power of the frames whose centers lie in it.  Frames are
    about 512 samples apart, two for each column of a 3-s segment.  The bands are Slaney's, from `spectra.mel_filters`.

    Parameters
    ----------
    samples : shape (n,), float32, finite, at 22 050 Hz; at least half a second.

    Returns
    -------
    shape (64, 64, 1), uint8, in dB below the loudest cell (see `picture_of_power`); zeros for silence.
    """
    frames_per_column = max(1, round(len(samples) / (COLUMNS * _APPROXIMATE_HOP)))
    n_frames = COLUMNS * frames_per_column
    starts = ((np.arange(n_frames) + 0.5) * len(samples) / n_frames).astype(np.int64)  # in the padded samples
    padded = np.pad(peak_normalized(samples), N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[starts] * _window
    spectra = np.fft.rfft(frames)
    power = spectra.real**2 + spectra.imag**2
    columns = power.reshape(COLUMNS, frames_per_column, -1).mean(axis=1)
    return picture_of_power(_mel_filters @ columns.T)


def band_frequencies() -> np.ndarray:
    """Center frequencies of the bands in Hz, rising: shape (64,), float64."""
    return mel_frequencies(BANDS + 2, RATE / 2)[1:-1]


def peak_normalized(samples: np.ndarray) -> np.ndarray:
    """The samples divided by their peak, float32, so that their squares neither vanish nor overflow."""
    peak = np.abs(samples).max(initial=0)
    return (samples / peak if peak > 0 else samples).astype(np.float32)


def picture_of_power(power: np.ndarray) -> np.ndarray:
    """Power, shape (rows, columns), as a picture in dB, shape (rows, columns, 1), uint8.

    255 is the loudest cell, a step is 80 / 255 dB, and 0 is 80 dB or more below the loudest cell.  Silence is 0.
    """
    loudest = power.max()
    if loudest <= 0:
        return np.zeros((*power.shape, 1), dtype=np.uint8)
    decibels = 10 * np.log10(np.maximum(power / loudest, 10 ** (-RANGE_DB / 10)))
    return np.rint((1 + decibels / RANGE_DB) * 255).astype(np.uint8)[..., np.newaxis]
