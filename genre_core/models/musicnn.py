"""A convolutional network over `wide-mel` pictures that does not begin at chance: its filters are those of musicnn.

MSD_musicnn learned to tag 200 000 songs (artifacts/bundled/musicnn says more).  It hears 62.5 frames a second of 96
bands, and a `wide-mel` picture has 12.9 columns a second of 128 bands, so its filters are brought to that pace: each
tap of a filter becomes the share that linear interpolation gives it of the columns before and after.  Of its 510 first
filters the 64 that ever answer are kept.  Its last layers, which knew tags, are left out; what its filters heard is
pooled over the picture, and one new layer says the genre.  All of it goes on learning, the old filters slowly.
"""

import math
from typing import NamedTuple

import keras
import numpy as np

from genre_core import storage
from genre_core.errors import TrainingError
from genre_core.features import wide_mel
from genre_core.models.config import CnnConfig

FILE = storage.BUNDLED / "musicnn" / "filters.npz"
"""Made by scripts/make_embedding.py."""
POOLED, ANSWER = "pooled", "answer"
"""Names of what the filters heard, and of the new layer."""
LEVEL_DB = 19.5
"""How loud the loudest cell of a picture is taken to be: the median of 129 tracks of GTZAN, of the train and valid
lists, against their audio; the middle nine tenths of them lie between 11 and 26."""
_TENTHS = 0.1 * math.log(10)  # of a decibel, in nepers of power


class Layer(NamedTuple):
    """A convolution with ReLU, and the gain and shift of the batch norm after it."""

    kernel: np.ndarray
    """shape (columns, bands or channels, filters), float32."""
    bias: np.ndarray
    """shape (filters,)."""
    gain: np.ndarray
    shift: np.ndarray


class Filters(NamedTuple):
    """What FILE holds."""

    bands: np.ndarray
    """shape (128, 96), float32: how the bands of a picture become those that the filters know."""
    gain: float
    shift: float
    """What is done to the input first."""
    front: tuple[Layer, ...]
    """Those that hear the input, side by side."""
    middle: tuple[Layer, ...]
    """Those that follow, one after the other."""
    pooled_gain: np.ndarray
    """shape (2 * features,): what is done to the maxima over time, and then to the means."""
    pooled_shift: np.ndarray


def load() -> Filters:
    """Read FILE.  Raises TrainingError if it is missing or damaged."""
    try:
        with np.load(FILE, allow_pickle=False) as file:
            said = dict(file)
        layers = [Layer(*(said[f"{name}_{i}"] for name in Layer._fields)) for i in range(int(said["layers"]))]
        front = int(said["front"])
        return Filters(
            said["bands"],
            float(said["gain"]),
            float(said["shift"]),
            tuple(layers[:front]),
            tuple(layers[front:]),
            said["pooled_gain"],
            said["pooled_shift"],
        )
    except (OSError, ValueError, LookupError) as error:
        raise TrainingError(
            f"The filters to begin with can't be read ({FILE.name}); fetch the project again."
        ) from error


def build(config: CnnConfig, genres: int) -> keras.Model:
    """The network: `wide-mel` pictures as they are, (batch, *wide_mel.SHAPE), to logits (batch, members, genres)."""
    filters = load()
    given = keras.Input(wide_mel.SHAPE, name="picture")
    logits = [_member(given, filters, config, genres, i) for i in range(config.members)]
    stacked = keras.layers.Concatenate()(logits) if len(logits) > 1 else logits[0]
    return keras.Model(given, keras.layers.Reshape((config.members, genres))(stacked))


def _member(
    given: keras.KerasTensor, filters: Filters, config: CnnConfig, genres: int, number: int
) -> keras.KerasTensor:
    layers = keras.layers
    columns = wide_mel.WINDOW
    heard = layers.Permute((2, 1))(layers.Reshape((wide_mel.BANDS, columns))(given))
    to_bands = layers.Dense(filters.bands.shape[1], use_bias=False, trainable=False)
    decibels = to_bands(heard) * (wide_mel.RANGE_DB / 255) - wide_mel.RANGE_DB + LEVEL_DB
    to_bands.set_weights([filters.bands])
    loudness = keras.ops.log10(1 + 10_000 * keras.ops.exp(decibels * _TENTHS))
    bands = layers.Reshape((columns, -1, 1))(loudness * filters.gain + filters.shift)
    front = []
    for layer in filters.front:
        width = layer.kernel.shape[1]
        answers = _convolved(bands, layer, (layer.kernel.shape[0], width))
        loudest = layers.MaxPooling2D((1, answers.shape[2]))(answers)
        front.append(layers.Reshape((columns, -1))(loudest))
    features = [layers.Concatenate()(front)]
    for layer in filters.middle:
        channels = layers.Reshape((columns, 1, -1))(features[-1])
        answers = layers.Reshape((columns, -1))(_convolved(channels, layer, (layer.kernel.shape[0], 1)))
        features.append(answers if len(features) == 1 else layers.Add()([answers, features[-1]]))
    whole = layers.Concatenate()(features)
    pooled = layers.Concatenate()([layers.GlobalMaxPooling1D()(whole), layers.GlobalAveragePooling1D()(whole)])
    normed = _normed(layers.Reshape((1, 1, -1))(pooled), filters.pooled_gain, filters.pooled_shift)
    pooled = layers.Dropout(config.dropout)(layers.Flatten(name=f"{POOLED}_{number}")(normed))
    return layers.Dense(genres, kernel_initializer="zeros", name=f"{ANSWER}_{number}")(pooled)


def _convolved(tensor: keras.KerasTensor, layer: Layer, size: tuple[int, int]) -> keras.KerasTensor:
    """The layer's answers, as many columns as there were."""
    layers = keras.layers
    beside = size[0] // 2
    convolution = layers.Conv2D(layer.kernel.shape[-1], size, activation="relu")
    answers = convolution(layers.ZeroPadding2D(((beside, beside), (0, 0)))(tensor))
    convolution.set_weights([layer.kernel.reshape(*size, -1, layer.kernel.shape[-1]), layer.bias])
    return _normed(answers, layer.gain, layer.shift)


def _normed(tensor: keras.KerasTensor, gain: np.ndarray, shift: np.ndarray) -> keras.KerasTensor:
    """A gain and a shift for each channel, which learn; as an operation that LiteRT has."""
    norm = keras.layers.DepthwiseConv2D(1)
    normed = norm(tensor)
    norm.set_weights([gain.reshape(1, 1, -1, 1), shift])
    return normed
