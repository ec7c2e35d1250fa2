"""The convolutional network's layers, and how its pictures are changed by chance while it learns."""

import keras
import numpy as np
import tensorflow as tf

from genre_core.models import musicnn
from genre_core.models.config import CnnConfig
from genre_core.models.recipe import Recipe

_GROWTH = (1, 2, 2.67, 4)  # filters of the blocks, in units of the first's
_LAST_GROWTH = 5.33
_POOLS = ((2, 2), (2, 2), (2, 2), (2, 1))
_MOST_BANDS = 64
_MOMENTUM = 0.95  # of batch norm: small sets have few steps in which to settle
_WEIGHT_DECAY = 1e-2
_SMOOTHING = 0.05  # of the targets
_PACE = 0.1  # of filters that have learned before

_STEPS_A_DB = 255 / 80
# How far a picture is changed at strength 1.
_STRETCH, _BANDS_SHIFTED, _CONTRAST = 0.1, 2.0, 0.1
_GAIN_DB, _TILT_DB, _WAVE_DB, _NOISE_DB = 6.0, 6.0, 3.0, 1.0
_BLOTS, _BLOTTED = 2, 0.11  # how many of bands and of moments, and up to which share of the picture each
_CUT_OFTEN, _CUT_FROM = 0.1, 0.62  # how often the treble is cut off, and from which share of the bands on


def build(config: CnnConfig, shape: tuple[int, ...], genres: int) -> keras.Model:
    """The untrained network: (batch, height, width, channels) float32, scaled, to logits (batch, members, genres)."""
    given = keras.Input(shape, name="picture")
    logits = [_member(given, config, genres) for _ in range(config.members)]
    stacked = keras.layers.Concatenate()(logits) if len(logits) > 1 else logits[0]
    return keras.Model(given, keras.layers.Reshape((config.members, genres))(stacked))


def _member(tensor: keras.KerasTensor, config: CnnConfig, genres: int) -> keras.KerasTensor:
    """Four blocks of a 3 by 3 convolution, batch norm, ReLU and pooling; one convolution over all bands that are left;
    mean and spread over time; dropout, and a layer of genres."""
    if tensor.shape[1] > _MOST_BANDS:
        tensor = keras.layers.AveragePooling2D((2, 1))(tensor)
    for growth, pool in zip(_GROWTH, _POOLS, strict=True):
        tensor = _block(tensor, round(growth * config.filters), (3, 3), "same")
        tensor = keras.layers.MaxPooling2D(pool)(tensor)
    height, width = tensor.shape[1:3]
    tensor = _block(tensor, round(_LAST_GROWTH * config.filters), (height, min(width, 3)), "valid")
    tensor = keras.layers.Reshape((-1, tensor.shape[-1]))(tensor)
    mean = keras.layers.GlobalAveragePooling1D()(tensor)
    square = keras.layers.GlobalAveragePooling1D()(keras.layers.Multiply()([tensor, tensor]))
    spread = keras.ops.sqrt(keras.ops.maximum(square - mean * mean, 0.0) + 1e-3)
    tensor = keras.layers.BatchNormalization(momentum=_MOMENTUM)(keras.layers.Concatenate()([mean, spread]))
    return keras.layers.Dense(genres)(keras.layers.Dropout(config.dropout)(tensor))


def _block(tensor: keras.KerasTensor, filters: int, size: tuple[int, int], padding: str) -> keras.KerasTensor:
    tensor = keras.layers.Conv2D(filters, size, padding=padding, use_bias=False, kernel_initializer="he_normal")(tensor)
    return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=_MOMENTUM)(tensor))


def recipe(config: CnnConfig) -> Recipe:
    """How such a network is trained."""

    def augment(pictures: tf.Tensor) -> tf.Tensor:
        return change(pictures, config.augment)

    begun = config.start == "musicnn"
    return Recipe(
        augment if config.augment else None,
        cosine=True,
        weight_decay=_WEIGHT_DECAY,
        new_layer=musicnn.ANSWER if begun else "",
        pace=_PACE if begun else 1.0,
        smoothing=_SMOOTHING,
    )


def change(pictures: tf.Tensor, strength: float) -> tf.Tensor:
    """Pictures as a player, a room or a mastering would have changed them: each by chance, in its own way.

    Moved along in time and a little faster or slower, a little higher or lower; less or more contrast; louder or
    softer as a whole, with a tilt and waves along the bands; some noise; now and then without treble; with stretches of
    bands and of moments blotted out.  Cells are picked, never averaged: blurred pictures teach less.

    Parameters
    ----------
    pictures : shape (n, height, width, channels), float32, from 0 to 255.
    strength : 1 for what is said above, 0 for nothing.

    Returns
    -------
    The same shape and range.
    """
    n, height, width = tf.unstack(tf.shape(pictures)[:3])

    def drawn(low: float, high: float) -> tf.Tensor:
        return tf.random.uniform((n, 1, 1, 1), low, high)

    def about(reach: float) -> tf.Tensor:
        return drawn(-reach * strength, reach * strength)

    pictures = _picked(pictures, n, height, width, strength)
    pictures = 255 - (255 - pictures) * tf.exp(about(_CONTRAST))
    along = tf.linspace(-1.0, 1.0, height)[None, :, None, None]
    level = about(_GAIN_DB) + about(_TILT_DB) * along
    for wave in (1, 2, 3):
        level += about(_WAVE_DB / wave) * tf.cos(np.pi * (wave * (along + 1) / 2 + drawn(-1, 1)))
    noise = tf.random.normal(tf.shape(pictures)) * drawn(0, _NOISE_DB * strength)
    pictures += (level + noise) * _STEPS_A_DB
    cut = tf.where(drawn(0, 1) < _CUT_OFTEN * strength, drawn(_CUT_FROM, 1), 1.0)
    pictures = tf.where((along + 1) / 2 > cut, 0.0, tf.clip_by_value(pictures, 0, 255))
    mean = tf.reduce_mean(pictures, axis=(1, 2), keepdims=True)
    for axis, size in ((1, height), (2, width)):
        for _ in range(_BLOTS):
            pictures = tf.where(_blot(n, size, axis, _BLOTTED * strength), mean, pictures)
    return pictures


def _picked(pictures: tf.Tensor, n: tf.Tensor, height: tf.Tensor, width: tf.Tensor, strength: float) -> tf.Tensor:
    """Pictures moved and stretched in time, round the end, and moved along the bands."""
    pace = tf.exp(tf.random.uniform((n, 1), -1, 1) * np.log1p(_STRETCH * strength))
    moments = tf.random.uniform((n, 1), 0, 1) * tf.cast(width, tf.float32) + tf.range(tf.cast(width, tf.float32)) * pace
    pictures = tf.gather(pictures, tf.cast(moments, tf.int32) % width, axis=2, batch_dims=1)
    reach = _BANDS_SHIFTED * strength
    moved = tf.cast(tf.round(tf.random.uniform((n, 1), -reach, reach)), tf.int32)
    bands = tf.clip_by_value(tf.range(height)[None, :] + moved, 0, height - 1)
    return tf.gather(pictures, bands, axis=1, batch_dims=1)


def _blot(n: tf.Tensor, size: tf.Tensor, axis: int, share: float) -> tf.Tensor:
    """Which places of an axis to blot out: a stretch of up to so large a share, somewhere."""
    whole = tf.cast(size, tf.float32)
    wide = tf.floor(tf.random.uniform((n, 1), 0, 1) * (share * whole + 1))
    start = tf.floor(tf.random.uniform((n, 1), 0, 1) * (whole - wide + 1))
    places = tf.range(whole)[None, :]
    blotted = (places >= start) & (places < start + wide)
    return blotted[:, :, None, None] if axis == 1 else blotted[:, None, :, None]
