"""Scalograms of signals with known content, and against PyWavelets."""

from pathlib import Path

import numpy as np
import pytest
import pywt

from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.features import mel, scalogram

SCALES = scalogram.row_scales()
_time = np.arange(SEGMENT_SAMPLES) / scalogram.RATE


def _music(name: str = "furnace") -> np.ndarray:
    return synthesis.song(name).clip(seconds=3.0).samples[:SEGMENT_SAMPLES]


def _pywavelets_picture(samples: np.ndarray) -> np.ndarray:
    coefficients, _ = pywt.cwt(samples.astype(np.float64), SCALES, "shan0.5-0.75", method="fft", precision=18)
    edges = np.ceil(np.arange(65) * len(samples) / 64).astype(int)
    power = np.add.reduceat(np.abs(coefficients) ** 2, edges[:-1], axis=1) / np.diff(edges)
    return mel.picture_of_power(power)


def test_row_frequencies_rise() -> None:
    frequencies = scalogram.row_frequencies()
    assert frequencies.shape == (scalogram.SHAPE[0],)
    assert np.all(np.diff(frequencies) > 0)
    assert SCALES[-1] == pytest.approx(2)


@pytest.mark.parametrize("row", [10, 30, 50])
def test_a_tone_is_bright_in_the_rows_whose_octave_contains_it(row: int) -> None:
    frequency = scalogram.row_frequencies()[row]
    tone = np.sin(2 * np.pi * frequency * _time).astype(np.float32)
    picture = scalogram.picture(tone)[:, 20:44, 0]
    bottoms, tops = scalogram.row_frequencies() * 2 / 3, scalogram.row_frequencies() * 4 / 3
    inside = (bottoms * 1.05 < frequency) & (frequency < tops / 1.05)
    outside = (frequency < bottoms / 1.05) | (tops * 1.05 < frequency)
    assert inside[row]
    assert picture[inside].min() > 255 * (1 - 6 / scalogram.RANGE_DB)
    assert picture[outside].max() < 255 * (1 - 15 / scalogram.RANGE_DB)


def test_a_click_is_a_line_at_its_time() -> None:
    samples = np.zeros(SEGMENT_SAMPLES, dtype=np.float32)
    samples[int(40.5 / 64 * SEGMENT_SAMPLES)] = 1
    picture = scalogram.picture(samples)[..., 0]
    assert (picture.argmax(axis=1) == 40).all()
    assert picture[30:, :38].max() < 255 / 4  # the higher the frequency, the narrower
    assert picture[30:, 43:].max() < 255 / 4


def test_silence_is_black() -> None:
    assert not scalogram.picture(np.zeros(SEGMENT_SAMPLES, dtype=np.float32)).any()


@pytest.mark.parametrize("gain", [1e-30, 1e-3, 100.0])
def test_gain_does_not_matter(gain: float) -> None:
    difference = scalogram.picture(_music()).astype(int) - scalogram.picture(_music() * np.float32(gain))
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("n", [11_025, 11_026, 30_011, SEGMENT_SAMPLES, 200_003])
def test_any_length_gives_a_picture_of_the_same_shape(n: int, rng: np.random.Generator) -> None:
    picture = scalogram.picture(rng.normal(0, 0.1, n).astype(np.float32))
    assert picture.shape == scalogram.SHAPE
    assert picture.dtype == np.uint8
    assert picture.max() == 255
    assert picture.min() > 100  # noise fills every cell


@pytest.mark.parametrize("name, steps", [("furnace", 0.5), ("shuffle", 0.5), ("adagio", 4)])
def test_the_picture_equals_that_of_pywavelets_coefficients(name: str, steps: float) -> None:
    # The strings of "adagio" leave the highest octaves nearly silent; there the cut of the wavelet makes a difference.
    difference = np.abs(scalogram.picture(_music(name)).astype(int) - _pywavelets_picture(_music(name)))
    assert difference.mean() < steps


def test_the_picture_equals_that_of_pywavelets_on_real_music(gtzan_mini: Path) -> None:
    samples = audio.load_audio(sorted(gtzan_mini.glob("*/*.wav"))[42]).samples[:SEGMENT_SAMPLES]
    assert np.abs(scalogram.picture(samples).astype(int) - _pywavelets_picture(samples)).mean() < 1
