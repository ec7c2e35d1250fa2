"""Mel pictures: a segment's loudness in 64 bands of pitch over 64 columns of time.

Conventions: samples are mono float32 at 22 050 Hz; power has shape (rows, columns), row 0 the lowest band and column 0
the beginning; a picture is uint8 of shape (64, 64, 1), where 255 is the loudest cell and 0 lies 80 dB or more below it.
"""

import librosa
import numpy as np
import scipy.fft

from genre_core.audio import SEGMENT_RATE as RATE

VERSION = 1
"""Version of the recipe: raise it when a value changes, and every cache is computed anew."""

BANDS = 64
COLUMNS = 64
SHAPE = (BANDS, COLUMNS, 1)
RANGE_DB = 80.0
N_FFT = 2048

_HOP_ABOUT = N_FFT // 4  # every sample weighs the same in Hann windows a quarter apart
_window = librosa.filters.get_window("hann", N_FFT, fftbins=True).astype(np.float32)
_mel_filters = librosa.filters.mel(sr=RATE, n_fft=N_FFT, n_mels=BANDS)


def picture(samples: np.ndarray) -> np.ndarray:
    """The log-mel picture of a piece of audio.

    Whatever the length, a column is 1/64 of it: the mean power of the frames, about 512 samples apart (two a column
    in a 3-s segment), whose centers lie in it.  The bands are Slaney's, as `librosa.filters.mel` has them.

    Parameters
    ----------
    samples : shape (n,), float32, finite, at 22 050 Hz; at least half a second.

    Returns
    -------
    shape (64, 64, 1), uint8, in dB below the loudest cell (see `picture_of_power`); zeros for silence.
    """
    frames_per_column = max(1, round(len(samples) / (COLUMNS * _HOP_ABOUT)))
    n_frames = COLUMNS * frames_per_column
    starts = ((np.arange(n_frames) + 0.5) * len(samples) / n_frames).astype(np.int64)  # in the padded samples
    padded = np.pad(peak_normalized(samples), N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[starts] * _window
    power = librosa.util.abs2(scipy.fft.rfft(frames, axis=-1))
    columns = power.reshape(COLUMNS, frames_per_column, -1).mean(axis=1)
    return picture_of_power(_mel_filters @ columns.T)


def band_frequencies() -> np.ndarray:
    """Centers of the rows' bands in Hz, rising: shape (64,), float64."""
    return librosa.mel_frequencies(n_mels=BANDS + 2, fmin=0.0, fmax=RATE / 2)[1:-1]


def peak_normalized(samples: np.ndarray) -> np.ndarray:
    """The samples over their peak, float32, so that no gain is too small or too great to be squared."""
    peak = np.abs(samples).max(initial=0)
    return (samples / peak if peak > 0 else samples).astype(np.float32)


def picture_of_power(power: np.ndarray) -> np.ndarray:
    """Power, shape (rows, columns), as a picture, shape (rows, columns, 1), uint8.

    255 is the loudest cell; a step is 80 / 255 dB, and what lies 80 dB or more below is 0.  Without power, all
    is 0.
    """
    loudest = power.max()
    if loudest <= 0:
        return np.zeros((*power.shape, 1), dtype=np.uint8)
    decibels = 10 * np.log10(np.maximum(power / loudest, 10 ** (-RANGE_DB / 10)))
    return np.rint((1 + decibels / RANGE_DB) * 255).astype(np.uint8)[..., np.newaxis]
