"""Pictures of ten seconds: signals with known content, and the pictures that the bundled network was trained on."""

from pathlib import Path

import numpy as np
import pytest

from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.features import FEATURE_SETS, wide_mel

WIDE = FEATURE_SETS["wide-mel"]
STEP_DB = wide_mel.RANGE_DB / 255


def test_each_picture_shows_the_ten_seconds_around_its_segment() -> None:
    rng = np.random.default_rng(0)
    samples = (0.001 * rng.normal(size=30 * wide_mel.RATE)).astype(np.float32)
    samples[15 * wide_mel.RATE : 15 * wide_mel.RATE + 2000] += 0.5  # a knock at 15 s
    pictures = WIDE.extract_segments(samples)
    assert pictures.shape == (10, *wide_mel.SHAPE)
    assert pictures.dtype == np.uint8
    columns = pictures[..., 0].mean(axis=1)
    visible = columns.max(axis=1) > 1.5 * np.median(columns, axis=1)
    knock = [int(place) if there else None for place, there in zip(columns.argmax(axis=1), visible, strict=True)]
    assert [place is not None for place in knock] == [False] * 3 + [True] * 4 + [False] * 3
    seconds = [place / wide_mel.COLUMNS_PER_SECOND for place in knock if place is not None]
    np.testing.assert_allclose(np.diff(seconds), -3, atol=0.2)


def test_a_short_clip_is_repeated_and_a_long_one_is_not_stretched() -> None:
    clip = synthesis.song("shuffle").clip(seconds=4)
    (picture,) = WIDE.extract_segments(clip.samples)
    columns = wide_mel.song_picture(clip.samples).shape[1]
    np.testing.assert_array_equal(picture[:, columns : 2 * columns], picture[:, :columns])
    minute = wide_mel.song_picture(np.tile(clip.samples, 15))
    assert minute.shape[1] == pytest.approx(60 * wide_mel.COLUMNS_PER_SECOND, abs=1)


def test_silence_is_black_and_gain_does_not_matter() -> None:
    assert not WIDE.extract_segments(np.zeros(SEGMENT_SAMPLES, np.float32)).any()
    samples = synthesis.song("adagio").clip(seconds=12).samples
    quiet, loud = (wide_mel.song_picture(samples * gain).astype(int) for gain in (0.1, 1.0))
    assert np.abs(quiet - loud).max() <= 1


def test_the_pictures_equal_those_that_the_network_was_trained_on(gtzan_mini: Path, mel_pictures: Path) -> None:
    """Compared with the published pictures of all 100 tracks, by the median error of each track."""
    with np.load(mel_pictures, allow_pickle=False) as file:
        published = dict(zip(file["names"].tolist(), file["X"], strict=True))
    errors = {}
    for path in sorted(gtzan_mini.glob("*/*.wav")):
        ours = wide_mel.song_picture(audio.load_audio(path, rate=wide_mel.RATE).samples).astype(int)
        theirs = published[path.stem]
        assert ours.shape == theirs.shape
        errors[path.stem] = np.median(np.abs(ours - theirs)) * STEP_DB
    assert len(errors) == 100
    assert max(errors.values()) <= 0.5
