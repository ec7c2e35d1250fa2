"""The augmentation of pictures."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

from genre_core.models import cnn


def test_augmented_pictures_keep_their_range_and_each_is_changed_differently(rng: np.random.Generator) -> None:
    pictures = np.repeat(rng.integers(0, 256, size=(1, 32, 40, 1)), 8, axis=0).astype(np.float32)
    augmented = cnn.augment(tf.constant(pictures), 1.0).numpy()
    assert augmented.shape == pictures.shape
    assert augmented.min() >= 0
    assert augmented.max() <= 255
    assert len({picture.tobytes() for picture in augmented}) == 8


def test_at_strength_0_pictures_are_only_shifted_in_time(rng: np.random.Generator) -> None:
    pictures = rng.integers(1, 255, size=(4, 16, 20, 1)).astype(np.float32)
    augmented = cnn.augment(tf.constant(pictures), 0.0).numpy()
    for picture, shifted in zip(pictures, augmented, strict=True):
        assert any(np.allclose(np.roll(picture, -shift, axis=1), shifted, atol=1e-3) for shift in range(20))
