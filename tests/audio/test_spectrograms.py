"""Spectrograms and scalograms of tones, clicks and songs with known content."""

from typing import Any

import numpy as np
import pytest

from genre_core.audio import Clip, spectrograms, synthesis, wavelets
from genre_core.audio.spectrograms import (
    COLUMNS,
    ROWS,
    SPECTROGRAM_KINDS,
    Picture,
    SpectrogramConfig,
    SpectrogramKind,
)
from genre_core.audio.wavelets import WAVELETS
from genre_core.errors import ConfigError

RATE = 22_050


def tone(hz: float, seconds: float = 4.0) -> Clip:
    return Clip(np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE).astype(np.float32), RATE)


def click(seconds: float = 4.0, at_s: float = 1.0) -> Clip:
    samples = np.zeros(round(seconds * RATE), np.float32)
    samples[round(at_s * RATE)] = 1
    return Clip(samples, RATE)


def loudest_row(picture: Picture) -> int:
    return int(picture.level_db.mean(axis=1).argmax())


def loudest_time_s(picture: Picture) -> float:
    levels = picture.level_db.astype(float).mean(axis=0)
    return float((levels.argmax() + 0.5) * picture.duration_s / len(levels))


@pytest.mark.parametrize("kind", SPECTROGRAM_KINDS)
@pytest.mark.parametrize("seconds", [4.0, 60.0])
def test_every_spectrogram_fits_a_figure(kind: SpectrogramKind, seconds: float) -> None:
    song = synthesis.song("shuffle").clip(seconds=seconds)
    picture = spectrograms.spectrogram(song, SpectrogramConfig(kind, range_db=70))
    assert picture.level_db.dtype == np.int8
    rows, columns = picture.level_db.shape
    assert rows <= ROWS and columns <= COLUMNS
    assert picture.level_db.max() == 0
    assert picture.level_db.min() >= -70
    assert picture.duration_s == pytest.approx(seconds)
    assert len(picture.row_names) == len(set(picture.row_names)) == rows
    assert len(picture.row_hz) == (0 if kind == "chroma" else rows)
    assert (np.diff(picture.row_hz) > 0).all()


@pytest.mark.parametrize("kind", ["linear", "mel", "constant-Q"])
@pytest.mark.parametrize("hz", [220.0, 1000.0, 4000.0])
def test_a_tone_is_loudest_in_the_row_of_its_frequency(kind: SpectrogramKind, hz: float) -> None:
    picture = spectrograms.spectrogram(tone(hz), SpectrogramConfig(kind))
    nearest = int(np.abs(picture.row_hz - hz).argmin())
    assert abs(loudest_row(picture) - nearest) <= 1


def test_a_tone_is_loudest_in_its_pitch_class() -> None:
    picture = spectrograms.spectrogram(tone(440), SpectrogramConfig("chroma", window=4096))
    assert picture.row_names[loudest_row(picture)] == "A"


@pytest.mark.parametrize("kind", ["linear", "mel"])
@pytest.mark.parametrize("hop", [128, 512])
def test_a_click_is_loudest_at_its_time(kind: SpectrogramKind, hop: int) -> None:
    picture = spectrograms.spectrogram(click(at_s=1.5), SpectrogramConfig(kind, window=512, hop=hop))
    assert loudest_time_s(picture) == pytest.approx(1.5, abs=0.04)


def test_a_longer_window_resolves_frequency_and_a_larger_range_shows_more() -> None:
    song = synthesis.song("adagio").clip(seconds=5)
    wide, narrow = (
        (spectrograms.spectrogram(tone(1000), SpectrogramConfig("linear", window=n)).level_db > -40).mean()
        for n in (512, 4096)
    )
    assert narrow < wide / 2
    small, large = (
        (spectrograms.spectrogram(song, SpectrogramConfig(range_db=n)).level_db > -n).mean() for n in (30, 90)
    )
    assert small < large


@pytest.mark.parametrize("wavelet", WAVELETS)
def test_a_scalogram_shows_a_tone_and_a_click(wavelet: str) -> None:
    for hz in (100.0, 1000.0):
        picture = spectrograms.scalogram(tone(hz), wavelet)
        assert picture.level_db.shape == (96, COLUMNS)
        row = loudest_row(picture)
        assert picture.row_hz[row] == pytest.approx(hz, rel=0.35)  # Shannon's band is an octave wide and flat
    assert loudest_time_s(spectrograms.scalogram(click(at_s=2.5), wavelet)) == pytest.approx(2.5, abs=0.02)


def test_the_shannon_scalogram_agrees_with_the_transform_at_full_rate() -> None:
    """Downsampling from octave to octave loses nothing."""
    song = synthesis.song("floorfiller").clip(seconds=3)
    picture = spectrograms.scalogram(song, wavelets.SHANNON)
    scales = wavelets.SHANNON_CENTER * RATE / picture.row_hz
    power = np.abs(wavelets.shannon_transform(song.samples.astype(np.float64), scales, precision=18)) ** 2
    starts = np.arange(COLUMNS) * power.shape[1] // COLUMNS
    level_db = 10 * np.log10(np.maximum.reduceat(power, starts, axis=1) / power.max())
    loud = level_db > -25
    assert np.abs(picture.level_db[loud] - level_db[loud]).mean() < 1


@pytest.mark.filterwarnings("ignore:n_fft=.* is too large")  # the constant-Q transform halves short clips
@pytest.mark.parametrize("clip", [Clip(np.zeros(4 * RATE, np.float32), RATE), tone(440, seconds=1.0)])
def test_silence_and_short_clips_have_spectrograms(clip: Clip) -> None:
    for kind in SPECTROGRAM_KINDS:
        assert spectrograms.spectrogram(clip, SpectrogramConfig(kind)).level_db.size
    assert spectrograms.scalogram(clip, "mexh").level_db.size


@pytest.mark.parametrize(
    "wrong", [{"kind": "bark"}, {"window": 1000}, {"hop": 100}, {"window": 512, "hop": 1024}, {"range_db": 500}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        SpectrogramConfig(**wrong)
    with pytest.raises(ConfigError, match="no wavelet 'haar'"):
        spectrograms.scalogram(tone(440), "haar")
