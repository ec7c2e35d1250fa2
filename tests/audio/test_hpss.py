"""Median filtering and harmonic masks, against SciPy and librosa."""

import librosa
import numpy as np
import pytest
import scipy.ndimage

from genre_core.audio.hpss import KERNEL, harmonic_mask, running_median


@pytest.mark.parametrize("shape", [(16, 1), (31, 64), (40, 65), (130, 200), (1025, 33)])
def test_running_median_equals_scipys_bit_for_bit(shape: tuple[int, int], rng: np.random.Generator) -> None:
    values = rng.exponential(size=shape).astype(np.float32)
    expected = scipy.ndimage.median_filter(values, (KERNEL, 1), mode="reflect")
    np.testing.assert_array_equal(running_median(values), expected)


def test_running_median_handles_ties_and_zeros(rng: np.random.Generator) -> None:
    values = rng.integers(0, 3, (200, 50)).astype(np.float32)
    expected = scipy.ndimage.median_filter(values, (5, 1), mode="reflect")
    np.testing.assert_array_equal(running_median(values, 5), expected)


@pytest.mark.parametrize(("rows", "size"), [(15, 31), (100, 4)])
def test_running_median_refuses_an_even_size_and_too_few_rows(rows: int, size: int) -> None:
    with pytest.raises(ValueError, match="odd size"):
        running_median(np.zeros((rows, 3), np.float32), size)


def test_harmonic_mask_equals_librosas(rng: np.random.Generator) -> None:
    magnitude = rng.exponential(size=(130, 1025)).astype(np.float32)
    magnitude[:, :100] = 0  # where both are silent the mask is one half
    expected = librosa.decompose.hpss(magnitude.T, mask=True)[0].T
    np.testing.assert_allclose(harmonic_mask(magnitude), expected, atol=1e-6)


def test_a_held_note_is_harmonic_and_a_click_percussive() -> None:
    magnitude = np.full((130, 1025), 1e-3, np.float32)
    magnitude[:, 300] = 1.0
    magnitude[60, :] = 1.0
    mask = harmonic_mask(magnitude)
    assert mask[20, 300] > 0.99
    assert mask[60, 700] < 0.01
