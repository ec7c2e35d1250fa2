"""Augmented pictures of segments, compared with pictures of augmented audio."""

import numpy as np
import pytest

from genre_core.audio import Clip, synthesis
from genre_core.audio.augmentation import augment
from genre_core.datasets import WITHOUT_AUDIO
from genre_core.errors import GenreLabError
from genre_core.features import feature_set, mel
from genre_core.features.mel_augmentation import augment_pictures


@pytest.fixture(scope="module")
def songs() -> list[Clip]:
    """Synthetic songs of 12 s."""
    return [song.clip(seconds=12, seed=3) for song in synthesis.SONGS]


@pytest.mark.parametrize("name", WITHOUT_AUDIO)
def test_an_augmented_picture_is_nearer_to_that_of_augmented_audio_than_the_picture_itself(
    name: str, songs: list[Clip]
) -> None:
    extract = feature_set("mel").extract_segments
    errors = []
    for seed, clip in enumerate(songs):
        before, audible = extract(clip.samples), extract(augment(clip, name, seed).samples)
        after = augment_pictures(before, name, seed)
        assert after.shape == before.shape
        assert after.dtype == np.uint8
        assert (after.max(axis=(1, 2, 3)) == 255).all()  # each segment is relative to its own loudest cell
        errors.append([np.abs(audible.astype(float) - picture).mean() for picture in (after, before)])
    augmented, clean = np.mean(errors, axis=0)
    assert augmented < 0.8 * clean


def test_the_same_seed_gives_the_same_pictures(rng: np.random.Generator) -> None:
    pictures = rng.integers(0, 256, (3, *mel.SHAPE), dtype=np.uint8)
    first, again, other = (augment_pictures(pictures, "room", seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_silence_stays_silence() -> None:
    silence = np.zeros((2, *mel.SHAPE), dtype=np.uint8)
    np.testing.assert_array_equal(augment_pictures(silence, "noise", 0), silence)


def test_an_unknown_augmentation_is_refused() -> None:
    with pytest.raises(GenreLabError, match="no augmentation 'tea'"):
        augment_pictures(np.zeros((1, *mel.SHAPE), dtype=np.uint8), "tea", 0)
