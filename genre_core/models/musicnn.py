"""A convolutional network over `wide-mel` pictures whose filters are pretrained: they are those of MSD_musicnn.

MSD_musicnn was trained to tag 200 000 songs (see artifacts/bundled/musicnn).  Its input has 62.5 frames per second and
96 mel bands; a `wide-mel` picture has 12.9 columns per second and 128 bands.  So its filters are resampled in time:
linear interpolation distributes each tap of a filter over the two nearest columns.  Of the 510 filters of its front end
the 64 that are ever active are kept.  Its dense layers, which predict tags, are dropped; the features of the middle
layers are pooled over the picture, and a new dense layer predicts the genre.  All layers are trained, the pretrained
ones with a lower learning rate.
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
"""The filters; made by scripts/make_filters.py."""
POOLED, OUTPUT = "pooled", "logits"
"""Names of the layer with the pooled features and of the new dense layer, each followed by the number of the network
in the ensemble."""
MAX_LEVEL_DB = 19.5
"""Level of the loudest cell of a picture, which is not stored in it: the median of 129 tracks of the train and valid
lists of GTZAN, measured on their audio (5th to 95th percentile: 11 to 26)."""
_NEPERS_PER_DB = 0.1 * math.log(10)  # of power


class Layer(NamedTuple):
    """A convolution with ReLU, and the gain and shift of the batch normalization after it."""

    kernel: np.ndarray
    """shape (columns, bands or channels, filters), float32."""
    bias: np.ndarray
    """shape (filters,)."""
    gain: np.ndarray
    shift: np.ndarray


class Filters(NamedTuple):
    """The content of FILE."""

    bands: np.ndarray
    """shape (128, 96), float32: maps the bands of a picture to those of MSD_musicnn."""
    gain: float
    shift: float
    """Batch normalization of the input."""
    front: tuple[Layer, ...]
    """The layers of the front end, side by side."""
    middle: tuple[Layer, ...]
    """The layers after it, one after the other."""
    pooled_gain: np.ndarray
    """shape (2 * features,): batch normalization of the maxima over time, followed by the means."""
    pooled_shift: np.ndarray


def load() -> Filters:
    """Read FILE; TrainingError if it is missing or damaged."""
    try:
        with np.load(FILE, allow_pickle=False) as file:
            arrays = dict(file)
        layers = [Layer(*(arrays[f"{name}_{i}"] for name in Layer._fields)) for i in range(int(arrays["layers"]))]
        n_front = int(arrays["front"])
        return Filters(
            arrays["bands"],
            float(arrays["gain"]),
            float(arrays["shift"]),
            tuple(layers[:n_front]),
            tuple(layers[n_front:]),
            arrays["pooled_gain"],
            arrays["pooled_shift"],
        )
    except (OSError, ValueError, LookupError) as error:
        raise TrainingError(f"The pretrained filters can't be read ({FILE.name}); download Genre Lab again.") from error


def build(config: CnnConfig, n_genres: int) -> keras.Model:
    """Build the network: unscaled pictures, (batch, *wide_mel.SHAPE), to logits of shape (batch, ensemble, genres)."""
    filters = load()
    pictures = keras.Input(wide_mel.SHAPE, name="picture")
    logits = [_network(pictures, filters, config, n_genres, i) for i in range(config.ensemble_size)]
    stacked = keras.layers.Concatenate()(logits) if len(logits) > 1 else logits[0]
    return keras.Model(pictures, keras.layers.Reshape((config.ensemble_size, n_genres))(stacked))


def _network(
    pictures: keras.KerasTensor, filters: Filters, config: CnnConfig, n_genres: int, number: int
) -> keras.KerasTensor:
    """One network of the ensemble."""
    layers = keras.layers
    columns = wide_mel.WINDOW
    transposed = layers.Permute((2, 1))(layers.Reshape((wide_mel.BANDS, columns))(pictures))
    to_bands = layers.Dense(filters.bands.shape[1], use_bias=False, trainable=False)
    level_db = to_bands(transposed) * (wide_mel.RANGE_DB / 255) - wide_mel.RANGE_DB + MAX_LEVEL_DB
    to_bands.set_weights([filters.bands])
    loudness = keras.ops.log10(1 + 10_000 * keras.ops.exp(level_db * _NEPERS_PER_DB))
    spectrogram = layers.Reshape((columns, -1, 1))(loudness * filters.gain + filters.shift)
    front = []
    for layer in filters.front:
        activations = _convolution(spectrogram, layer, layer.kernel.shape[:2])
        maxima = layers.MaxPooling2D((1, activations.shape[2]))(activations)
        front.append(layers.Reshape((columns, -1))(maxima))
    features = [layers.Concatenate()(front)]
    for layer in filters.middle:
        channels = layers.Reshape((columns, 1, -1))(features[-1])
        activations = layers.Reshape((columns, -1))(_convolution(channels, layer, (layer.kernel.shape[0], 1)))
        features.append(activations if len(features) == 1 else layers.Add()([activations, features[-1]]))
    joined = layers.Concatenate()(features)
    pooled = layers.Concatenate()([layers.GlobalMaxPooling1D()(joined), layers.GlobalAveragePooling1D()(joined)])
    normalized = _normalization(layers.Reshape((1, 1, -1))(pooled), filters.pooled_gain, filters.pooled_shift)
    pooled = layers.Dropout(config.dropout)(layers.Flatten(name=f"{POOLED}_{number}")(normalized))
    return layers.Dense(n_genres, kernel_initializer="zeros", name=f"{OUTPUT}_{number}")(pooled)


def _convolution(tensor: keras.KerasTensor, layer: Layer, size: tuple[int, ...]) -> keras.KerasTensor:
    """The activations of a pretrained layer, with as many columns as its input."""
    layers = keras.layers
    padding = size[0] // 2
    convolution = layers.Conv2D(layer.kernel.shape[-1], size, activation="relu")
    activations = convolution(layers.ZeroPadding2D(((padding, padding), (0, 0)))(tensor))
    convolution.set_weights([layer.kernel.reshape(*size, -1, layer.kernel.shape[-1]), layer.bias])
    return _normalization(activations, layer.gain, layer.shift)


def _normalization(tensor: keras.KerasTensor, gain: np.ndarray, shift: np.ndarray) -> keras.KerasTensor:
    """A trainable gain and shift for each channel, as an operation that LiteRT has."""
    norm = keras.layers.DepthwiseConv2D(1)
    normalized = norm(tensor)
    norm.set_weights([gain.reshape(1, 1, -1, 1), shift])
    return normalized
