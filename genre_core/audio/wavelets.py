"""Wavelets: the paper's Shannon wavelet with its continuous transform, and the others of a scalogram for display.

The paper's wavelet is psi(t) = 2 sinc(2t) - sinc(t).  PyWavelets has a complex wavelet of the same band,
`shan0.5-0.75`: sqrt(0.5) sinc(0.5 t) exp(1.5 pi i t); psi is sqrt(2) times its real part (exact to 6e-16).  So the
paper's transform is sqrt(2) times the real part of the coefficients here, and their magnitude is its envelope.

The spectrum of psi is a box over an octave: at scale a (in samples) from 0.5 / a to 1 / a cycles per sample.  The
frequency of a scale is the middle, 0.75 / a.  `pywt.scale2frequency` says 0.525 / a: the highest ripple of the
wavelet cut off at |t| = 20, at the lower edge of the box.

Conventions: samples are mono; scales are in samples; coefficients have shape (scales, n).
"""

from functools import lru_cache

import numpy as np
import pywt
import scipy

SHANNON = "shan0.5-0.75"
WAVELETS = {
    SHANNON: "Shannon (the paper's)",
    "cmor1.5-1.0": "Morlet, complex",
    "cgau4": "Gaussian derivative, complex",
    "fbsp2-0.5-0.75": "B-spline, complex",
    "morl": "Morlet, real",
    "mexh": "Mexican hat",
    "gaus4": "Gaussian derivative, real",
}
"""Titles of the available wavelets by their names in PyWavelets."""

SHANNON_CENTER = 0.75
"""Center frequency in cycles per unit of the wavelet's time; its octave is 0.5 to 1."""
SHANNON_CUT = 20.0
"""PyWavelets cuts the Shannon wavelet off at this |t|."""
LOWEST_HZ = 30.0
"""Lowest frequency of scalograms."""

_PRECISION = 12
_BLOCK = 4  # scales a time: as many float32 transforms run side by side in SIMD registers, and fit in the cache


def shannon(times: np.ndarray) -> np.ndarray:
    """PyWavelets' `shan0.5-0.75` at the given times, complex128; sqrt(2) times its real part is the paper's wavelet."""
    return np.sqrt(0.5) * np.sinc(times / 2) * np.exp(2j * np.pi * SHANNON_CENTER * times)


def shannon_transform(samples: np.ndarray, scales: np.ndarray, *, precision: int = _PRECISION) -> np.ndarray:
    """The coefficients of `pywt.cwt(samples, scales, "shan0.5-0.75", method="fft")`, several times faster.

    Values are within 1e-4 of the greatest magnitude.  They reproduce what PyWavelets does to the wavelet: it is cut
    off at |t| = 20 and read from a table of 2**precision points.  At the default precision a scale above 102 reads
    points more than once, which lets frequencies far outside of the octave in: on music the coefficients at 30 Hz are
    wrong by as much as they are large, and differ as much between float32 and float64 samples (PyWavelets makes the
    table in the type of the samples, and so does this function).  For accurate values use float64 samples and
    precision 18.

    The spectra of the wavelets are cached for one length and set of scales (40 MB for 64 scales of a segment).

    Parameters
    ----------
    samples : shape (n,), float32 or float64, finite.
    scales : shape (m,), in samples, 2 or more; the frequency is 0.75 times the sample rate over the scale.
    precision : as in `pywt.cwt`.

    Returns
    -------
    shape (m, n), complex64.
    """
    wavelets = _table_spectra(len(samples), tuple(scales), samples.dtype.char, precision)
    n_fft = wavelets.shape[1]
    spectrum = scipy.fft.fft(samples.astype(np.float32), n=n_fft)
    coefficients = np.empty((len(wavelets), len(samples)), dtype=np.complex64)
    for first in range(0, len(wavelets), _BLOCK):
        block = scipy.fft.ifft(wavelets[first : first + _BLOCK] * spectrum, overwrite_x=True)
        coefficients[first : first + _BLOCK] = block[:, : len(samples)]
    return coefficients


def kernel_spectrum(kernel: np.ndarray, origin: int, n_fft: int) -> np.ndarray:
    """Spectrum, shape (n_fft,), of a kernel whose time 0 is at index `origin`; a longer kernel is wrapped around."""
    line = np.zeros(n_fft, dtype=np.complex128)
    np.add.at(line, (np.arange(len(kernel)) - origin) % n_fft, kernel)
    return scipy.fft.fft(line)


def center_frequency(wavelet: str) -> float:
    """The center frequency of one of WAVELETS in cycles per unit of its time."""
    return SHANNON_CENTER if wavelet == SHANNON else float(pywt.central_frequency(wavelet, precision=12))


def filter_kernel(wavelet: str, scale: float) -> np.ndarray:
    """One of WAVELETS at a scale as a filter: reversed, conjugate, with zero mean and unit power.

    Returns
    -------
    shape (taps,), complex64 for a complex wavelet and float32 for a real one.
    """
    if wavelet == SHANNON:
        reach = int(SHANNON_CUT * scale)
        values = shannon(np.arange(-reach, reach + 1) / scale)
    else:
        continuous = pywt.ContinuousWavelet(wavelet)
        values, _ = continuous.wavefun(length=int(scale * (continuous.upper_bound - continuous.lower_bound)) | 1)
    kernel = np.conj(values - values.mean())[::-1]
    kernel = kernel / np.sqrt(np.sum(kernel.real**2 + kernel.imag**2))
    return kernel.astype(np.complex64 if np.iscomplexobj(kernel) else np.float32)


@lru_cache(maxsize=1)
def _table_spectra(n: int, scales: tuple[float, ...], dtype: str, precision: int) -> np.ndarray:
    """Spectra of the wavelets that PyWavelets convolves n samples with, shape (scales, n_fft), complex64.

    They are shifted so that the coefficients of the n samples come first.
    """
    integral, times = pywt.integrate_wavelet(pywt.ContinuousWavelet(SHANNON), precision=precision)
    integral = np.conj(integral).astype(np.result_type(dtype, np.complex64)).astype(np.complex128)
    kernels = [_table_kernel(integral, times.astype(dtype), scale) for scale in scales]
    n_fft = scipy.fft.next_fast_len(n + max(len(kernel) for kernel in kernels) // 2 + 1)
    spectra = np.empty((len(scales), n_fft), dtype=np.complex64)
    for row, kernel in zip(spectra, kernels, strict=True):
        row[:] = kernel_spectrum(kernel, (len(kernel) - 1) // 2, n_fft)
    return spectra


def _table_kernel(integral: np.ndarray, times: np.ndarray, scale: float) -> np.ndarray:
    """The wavelet at a scale as in `pywt.cwt`: the difference of its integral, read from a table."""
    steps = np.arange(scale * (times[-1] - times[0]) + 1) / (scale * (times[1] - times[0]))
    at = steps.astype(np.int64)
    return -np.sqrt(scale) * np.diff(integral[at[at < len(integral)]][::-1], prepend=0, append=0)
