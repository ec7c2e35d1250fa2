"""Recording quality: the measures on signals with known faults, and on real music."""

from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from genre_core import audio
from genre_core.audio import Clip, quality, synthesis
from genre_core.audio.augmentation.hum import Hum
from genre_core.prediction import reliability

RATE = audio.SEGMENT_RATE


def clip(samples: np.ndarray) -> Clip:
    return Clip(samples.astype(np.float32), RATE)


def test_silent_share_is_a_share_of_the_time(rng: np.random.Generator) -> None:
    samples = rng.standard_normal(10 * RATE) * 0.1
    samples[: 3 * RATE] = 0
    assert quality.silent_share(clip(samples)) == pytest.approx(0.3, abs=0.01)


def test_near_peak_share_of_noise_a_sine_and_a_square_wave(rng: np.random.Generator) -> None:
    assert quality.near_peak_share(clip(rng.standard_normal(10 * RATE))) == pytest.approx(0.005, abs=0.001)
    times = np.arange(RATE) / RATE
    assert quality.near_peak_share(clip(np.sin(2 * np.pi * 443 * times))) == pytest.approx(0.354, abs=0.01)
    assert quality.near_peak_share(clip(np.sign(np.sin(2 * np.pi * 441 * times)))) > 0.95


def test_clipping_is_found_at_any_level_and_sample_rate(gtzan_mini: Path) -> None:
    for path in sorted(gtzan_mini.glob("*/*.wav"))[::9]:
        samples = audio.load_audio(path).samples
        assert quality.near_peak_share(clip(samples)) < 0.02
        loud = np.clip(10 * samples / np.abs(samples).max(), -1, 1)
        resampled = scipy.signal.resample_poly(np.repeat(loud, 2), 1, 2)
        assert quality.near_peak_share(clip(loud)) > reliability.FLAT_SHARE
        assert quality.near_peak_share(clip(0.3 * loud)) > reliability.FLAT_SHARE
        assert quality.near_peak_share(clip(resampled)) > 0.02  # ringing spreads the peaks, so the share is lower


@pytest.mark.parametrize("cutoff_hz", [3000, 5500, 8000])
def test_the_bandwidth_of_low_passed_music(cutoff_hz: float) -> None:
    noise = np.random.default_rng(0).standard_normal(12 * RATE)
    samples = synthesis.song("furnace").clip(seconds=12).samples + 0.003 * noise
    assert quality.limited_bandwidth_hz(clip(samples)) is None
    sos = scipy.signal.ellip(12, 0.1, 90, cutoff_hz, fs=RATE, output="sos")
    found = quality.limited_bandwidth_hz(clip(scipy.signal.sosfiltfilt(sos, samples)))
    assert found == pytest.approx(cutoff_hz, abs=300)


def test_music_moves_more_than_noise_and_tones(gtzan_mini: Path, rng: np.random.Generator) -> None:
    times = np.arange(10 * RATE) / RATE
    assert quality.movement_db(clip(np.sin(2 * np.pi * 440 * times))) < 0.1
    assert quality.movement_db(clip(rng.standard_normal(10 * RATE))) == pytest.approx(1.5, abs=0.2)
    for path in sorted(gtzan_mini.glob("*/*.wav"))[::7]:
        assert quality.movement_db(audio.load_audio(path)) > 1.3 * reliability.STEADY_DB


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
@pytest.mark.parametrize("level_db", [-15, -10, 0])
@pytest.mark.parametrize("name", ["adagio", "floorfiller", "shuffle"])
def test_a_strong_hum_is_found(mains_hz: float, level_db: float, name: str, rng: np.random.Generator) -> None:
    song = synthesis.song(name).clip(seconds=15)
    assert quality.mains_hum_hz(song) is None
    for level in (1.0, 0.01):
        assert quality.mains_hum_hz(clip(level * Hum(mains_hz, level_db).apply(song.samples, rng))) == mains_hz
    assert quality.mains_hum_hz(clip(Hum(mains_hz, -40).apply(song.samples, rng))) is None


def test_hum_of_a_frequency_of_no_mains_is_music(rng: np.random.Generator) -> None:
    song = synthesis.song("floorfiller").clip(seconds=15).samples
    for note_hz in (49.0, 55.0, 61.7):
        assert quality.mains_hum_hz(clip(Hum(note_hz, -5).apply(song, rng))) is None


def test_tones_noise_and_silence_are_no_hum(rng: np.random.Generator) -> None:
    times = np.arange(10 * RATE) / RATE
    assert quality.mains_hum_hz(clip(np.sin(2 * np.pi * 60 * times))) is None  # without harmonics
    assert quality.mains_hum_hz(clip(rng.standard_normal(10 * RATE))) is None
    assert quality.mains_hum_hz(clip(np.zeros(10 * RATE))) is None
    assert quality.mains_hum_hz(clip(np.ones(RATE))) is None  # shorter than a frame


def test_real_music_has_no_hum(gtzan_mini: Path) -> None:
    assert not any(quality.mains_hum_hz(audio.load_audio(path)) for path in sorted(gtzan_mini.glob("*/*.wav"))[::5])
