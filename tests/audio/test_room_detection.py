"""Room detection: the measures on sounds whose values are known, and real music as it is and in simulated rooms."""

from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import soxr

from genre_core import audio
from genre_core.audio import Clip, room_detection, synthesis
from genre_core.audio.augmentation import augment, augmentation_seed
from genre_core.datasets import gtzan

RATE = audio.SEGMENT_RATE


def measured(samples: np.ndarray, rate: int = RATE) -> dict[str, float]:
    values = room_detection.measures(Clip(samples.astype(np.float32), rate))
    return dict(zip(room_detection.MEASURES, values.tolist(), strict=True))


def bursts(rng: np.random.Generator, fading_s: float) -> np.ndarray:
    """Noise that starts every second and falls by 60 dB within `fading_s`, down to -80 dB."""
    times = np.arange(10 * RATE) % RATE / RATE
    return rng.standard_normal(10 * RATE) * np.maximum(10 ** (-3 * times / fading_s), 1e-4)


@pytest.mark.parametrize("fading_s", [0.4, 0.6, 1.0])
def test_the_fall_is_that_of_the_reverberation(fading_s: float, rng: np.random.Generator) -> None:
    found = measured(bursts(rng, fading_s))
    assert found["fall_in_100_ms"] == pytest.approx(60 * 0.1 / fading_s, abs=4.5)  # noise adds to the steepest falls
    assert found["fall_in_30_ms"] == pytest.approx(60 * 0.03 / fading_s, abs=6)
    assert found["rise_over_fall_in_50_ms"] > 10


def test_a_sound_played_backward_rises_as_it_fell(rng: np.random.Generator) -> None:
    samples = bursts(rng, 0.5)
    forward, backward = (measured(each)["rise_over_fall_in_50_ms"] for each in (samples, samples[::-1]))
    assert forward == pytest.approx(-backward, abs=4)  # frames start elsewhere


def test_the_range_is_that_between_music_and_noise(rng: np.random.Generator) -> None:
    loud = np.arange(20 * RATE) // RATE % 2 == 0
    for range_db in (10, 20, 30):
        samples = rng.standard_normal(20 * RATE) * np.where(loud, 1, 10 ** (-range_db / 20))
        assert measured(samples)["range_5_10_khz"] == pytest.approx(range_db, abs=3)


def test_levels_are_those_of_a_filter(rng: np.random.Generator) -> None:
    samples = rng.standard_normal(20 * RATE)
    assert measured(samples)["level_25_50_hz"] == pytest.approx(0, abs=1)
    assert measured(samples)["level_5_10_khz"] == pytest.approx(0, abs=0.5)
    high = scipy.signal.sosfilt(scipy.signal.butter(1, 150, "highpass", fs=RATE, output="sos"), samples)
    assert measured(high)["level_50_100_hz"] == pytest.approx(-20 * np.log10(150 / 75), abs=2)
    low = scipy.signal.sosfilt(scipy.signal.butter(1, 4000, fs=RATE, output="sos"), samples)
    assert measured(low)["level_5_10_khz"] < -4


def test_measures_do_not_depend_on_level_rate_and_length() -> None:
    song = synthesis.song("floorfiller").clip(seconds=20)
    expected = room_detection.measures(song)
    quiet = Clip((0.01 * song.samples).astype(np.float32), RATE)
    np.testing.assert_allclose(room_detection.measures(quiet), expected, atol=0.01)
    at_44_100 = Clip(soxr.resample(song.samples, RATE, 44_100), 44_100)
    np.testing.assert_allclose(room_detection.measures(at_44_100), expected, atol=1)
    repeated = Clip(np.tile(song.samples, 21), RATE)  # 210 pieces, of which every seventh is used: each of ten thrice
    np.testing.assert_allclose(room_detection.measures(repeated), expected, atol=0.5)


@pytest.mark.parametrize("seconds", [0.2, 1.9, 3.0])
def test_short_and_silent_clips_have_finite_measures(seconds: float, rng: np.random.Generator) -> None:
    for samples in (rng.standard_normal(round(seconds * RATE)), np.zeros(round(seconds * RATE))):
        assert np.isfinite(list(measured(samples).values())).all()


def test_synthetic_songs_are_in_no_room() -> None:
    assert not any(room_detection.sounds_like_a_room(song.clip(seconds=20)) for song in synthesis.SONGS)


def test_a_song_in_a_room_sounds_like_one() -> None:
    song = synthesis.song("furnace").clip(seconds=20)
    rooms = [augment(song, "room", seed) for seed in range(10)]
    assert sum(room_detection.sounds_like_a_room(clip) for clip in rooms) >= 8


def test_rooms_are_found_among_real_music(gtzan_mini: Path) -> None:
    """Every third track that the rule may know, and rooms that it does not know."""
    names = {f"{path.parent.name}/{path.stem}": path for path in sorted(gtzan_mini.glob("*/*.wav"))}
    known = [name for name in names if gtzan.facts(name).subset in ("train", "valid")][::3]
    assert len(known) > 25
    clips = {name: audio.load_audio(names[name]) for name in known}
    assert sum(room_detection.sounds_like_a_room(clip) for clip in clips.values()) <= 1
    rooms = [augment(clip, "room", augmentation_seed(name, 100)) for name, clip in clips.items()]
    assert np.mean([room_detection.sounds_like_a_room(clip) for clip in rooms]) >= 0.8
