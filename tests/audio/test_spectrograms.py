"""What is seen of a sound says what the sound is: on tones, clicks and songs whose answer is known."""

import numpy as np
import pytest

from genre_core.audio import Clip, spectrograms, synthesis
from genre_core.audio.spectrograms import COLUMNS, ROWS, SPECTROGRAM_KINDS, WAVELETS, Picture, SpectrogramConfig
from genre_core.errors import ConfigError
from genre_core.features import scalogram

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
def test_every_picture_fits_a_figure(kind, seconds: float) -> None:
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
def test_a_tone_is_the_row_of_its_frequency(kind, hz: float) -> None:
    picture = spectrograms.spectrogram(tone(hz), SpectrogramConfig(kind))
    nearest = int(np.abs(picture.row_hz - hz).argmin())
    assert abs(loudest_row(picture) - nearest) <= 1


def test_a_tone_is_its_pitch_class() -> None:
    picture = spectrograms.spectrogram(tone(440), SpectrogramConfig("chroma", window=4096))
    assert picture.row_names[loudest_row(picture)] == "A"


@pytest.mark.parametrize("kind", ["linear", "mel"])
@pytest.mark.parametrize("hop", [128, 512])
def test_a_click_stands_at_its_time(kind, hop: int) -> None:
    picture = spectrograms.spectrogram(click(at_s=1.5), SpectrogramConfig(kind, window=512, hop=hop))
    assert loudest_time_s(picture) == pytest.approx(1.5, abs=0.04)


def test_a_longer_window_is_finer_in_frequency_and_a_larger_range_shows_more() -> None:
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


def test_the_papers_scalogram_is_that_of_its_transform() -> None:
    """Octaves at rates of their own lose nothing: the pictures agree with the transform of features.scalogram."""
    song = synthesis.song("floorfiller").clip(seconds=3)
    picture = spectrograms.scalogram(song, scalogram.WAVELET)
    scales = scalogram.CENTER * RATE / picture.row_hz
    power = np.abs(scalogram.transform(song.samples.astype(np.float64), scales, precision=18)) ** 2
    starts = np.arange(COLUMNS) * power.shape[1] // COLUMNS
    level_db = 10 * np.log10(np.maximum.reduceat(power, starts, axis=1) / power.max())
    loud = level_db > -25
    assert np.abs(picture.level_db[loud] - level_db[loud]).mean() < 1


@pytest.mark.parametrize("clip", [Clip(np.zeros(4 * RATE, np.float32), RATE), tone(440, seconds=1.0)])
def test_silence_and_short_sound_are_seen_too(clip: Clip) -> None:
    for kind in SPECTROGRAM_KINDS:
        assert spectrograms.spectrogram(clip, SpectrogramConfig(kind)).level_db.size
    assert spectrograms.scalogram(clip, "mexh").level_db.size
    assert np.isfinite(spectrograms.waveform(clip).highest).all()
    assert spectrograms.beats(clip).tempo_bpm == 0


def test_the_beat_of_a_metronome() -> None:
    samples = np.zeros(20 * RATE, np.float32)
    strike = np.exp(-np.arange(2000) / 200) * np.sin(np.arange(2000) * 0.4)
    for start in range(0, len(samples) - 2000, RATE // 2):
        samples[start : start + 2000] = strike
    pulse = spectrograms.beats(Clip(samples, RATE))
    assert pulse.tempo_bpm == pytest.approx(120, rel=0.03)
    distance_s = np.abs(pulse.times_s[:, None] - np.arange(0, 20, 0.5)).min(axis=1)
    assert np.median(distance_s) < 0.03


def test_the_wave_touches_every_extreme() -> None:
    song = synthesis.song("furnace").clip(seconds=10)
    wave = spectrograms.waveform(song)
    assert wave.highest.max() == song.samples.max()
    assert wave.lowest.min() == song.samples.min()
    assert (wave.lowest <= wave.highest).all()
    assert len(wave.highest) == COLUMNS


@pytest.mark.parametrize(
    "wrong", [{"kind": "bark"}, {"window": 1000}, {"hop": 100}, {"window": 512, "hop": 1024}, {"range_db": 500}]
)
def test_settings_outside_their_range(wrong: dict) -> None:
    with pytest.raises(ConfigError):
        SpectrogramConfig(**wrong)
    with pytest.raises(ConfigError, match="no wavelet 'haar'"):
        spectrograms.scalogram(tone(440), "haar")
