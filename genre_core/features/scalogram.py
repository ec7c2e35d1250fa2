"""Scalograms as features: a picture of a segment's wavelet transform, with the paper's Shannon wavelet.

`genre_core.audio.wavelets` describes the wavelet.  A row of the picture is a scale; the wavelet's spectrum covers an
octave at each scale, and the row is named by the middle of that octave.

Conventions: samples are mono float32 at 22 050 Hz.
"""

from functools import lru_cache

import numpy as np
import scipy

from genre_core.audio import SEGMENT_RATE as RATE
from genre_core.audio.compilation import librosa
from genre_core.audio.wavelets import LOWEST_HZ, SHANNON_CENTER, SHANNON_CUT, kernel_spectrum, shannon
from genre_core.features import mel

VERSION = 1
"""Version of the recipe.  Raise it when a value changes: every cached feature is then computed again."""

SCALES = 64
COLUMNS = 64
SHAPE = (SCALES, COLUMNS, 1)
RANGE_DB = mel.RANGE_DB
HIGHEST_HZ = SHANNON_CENTER * RATE / 2
"""8269 Hz: the octave of this row ends at the Nyquist frequency."""

_LONGEST_STEP = 64


def row_frequencies() -> np.ndarray:
    """The middle of each row's octave in Hz, rising by 9.3 % a row: shape (64,), float64."""
    return np.geomspace(LOWEST_HZ, HIGHEST_HZ, SCALES)


def row_scales() -> np.ndarray:
    """The scales of the rows in samples, falling from 551 to 2: shape (64,), float64."""
    return SHANNON_CENTER * RATE / row_frequencies()


def picture(samples: np.ndarray) -> np.ndarray:
    """The scalogram of a piece of audio: mean squared magnitude of the coefficients in 64 columns of time.

    It is that of `wavelets.shannon_transform` on float64 samples at precision 18, in a fraction of the time.  Where
    music fills the octaves, cells differ by less than half of one of the 256 steps on average; where an octave is
    nearly silent, the cell holds what the cut-off wavelet lets through of the others, and can differ by tens of
    steps.  At each scale only as many coefficients are computed as its octave requires, and at least 16 a column.
    (Subsampling a signal folds its spectrum: the folded pieces are added, and a short inverse transform suffices.)

    Parameters
    ----------
    samples : shape (n,), float32, finite, at 22 050 Hz; at least half a second.

    Returns
    -------
    shape (64, 64, 1), uint8, row 0 the lowest frequency, in dB below the loudest cell (see `mel.picture_of_power`);
    zeros for silence.
    """
    wavelets = _real_spectra(len(samples))
    spectrum = scipy.fft.fft(mel.peak_normalized(samples), n=wavelets.shape[1])
    power = np.empty((SCALES, COLUMNS), dtype=np.float32)
    for row, (wavelet, step) in enumerate(zip(wavelets, _steps(len(samples)), strict=True)):
        folded = (wavelet * spectrum).reshape(step, -1).sum(axis=0)
        squares = librosa.util.abs2(scipy.fft.ifft(folded, overwrite_x=True)) / step**2
        edges = -(-np.arange(COLUMNS + 1) * len(samples) // (COLUMNS * step))
        power[row] = np.add.reduceat(squares[: edges[-1]], edges[:-1]) / np.diff(edges)
    return mel.picture_of_power(power)


def _steps(n: int) -> list[int]:
    """For each row, the step between the coefficients that are computed: a power of two from 2 to 64."""
    longest = min(_LONGEST_STEP, n // (16 * COLUMNS))
    return [1 << max(1, int(np.log2(min(scale, longest)))) for scale in row_scales()]


@lru_cache(maxsize=1)
def _real_spectra(n: int) -> np.ndarray:
    """Spectra of the rows' wavelets, cut off as in PyWavelets: shape (64, n_fft), float32, 21 MB for a segment.

    The wavelets are centered on 0, so that their spectra are real.
    """
    reach = int(SHANNON_CUT * row_scales()[0])
    n_fft = _LONGEST_STEP * scipy.fft.next_fast_len(-(-(n + reach) // _LONGEST_STEP))
    spectra = np.empty((SCALES, n_fft), dtype=np.float32)
    within_sample = (np.arange(16) + 0.5) / 16 - 0.5  # PyWavelets takes the mean over each sample
    for row, scale in zip(spectra, row_scales(), strict=True):
        reach = int(SHANNON_CUT * scale) + 1
        times = (np.arange(-reach, reach + 1)[:, np.newaxis] + within_sample) / scale
        kernel = np.where(np.abs(times) <= SHANNON_CUT, shannon(times), 0).mean(axis=1) / np.sqrt(scale)
        kernel[[1, -2]] -= kernel.sum() / 2  # PyWavelets subtracts the offset that the cut leaves at one end
        row[:] = kernel_spectrum(kernel, reach, n_fft).real
    return spectra
