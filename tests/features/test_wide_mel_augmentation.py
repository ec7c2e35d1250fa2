"""Augmented pictures: compared with pictures of augmented audio, and with what the physics of each effect demands."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import librosa
import numpy as np
import pytest

from genre_core import audio
from genre_core.audio import synthesis
from genre_core.audio.augmentation import AUGMENTATIONS, augment
from genre_core.audio.augmentation.effect import Effect
from genre_core.audio.augmentation.hum import Hum
from genre_core.audio.augmentation.recording import Clipping, Noise, Speed
from genre_core.datasets import gtzan
from genre_core.errors import GenreLabError
from genre_core.features import wide_mel
from genre_core.features.wide_mel_augmentation import augment_picture, changed_picture
from tests.dry_room import DRY

BANDS_HZ = librosa.mel_frequencies(wide_mel.BANDS + 2, fmax=11_025)[1:-1]
STEP_DB = wide_mel.RANGE_DB / 255
STROKE = 40


@pytest.fixture(scope="module")
def songs() -> list[audio.Clip]:
    return [song.clip(seconds=20, seed=3) for song in (*synthesis.SONGS, synthesis.TROUBADOUR)]


@pytest.fixture(scope="module")
def picture(songs: list[audio.Clip]) -> np.ndarray:
    return wide_mel.song_picture(songs[1].samples)


def stroke(columns: int = 100) -> np.ndarray:
    """A picture of all frequencies in the column STROKE, and silence."""
    picture = np.zeros((wide_mel.BANDS, columns), np.uint8)
    picture[:, STROKE] = 255
    return picture


def differences(clips: Iterable[audio.Clip], name: str, nominal: bool) -> np.ndarray:
    """1 minus the correlation of the picture of the augmented audio with two others, for each clip: shape (2, clips).

    The others are the augmented picture and the one without augmentation.
    """
    result = []
    for seed, clip in enumerate(clips):
        before = wide_mel.song_picture(clip.samples)
        audible = wide_mel.song_picture(augment(clip, name, seed, nominal=nominal).samples)
        after = augment_picture(before, name, seed, nominal=nominal)
        assert after.shape == audible.shape
        result.append([1 - np.corrcoef(audible.ravel(), other.ravel())[0, 1] for other in (after, before)])
    return np.transpose(result)


@pytest.mark.parametrize("nominal", [False, True])
@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_an_augmented_picture_resembles_that_of_augmented_audio(
    name: str, nominal: bool, songs: list[audio.Clip]
) -> None:
    augmented, plain = differences(songs, name, nominal).mean(axis=1)
    assert augmented < 0.06
    assert augmented < (0.55 if name == "clipping" else 0.3) * plain


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_so_it_does_for_real_music(name: str, gtzan_mini: Path) -> None:
    """On tracks of the train and valid lists."""
    paths = sorted(gtzan_mini.glob("*/*.wav"))
    listed = [path for path in paths if gtzan.facts(f"{path.parent.name}/{path.stem}").subset in ("train", "valid")]
    augmented, plain = differences(map(audio.load_audio, listed[::9]), name, False)
    assert augmented.mean() < 0.05
    assert augmented.max() < 0.11
    assert augmented.mean() < 0.55 * plain.mean()


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_contract_of_all(name: str, picture: np.ndarray) -> None:
    before = picture.copy()
    for piece in (picture, picture[:, :12]):
        augmented = augment_picture(piece, name, 4)
        assert (augmented.shape, augmented.dtype) == (piece.shape, np.uint8)
        assert not np.array_equal(augmented, piece)
        np.testing.assert_array_equal(augmented, augment_picture(piece, name, 4))
        np.testing.assert_array_equal(augmented, augment_picture(piece, name, np.random.default_rng(4)))
    np.testing.assert_array_equal(picture, before)
    assert not augment_picture(np.zeros_like(picture), name, 4).any()


def test_an_unknown_name_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(GenreLabError, match="choose from room"):
        augment_picture(picture, "hall", 0)


@pytest.mark.parametrize(("name", "edge_hz"), [("16-khz", 7600), ("12-khz", 5700), ("8-khz", 3800), ("mp3", 8300)])
def test_above_the_edge_there_is_nothing_and_below_it_all(name: str, edge_hz: float, picture: np.ndarray) -> None:
    low = augment_picture(picture, name, 0, nominal=True)
    assert not low[1.05 * edge_hz < BANDS_HZ].any()
    kept = 0.95 * edge_hz > BANDS_HZ
    assert np.abs(low[kept].astype(int) - picture[kept]).max() <= 1


@pytest.mark.parametrize("reverberation_s", [0.45, 0.6])
def test_a_stroke_in_a_room_falls_by_60_db_in_its_time(reverberation_s: float, rng: np.random.Generator) -> None:
    room = replace(DRY, reverberation_s=reverberation_s, direct_db=-20)
    decibels = STEP_DB * changed_picture(stroke(), room, rng).mean(axis=0)
    falling = np.arange(STROKE + 2, STROKE + int(reverberation_s * wide_mel.COLUMNS_PER_SECOND))
    slope, _ = np.polyfit(falling / wide_mel.COLUMNS_PER_SECOND, decibels[falling], 1)
    assert -60 / slope == pytest.approx(reverberation_s, rel=0.2)
    assert decibels[:STROKE].max() < 0.1


def test_a_room_limits_the_band_and_automatic_gain_lifts_what_is_soft(rng: np.random.Generator) -> None:
    room = replace(DRY, low_hz=300, high_hz=4000, low_order=2, high_order=3)
    bands = STEP_DB * changed_picture(stroke(), room, rng)[:, STROKE].astype(float)
    middle, low, high = (bands[np.abs(BANDS_HZ - hz).argmin()] for hz in (1000, 75, 8000))
    assert middle - low == pytest.approx(24, abs=2)
    assert middle - high == pytest.approx(18, abs=1)

    steps = np.full((wide_mel.BANDS, 200), 255, np.uint8)
    steps[:, 100:] -= np.uint8(round(20 / STEP_DB))
    steps[0, 0] = 0  # the floor
    columns = STEP_DB * changed_picture(steps, replace(DRY, gain_control=0.5), rng).astype(float).mean(axis=0)
    assert columns[:80].mean() - columns[120:].mean() == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("effect", [Noise(-58, 0, 0), Hum(50, -58), replace(DRY, noise_db=-58, noise_slope_db=0)])
def test_what_is_added_has_its_level(effect: Effect, rng: np.random.Generator) -> None:
    """It is seen alone in every second column; the sound fills the others.  Its softest cells reach the floor."""
    sound = np.zeros((wide_mel.BANDS, 400), np.uint8)
    sound[:, ::2] = 255
    power = 10 ** (STEP_DB * changed_picture(sound, effect, rng).astype(float) / 10)
    edges_hz = librosa.mel_frequencies(wide_mel.BANDS + 2, fmax=11_025)
    widths = edges_hz[2:] - edges_hz[:-2]  # a mel band is the mean density of power in its width
    of_sound, added = (widths @ power[:, start::2].mean(axis=1, keepdims=True) for start in (0, 1))
    assert 10 * np.log10(added / (of_sound / 2)) == pytest.approx(-58, abs=0.5)


def test_hum_is_low_and_clicks_are_short(rng: np.random.Generator) -> None:
    humming = changed_picture(stroke(), Hum(50, -20), rng)[:, STROKE + 50]
    assert humming[BANDS_HZ < 500].min() > 100
    assert not humming[BANDS_HZ > 800].any()
    clicks = changed_picture(stroke(400), Noise(-300, 0.5, -3), rng)[:, STROKE + 1 :].astype(float)
    seen = clicks.mean(axis=0) > 100
    assert 4 < seen.sum() < 40  # 14 clicks are expected, in one or two columns each
    assert clicks[:, seen].std(axis=0).max() < 1


def test_clipping_flattens_loud_columns_and_adds_overtones(rng: np.random.Generator) -> None:
    sound = np.zeros((wide_mel.BANDS, 100), np.uint8)
    low = BANDS_HZ < 1000
    sound[low, :50] = 255
    sound[low, 50:] = 255 - round(20 / STEP_DB)
    np.testing.assert_array_equal(changed_picture(sound, Clipping(0), rng), sound)
    clipped = STEP_DB * changed_picture(sound, Clipping(18), rng).astype(float)
    assert 8 < clipped[low, :50].mean() - clipped[low, 50:].mean() < 15
    overtones = (BANDS_HZ > 1200) & (BANDS_HZ < 2500)
    assert 8 < clipped[low, :50].mean() - clipped[overtones, :50].mean() < 20
    assert clipped[overtones, 50:].mean() < clipped[overtones, :50].mean() - 20


@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_speed_moves_bands_and_columns(factor: float, rng: np.random.Generator) -> None:
    sound = np.zeros((wide_mel.BANDS, 300), np.uint8)
    sound[80] = 255
    sound[:, 200] = 255
    changed = changed_picture(sound, Speed(factor), rng)
    assert BANDS_HZ[changed[:, 100].argmax()] == pytest.approx(factor * BANDS_HZ[80], rel=0.01)
    assert changed[40].argmax() == pytest.approx(200 / factor, abs=1)
    assert changed[factor * 11_025 < BANDS_HZ].max(initial=0) == 0
