"""Mel spectrograms of signals with known content."""

from pathlib import Path

import librosa
import numpy as np
import pytest

from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.features import mel

_time = np.arange(SEGMENT_SAMPLES) / mel.RATE


def _music() -> np.ndarray:
    return synthesis.song("furnace").clip(seconds=3.0).samples[:SEGMENT_SAMPLES]


def test_band_frequencies_rise() -> None:
    frequencies = mel.band_frequencies()
    assert frequencies.shape == (mel.SHAPE[0],)
    assert np.all(np.diff(frequencies) > 0)
    assert 0 < frequencies[0] < 100
    assert 10_000 < frequencies[-1] < mel.RATE / 2


@pytest.mark.parametrize("row", [3, 20, 40, 60])
def test_a_tone_is_brightest_in_the_row_of_its_frequency(row: int) -> None:
    tone = np.sin(2 * np.pi * mel.band_frequencies()[row] * _time).astype(np.float32)
    picture = mel.picture(tone)[..., 0]
    assert (picture[:, 1:-1].argmax(axis=0) == row).all()
    assert picture[row].min() > 250


def test_a_click_is_a_line_at_its_time() -> None:
    samples = np.zeros(SEGMENT_SAMPLES, dtype=np.float32)
    samples[int(40.5 / 64 * SEGMENT_SAMPLES)] = 1
    picture = mel.picture(samples)[..., 0]
    assert (picture.argmax(axis=1) == 40).all()
    assert not picture[:, :38].any()
    assert not picture[:, 43:].any()


def test_a_step_of_20_db_is_a_quarter_of_the_range() -> None:
    tone = np.sin(2 * np.pi * 1000 * _time) * np.where(_time < 1.5, 1, 0.1)
    row = mel.picture(tone.astype(np.float32))[..., 0].max(axis=0)
    assert row[10] == 255
    assert row[50] == pytest.approx(255 * (1 - 20 / mel.RANGE_DB), abs=1)


def test_silence_is_black() -> None:
    assert not mel.picture(np.zeros(SEGMENT_SAMPLES, dtype=np.float32)).any()


@pytest.mark.parametrize("gain", [1e-30, 1e-3, 100.0])
def test_gain_does_not_matter(gain: float) -> None:
    difference = mel.picture(_music()).astype(int) - mel.picture(_music() * np.float32(gain))
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("n", [11_025, 11_026, 30_011, SEGMENT_SAMPLES, 200_003])
def test_any_length_gives_a_picture_of_the_same_shape(n: int, rng: np.random.Generator) -> None:
    picture = mel.picture(rng.normal(0, 0.1, n).astype(np.float32))
    assert picture.shape == mel.SHAPE
    assert picture.dtype == np.uint8
    assert picture.max() == 255
    assert picture.min() > 100  # noise fills every cell


def test_the_picture_equals_librosas_on_real_music(gtzan_mini: Path) -> None:
    samples = audio.load_audio(sorted(gtzan_mini.glob("*/*.wav"))[42]).samples[:SEGMENT_SAMPLES]
    power = librosa.feature.melspectrogram(
        y=samples, sr=mel.RATE, n_fft=mel.N_FFT, hop_length=517, n_mels=64, pad_mode="reflect"
    )
    theirs = librosa.power_to_db(power, ref=np.max, top_db=mel.RANGE_DB)
    ours = mel.picture(samples)[..., 0] * (mel.RANGE_DB / 255) - mel.RANGE_DB
    # librosa's frames are half a hop away from ours, so the levels of the bands are compared over time.
    assert np.abs(ours.mean(axis=1) - theirs.mean(axis=1)).max() < 3
    assert np.corrcoef(ours.mean(axis=1), theirs.mean(axis=1))[0, 1] > 0.995
