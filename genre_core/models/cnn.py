"""The layers of the convolutional network, and the augmentation of its pictures."""

import keras
import numpy as np
import tensorflow as tf

from genre_core.models import musicnn
from genre_core.models.config import CnnConfig
from genre_core.models.recipe import Recipe

_BLOCK_WIDTHS = (1, 2, 2.67, 4)  # filters of each block, relative to the first
_LAST_WIDTH = 5.33
_POOL_SIZES = ((2, 2), (2, 2), (2, 2), (2, 1))
_MAX_BANDS = 64
_BATCH_NORM_MOMENTUM = 0.95  # small datasets have few steps in which the statistics can settle
_WEIGHT_DECAY = 1e-2
_LABEL_SMOOTHING = 0.05
_PRETRAINED_RATE = 0.1

_LEVELS_PER_DB = 255 / 80
# Reach of each augmentation at strength 1.
_TIME_STRETCH, _BAND_SHIFT, _CONTRAST = 0.1, 2.0, 0.1
_GAIN_DB, _TILT_DB, _RIPPLE_DB, _NOISE_DB = 6.0, 6.0, 3.0, 1.0
_MASKS, _MAX_MASK = 2, 0.11  # masks in time and in frequency each, and the largest fraction of the picture of one
_LOWPASS_PROBABILITY, _LOWPASS_FROM = 0.1, 0.62  # the cutoff as a fraction of the bands


def build(config: CnnConfig, shape: tuple[int, ...], n_genres: int) -> keras.Model:
    """Build the untrained network.

    Its input are scaled pictures, (batch, height, width, channels), float32; its output are the logits of each network
    of the ensemble, (batch, ensemble, genres).
    """
    pictures = keras.Input(shape, name="picture")
    logits = [_network(pictures, config, n_genres) for _ in range(config.ensemble_size)]
    stacked = keras.layers.Concatenate()(logits) if len(logits) > 1 else logits[0]
    return keras.Model(pictures, keras.layers.Reshape((config.ensemble_size, n_genres))(stacked))


def _network(tensor: keras.KerasTensor, config: CnnConfig, n_genres: int) -> keras.KerasTensor:
    """One network of the ensemble.

    Four blocks of 3 x 3 convolution, batch normalization, ReLU and max pooling; one convolution over all remaining
    bands; mean and standard deviation over time; dropout; a dense layer.
    """
    if tensor.shape[1] > _MAX_BANDS:
        tensor = keras.layers.AveragePooling2D((2, 1))(tensor)
    for width, pool_size in zip(_BLOCK_WIDTHS, _POOL_SIZES, strict=True):
        tensor = _block(tensor, round(width * config.filters), (3, 3), "same")
        tensor = keras.layers.MaxPooling2D(pool_size)(tensor)
    height, columns = tensor.shape[1:3]
    tensor = _block(tensor, round(_LAST_WIDTH * config.filters), (height, min(columns, 3)), "valid")
    tensor = keras.layers.Reshape((-1, tensor.shape[-1]))(tensor)
    mean = keras.layers.GlobalAveragePooling1D()(tensor)
    mean_square = keras.layers.GlobalAveragePooling1D()(keras.layers.Multiply()([tensor, tensor]))
    deviation = keras.ops.sqrt(keras.ops.maximum(mean_square - mean * mean, 0.0) + 1e-3)
    pooled = keras.layers.Concatenate()([mean, deviation])
    pooled = keras.layers.BatchNormalization(momentum=_BATCH_NORM_MOMENTUM)(pooled)
    return keras.layers.Dense(n_genres)(keras.layers.Dropout(config.dropout)(pooled))


def _block(tensor: keras.KerasTensor, filters: int, size: tuple[int, int], padding: str) -> keras.KerasTensor:
    tensor = keras.layers.Conv2D(filters, size, padding=padding, use_bias=False, kernel_initializer="he_normal")(tensor)
    return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=_BATCH_NORM_MOMENTUM)(tensor))


def recipe(config: CnnConfig) -> Recipe:
    """How a network with this configuration is trained."""

    def augment_pictures(pictures: tf.Tensor) -> tf.Tensor:
        return augment(pictures, config.augmentation)

    pretrained = config.initialization == "musicnn"
    return Recipe(
        augment_pictures if config.augmentation else None,
        cosine_decay=True,
        weight_decay=_WEIGHT_DECAY,
        new_layer=musicnn.OUTPUT if pretrained else "",
        pretrained_rate=_PRETRAINED_RATE if pretrained else 1.0,
        label_smoothing=_LABEL_SMOOTHING,
    )


def augment(pictures: tf.Tensor, strength: float) -> tf.Tensor:
    """Change pictures at random, each one differently, as playback, rooms and mastering change recordings.

    Time shift and time stretch, a shift along the bands, contrast, gain, equalization (tilt and ripples), noise, now
    and then a low-pass filter, and masks in time and in frequency (SpecAugment, Park et al. 2019).  Cells are resampled
    by nearest neighbor: interpolated, blurred pictures gave lower accuracies.

    Parameters
    ----------
    pictures : shape (n, height, width, channels), float32, from 0 to 255.
    strength : 1 for the reach given by the constants of this module; with 0 pictures are only shifted in time.

    Returns
    -------
    The same shape and range.
    """
    n, height, width = tf.unstack(tf.shape(pictures)[:3])

    def uniform(low: float, high: float) -> tf.Tensor:
        return tf.random.uniform((n, 1, 1, 1), low, high)

    def within(reach: float) -> tf.Tensor:
        return uniform(-reach * strength, reach * strength)

    pictures = _resample(pictures, n, height, width, strength)
    pictures = 255 - (255 - pictures) * tf.exp(within(_CONTRAST))
    position = tf.linspace(-1.0, 1.0, height)[None, :, None, None]  # along the bands
    level_db = within(_GAIN_DB) + within(_TILT_DB) * position
    for wave in (1, 2, 3):
        level_db += within(_RIPPLE_DB / wave) * tf.cos(np.pi * (wave * (position + 1) / 2 + uniform(-1, 1)))
    noise_db = tf.random.normal(tf.shape(pictures)) * uniform(0, _NOISE_DB * strength)
    pictures += (level_db + noise_db) * _LEVELS_PER_DB
    cutoff = tf.where(uniform(0, 1) < _LOWPASS_PROBABILITY * strength, uniform(_LOWPASS_FROM, 1), 1.0)
    pictures = tf.where((position + 1) / 2 > cutoff, 0.0, tf.clip_by_value(pictures, 0, 255))
    mean = tf.reduce_mean(pictures, axis=(1, 2), keepdims=True)
    for axis, size in ((1, height), (2, width)):
        for _ in range(_MASKS):
            pictures = tf.where(_mask(n, size, axis, _MAX_MASK * strength), mean, pictures)
    return pictures


def _resample(pictures: tf.Tensor, n: tf.Tensor, height: tf.Tensor, width: tf.Tensor, strength: float) -> tf.Tensor:
    """Shift and stretch pictures in time, cyclically, and shift them along the bands."""
    speed = tf.exp(tf.random.uniform((n, 1), -1, 1) * np.log1p(_TIME_STRETCH * strength))
    length = tf.cast(width, tf.float32)
    columns = tf.random.uniform((n, 1), 0, 1) * length + tf.range(length) * speed
    pictures = tf.gather(pictures, tf.cast(columns, tf.int32) % width, axis=2, batch_dims=1)
    reach = _BAND_SHIFT * strength
    shift = tf.cast(tf.round(tf.random.uniform((n, 1), -reach, reach)), tf.int32)
    bands = tf.clip_by_value(tf.range(height)[None, :] + shift, 0, height - 1)
    return tf.gather(pictures, bands, axis=1, batch_dims=1)


def _mask(n: tf.Tensor, size: tf.Tensor, axis: int, max_fraction: float) -> tf.Tensor:
    """A random stretch along an axis, of up to `max_fraction` of it; True where it masks."""
    length = tf.cast(size, tf.float32)
    width = tf.floor(tf.random.uniform((n, 1), 0, 1) * (max_fraction * length + 1))
    start = tf.floor(tf.random.uniform((n, 1), 0, 1) * (length - width + 1))
    positions = tf.range(length)[None, :]
    masked = (positions >= start) & (positions < start + width)
    return masked[:, :, None, None] if axis == 1 else masked[:, None, :, None]
