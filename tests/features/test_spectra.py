"""Windows and mel filters against librosa's."""

import librosa
import numpy as np
import pytest

from genre_core.features.spectra import hann_window, mel_filters, mel_frequencies, mel_spectrogram


@pytest.mark.parametrize("size", [512, 2048, 7])
def test_the_window_is_that_of_librosa(size: int) -> None:
    np.testing.assert_array_equal(hann_window(size), librosa.filters.get_window("hann", size, fftbins=True))


@pytest.mark.parametrize(("rate", "n_fft", "bands"), [(16_000, 512, 96), (22_050, 2048, 64), (22_050, 2048, 128)])
def test_the_filters_are_those_of_librosa(rate: int, n_fft: int, bands: int) -> None:
    filters = mel_filters(rate, n_fft, bands)
    assert filters.dtype == np.float32
    np.testing.assert_array_equal(filters, librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=bands))


@pytest.mark.parametrize("highest_hz", [11_025.0, 500.0])
def test_the_frequencies_are_those_of_librosa(highest_hz: float) -> None:
    expected = librosa.mel_frequencies(66, fmin=0.0, fmax=highest_hz)
    np.testing.assert_array_equal(mel_frequencies(66, highest_hz), expected)


def test_the_mel_spectrogram_equals_librosas(rng: np.random.Generator) -> None:
    samples = rng.normal(0, 0.1, 66_149).astype(np.float32)
    theirs = librosa.feature.melspectrogram(
        y=samples, sr=22_050, n_fft=2048, hop_length=512, n_mels=128, pad_mode="constant"
    )
    ours = mel_spectrogram(np.pad(samples, 1024), 22_050, 2048, 512, 128)
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
