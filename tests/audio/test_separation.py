"""Source separation: known mixes, real music, and sounds at the edges of what it must handle."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from genre_core import audio
from genre_core.audio import Clip, separation, synthesis
from genre_core.audio.separation import RATE, STEMS, Stem
from genre_core.errors import ConfigError


def si_sdr_db(estimate: np.ndarray, truth: np.ndarray) -> float:
    """Scale-invariant signal-to-distortion ratio."""
    target = (estimate @ truth) / (truth @ truth) * truth
    return float(10 * np.log10((target @ target) / ((estimate - target) @ (estimate - target))))


def mixed(first: np.ndarray, second: np.ndarray) -> Clip:
    """The mix of two sounds at equal power."""
    return Clip((first / first.std() + second / second.std()).astype(np.float32) / 8, RATE)


@pytest.fixture(scope="module")
def singer() -> np.ndarray:
    return synthesis.sing(seconds=12, seed=3).samples


# Half of the measured gain, and at least 2 dB: other versions of the libraries may give a little less.
@pytest.mark.parametrize(
    ("song", "vocals_db", "accompaniment_db"),
    [("adagio", 4.5, 4.5), ("floorfiller", 4, 4), ("furnace", 3, 3), ("shuffle", 3, 3)],
)
def test_a_voice_is_separated_from_a_band(
    song: str, vocals_db: float, accompaniment_db: float, singer: np.ndarray
) -> None:
    band = synthesis.song(song).clip(seconds=12, seed=2).samples
    mix = mixed(singer, band)
    pair = separation.vocals_accompaniment(mix)
    assert si_sdr_db(pair.vocals.samples, singer) - si_sdr_db(mix.samples, singer) > vocals_db
    assert si_sdr_db(pair.accompaniment.samples, band) - si_sdr_db(mix.samples, band) > accompaniment_db


def test_a_voice_is_separated_from_a_real_orchestra(gtzan_mini: Path, singer: np.ndarray) -> None:
    orchestra = audio.load_audio(sorted((gtzan_mini / "classical").iterdir())[2]).samples[: len(singer)]
    mix = mixed(singer, orchestra)
    pair = separation.vocals_accompaniment(mix)
    assert si_sdr_db(pair.vocals.samples, singer) - si_sdr_db(mix.samples, singer) > 2
    assert si_sdr_db(pair.accompaniment.samples, orchestra) - si_sdr_db(mix.samples, orchestra) > 2


def test_tones_are_separated_from_clicks() -> None:
    times = np.arange(10 * RATE) / RATE
    tones = np.sum([np.sin(2 * np.pi * hz * times) for hz in (220.0, 330.0, 550.0)], axis=0)
    clicks = np.zeros_like(tones)
    clicks[:: RATE // 3] = 1
    mix = mixed(tones, clicks)
    pair = separation.harmonic_percussive(mix)
    assert si_sdr_db(pair.harmonic.samples, tones) - si_sdr_db(mix.samples, tones) > 8
    assert si_sdr_db(pair.percussive.samples, clicks) - si_sdr_db(mix.samples, clicks) > 8


def white_noise(n: int) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.1, n).astype(np.float32)


SOUNDS: dict[str, Callable[[int], np.ndarray]] = {
    "silence": lambda n: np.zeros(n, np.float32),
    "tone": lambda n: np.sin(np.arange(n) * 0.1).astype(np.float32),
    "noise": white_noise,
    "impulse": lambda n: np.eye(1, n, n // 2, dtype=np.float32)[0],
}


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("n", [500, 3 * RATE, 32 * RATE, 33 * RATE + 7, 65 * RATE])
def test_stems_add_up_to_the_mix_for_any_sound_and_length(sound: str, n: int) -> None:
    clip = Clip(SOUNDS[sound](n), RATE, warnings=("It is cut short.",))
    stems = separation.separate(clip)
    assert set(stems) == set(STEMS) - {"mix"}
    for stem in stems.values():
        assert stem.samples.dtype == np.float32
        assert len(stem.samples) == n
        assert np.isfinite(stem.samples).all()
        assert stem.warnings == clip.warnings
    pairs: tuple[tuple[Stem, Stem], ...] = (("vocals", "accompaniment"), ("harmonic", "percussive"))
    for one, other in pairs:
        np.testing.assert_allclose(stems[one].samples + stems[other].samples, clip.samples, atol=1e-6)


def test_blocks_join_without_a_seam() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(70 * RATE) / RATE).astype(np.float32)
    pair = separation.harmonic_percussive(Clip(tone, RATE))
    inner = slice(RATE, -RATE)
    assert np.abs(pair.percussive.samples[inner]).max() < 0.01
    assert np.abs(pair.harmonic.samples - tone)[inner].max() < 0.01


def test_one_stem_equals_the_same_of_all_stems() -> None:
    clip = synthesis.TROUBADOUR.clip(seconds=4)
    stems = {**separation.separate(clip), "mix": clip}
    for stem in STEMS:
        np.testing.assert_array_equal(separation.extract_stem(clip, stem).samples, stems[stem].samples)


def test_an_unknown_stem_and_another_sample_rate_are_refused() -> None:
    with pytest.raises(ConfigError, match="no stem 'drums'; choose from mix, vocals"):
        separation.check_stem("drums")
    with pytest.raises(ValueError, match="22050 Hz"):
        separation.vocals_accompaniment(Clip(np.ones(44_100, np.float32), 44_100))
