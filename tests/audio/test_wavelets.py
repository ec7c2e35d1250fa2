"""The Shannon wavelet and its transform against PyWavelets."""

from pathlib import Path

import numpy as np
import pytest
import pywt

from genre_core import audio
from genre_core.audio import SEGMENT_RATE, SEGMENT_SAMPLES, synthesis, wavelets

SCALES = wavelets.SHANNON_CENTER * SEGMENT_RATE / np.geomspace(wavelets.LOWEST_HZ, 8000, 64)


def _difference(samples: np.ndarray, scales: np.ndarray, precision: int = 12) -> float:
    """The largest difference from PyWavelets, as a share of the greatest magnitude."""
    theirs, _ = pywt.cwt(samples, scales, "shan0.5-0.75", method="fft", precision=precision)
    ours = wavelets.shannon_transform(samples, scales, precision=precision)
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def test_the_papers_wavelet_is_sqrt_2_times_the_real_part_of_the_shannon_wavelet() -> None:
    psi, times = pywt.ContinuousWavelet("shan0.5-0.75").wavefun(12)
    papers = 2 * np.sinc(2 * times) - np.sinc(times)
    assert np.abs(np.sqrt(2) * psi.real - papers).max() < 1e-12
    assert np.abs(wavelets.shannon(times) - psi).max() < 1e-12


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_coefficients_equal_pywavelets_on_music(dtype: type) -> None:
    assert (
        _difference(synthesis.song("furnace").clip(seconds=3.0).samples[:SEGMENT_SAMPLES].astype(dtype), SCALES) < 1e-4
    )


@pytest.mark.parametrize("n", [500, 11_025, 30_011])
def test_coefficients_equal_pywavelets_on_noise_of_any_length(n: int, rng: np.random.Generator) -> None:
    samples = rng.normal(0, 0.1, n).astype(np.float32)
    assert _difference(samples, SCALES[::5]) < 1e-4
    assert _difference(samples.astype(np.float64), np.array([7.0, 2.0, 300.0]), precision=16) < 1e-4


def test_coefficients_equal_pywavelets_on_real_music(gtzan_mini: Path) -> None:
    samples = audio.load_audio(sorted(gtzan_mini.glob("*/*.wav"))[42]).samples[:SEGMENT_SAMPLES]
    assert _difference(samples, SCALES) < 1e-4


@pytest.mark.parametrize("wavelet", wavelets.WAVELETS)
def test_filter_kernels_have_zero_mean_and_unit_power(wavelet: str) -> None:
    kernel = wavelets.filter_kernel(wavelet, 50.0)
    assert abs(kernel.sum()) < 1e-3
    assert np.sum(np.abs(kernel) ** 2) == pytest.approx(1, rel=1e-4)
    spectrum = np.abs(np.fft.fft(kernel, 1 << 14))
    frequency = np.abs(np.fft.fftfreq(1 << 14))[spectrum > 0.5 * spectrum.max()]
    assert frequency.min() < wavelets.center_frequency(wavelet) / 50 < frequency.max()
