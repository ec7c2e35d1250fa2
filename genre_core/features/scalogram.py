"""Scalograms: the continuous wavelet transform with the paper's Shannon wavelet, and its picture.

The paper's wavelet is psi(t) = 2 sinc(2t) - sinc(t).  PyWavelets has a complex one of the same band, `shan0.5-0.75`:
sqrt(0.5) sinc(0.5 t) exp(1.5 pi i t); psi is sqrt(2) times its real part (exact to 6e-16).  So the paper's transform
is sqrt(2) times the real part of the coefficients here, and their magnitude is its envelope.

The spectrum of psi is a box over an octave: at scale a (in samples) from 0.5 / a to 1 / a cycles per sample.  A row's
frequency is the middle, 0.75 / a; `pywt.scale2frequency` says 0.525 / a, the highest ripple of the wavelet cut off at
|t| = 20, at the box's lower edge.

Conventions: samples are mono float32 at 22 050 Hz; coefficients have shape (scales, n).
"""

from functools import lru_cache

import librosa
import numpy as np
import pywt
import scipy.fft

from genre_core.audio import SEGMENT_RATE as RATE
from genre_core.features import mel

VERSION = 1
"""Version of the recipe: raise it when a value changes, and every cache is computed anew."""

SCALES = 64
COLUMNS = 64
SHAPE = (SCALES, COLUMNS, 1)
RANGE_DB = mel.RANGE_DB
WAVELET = "shan0.5-0.75"
CENTER = 0.75  # cycles per unit of the wavelet's time; its octave is 0.5 to 1
CUT = 20.0  # where PyWavelets ends the wavelet
LOWEST_HZ = 30.0
HIGHEST_HZ = CENTER * RATE / 2  # 8269 Hz: the box ends at the Nyquist frequency

_PRECISION = 12
_LONGEST_STEP = 64
_BLOCK = 4  # scales a time: as many float32 transforms run side by side in SIMD registers, and fit in the cache


def shannon(times: np.ndarray) -> np.ndarray:
    """PyWavelets' `shan0.5-0.75` at the given times, complex128; sqrt(2) times its real part is the paper's wavelet."""
    return np.sqrt(0.5) * np.sinc(times / 2) * np.exp(2j * np.pi * CENTER * times)


def row_frequencies() -> np.ndarray:
    """The middle of each row's octave in Hz, rising by 9.3 % a row: shape (64,), float64."""
    return np.geomspace(LOWEST_HZ, HIGHEST_HZ, SCALES)


def row_scales() -> np.ndarray:
    """The scales of the rows in samples, falling from 551 to 2: shape (64,), float64."""
    return CENTER * RATE / row_frequencies()


def transform(samples: np.ndarray, scales: np.ndarray, *, precision: int = _PRECISION) -> np.ndarray:
    """The coefficients of `pywt.cwt(samples, scales, "shan0.5-0.75", method="fft")`, several times faster.

    Values are within 1e-4 of the greatest magnitude.  They are PyWavelets' with all that it does to the wavelet: it
    is cut off at |t| = 20 and read off a table of 2**precision points.  At the default of 12 a scale above 102 reads
    points more than once, which lets frequencies far outside of the octave in: on music the coefficients at 30 Hz are
    wrong by as much as they are large, and differ as much between float32 and float64 samples (PyWavelets makes the
    table in the samples' type, and so does this).  For values to rely on: float64 samples, precision 18.

    The wavelets' spectra are made once for a length and set of scales, then kept (40 MB for 64 scales of a segment).

    Parameters
    ----------
    samples : shape (n,), float32 or float64, finite.
    scales : shape (m,), in samples, 2 or more; the frequency is 0.75 times the rate over the scale.
    precision : as in `pywt.cwt`.

    Returns
    -------
    shape (m, n), complex64.
    """
    wavelets = _wavelet_spectra(len(samples), tuple(scales), samples.dtype.char, precision)
    n_fft = wavelets.shape[1]
    spectrum = scipy.fft.fft(samples.astype(np.float32), n=n_fft)
    coefficients = np.empty((len(wavelets), len(samples)), dtype=np.complex64)
    for first in range(0, len(wavelets), _BLOCK):
        block = scipy.fft.ifft(wavelets[first : first + _BLOCK] * spectrum, overwrite_x=True)
        coefficients[first : first + _BLOCK] = block[:, : len(samples)]
    return coefficients


@lru_cache(maxsize=1)
def _wavelet_spectra(n: int, scales: tuple[float, ...], dtype: str, precision: int) -> np.ndarray:
    """Spectra of the wavelets that PyWavelets convolves n samples with, shape (scales, n_fft), complex64.

    They are shifted so that the coefficients of the n samples stand first.
    """
    integral, times = pywt.integrate_wavelet(pywt.ContinuousWavelet(WAVELET), precision=precision)
    integral = np.conj(integral).astype(np.result_type(dtype, np.complex64)).astype(np.complex128)
    kernels = [_kernel(integral, times.astype(dtype), scale) for scale in scales]
    n_fft = scipy.fft.next_fast_len(n + max(len(kernel) for kernel in kernels) // 2 + 1)
    spectra = np.empty((len(scales), n_fft), dtype=np.complex64)
    for row, kernel in zip(spectra, kernels, strict=True):
        row[:] = _spectrum(kernel, (len(kernel) - 1) // 2, n_fft)
    return spectra


def _spectrum(kernel: np.ndarray, origin: int, n_fft: int) -> np.ndarray:
    """The spectrum of a kernel whose time 0 is at index `origin`, shape (n_fft,); what is longer is wrapped around."""
    line = np.zeros(n_fft, dtype=np.complex128)
    np.add.at(line, (np.arange(len(kernel)) - origin) % n_fft, kernel)
    return scipy.fft.fft(line)


def _kernel(integral: np.ndarray, times: np.ndarray, scale: float) -> np.ndarray:
    """The wavelet at a scale as `pywt.cwt` has it: the difference of its integral, read off a table."""
    steps = np.arange(scale * (times[-1] - times[0]) + 1) / (scale * (times[1] - times[0]))
    at = steps.astype(np.int64)
    return -np.sqrt(scale) * np.diff(integral[at[at < len(integral)]][::-1], prepend=0, append=0)


def picture(samples: np.ndarray) -> np.ndarray:
    """The scalogram of a piece of audio: mean squared magnitude of the coefficients in 64 columns of time.

    It is that of `transform` on float64 samples at precision 18, in a fraction of the time.  Where music fills the
    octaves, cells differ by less than half of one of the 256 steps on average; where an octave is nearly silent, the
    cell holds what the cut-off wavelet lets through of the others, and can differ by tens of steps.  At each scale
    only as many coefficients are computed as its octave calls for, and at least 16 a column.  (Sampling a signal less
    often folds its spectrum: the parts are added, and a short inverse transform is enough.)

    Parameters
    ----------
    samples : shape (n,), float32, finite, at 22 050 Hz; at least half a second.

    Returns
    -------
    shape (64, 64, 1), uint8, row 0 the lowest frequency, in dB below the loudest cell (see `mel.in_decibels`); zeros
    for silence.
    """
    wavelets = _real_spectra(len(samples))
    spectrum = scipy.fft.fft(mel.at_full_scale(samples), n=wavelets.shape[1])
    power = np.empty((SCALES, COLUMNS), dtype=np.float32)
    for row, (wavelet, step) in enumerate(zip(wavelets, _steps(len(samples)), strict=True)):
        folded = (wavelet * spectrum).reshape(step, -1).sum(axis=0)
        squares = librosa.util.abs2(scipy.fft.ifft(folded, overwrite_x=True)) / step**2
        edges = -(-np.arange(COLUMNS + 1) * len(samples) // (COLUMNS * step))
        power[row] = np.add.reduceat(squares[: edges[-1]], edges[:-1]) / np.diff(edges)
    return mel.in_decibels(power)


def _steps(n: int) -> list[int]:
    """Of the coefficients at each row's scale, one in how many is computed: a power of two, 2 to 64."""
    most = min(_LONGEST_STEP, n // (16 * COLUMNS))
    return [1 << max(1, int(np.log2(min(scale, most)))) for scale in row_scales()]


@lru_cache(maxsize=1)
def _real_spectra(n: int) -> np.ndarray:
    """Spectra of the rows' wavelets as PyWavelets cuts them off, shape (64, n_fft), float32: 21 MB for a segment.

    Centerd on 0, the wavelets have real spectra.
    """
    reach = int(CUT * row_scales()[0])
    n_fft = _LONGEST_STEP * scipy.fft.next_fast_len(-(-(n + reach) // _LONGEST_STEP))
    spectra = np.empty((SCALES, n_fft), dtype=np.float32)
    within_sample = (np.arange(16) + 0.5) / 16 - 0.5  # PyWavelets takes the mean over each sample
    for row, scale in zip(spectra, row_scales(), strict=True):
        reach = int(CUT * scale) + 1
        times = (np.arange(-reach, reach + 1)[:, np.newaxis] + within_sample) / scale
        kernel = np.where(np.abs(times) <= CUT, shannon(times), 0).mean(axis=1) / np.sqrt(scale)
        kernel[[1, -2]] -= kernel.sum() / 2  # PyWavelets has what the cut leaves of 0 Hz taken away at one end
        row[:] = _spectrum(kernel, reach, n_fft).real
    return spectra
