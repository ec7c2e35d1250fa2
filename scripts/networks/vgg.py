"""MSD_vgg and MTT_vgg, as published and smaller.

The architecture is that of the function `vgg` of musicnn 0.1.0: five convolutions of 3 x 3 with 128 filters, each
followed by ReLU, batch normalization and pooling.

The smaller network has the same outputs and a fraction of the cost, for four reasons.
- Weight decay has made many filters constant: no input changes their outputs.  They are removed.
- The first pooling takes each second band and the last one drops what doesn't fill its window; what is dropped is not
  computed.  So the network sees the first 161 frames and 94 bands of a patch.
- Batch normalization is part of the convolution after it.  Its shifts, and the outputs of the filters that are removed,
  are constants, but not where the convolution pads with zeros.  They are the weights of one more input channel, which
  is 1 inside and is padded with zeros as the others are.
- ReLU is applied after pooling, where there are fewer numbers.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

from genre_core.features.embedding import BANDS, FRAMES
from scripts.networks.checkpoint import Checkpoint

LAYERS, FILTERS = 5, 128
POOLS = ((4, 1), (2, 2), (2, 2), (2, 2), (4, 4))
"""(frames, bands) of each pooling."""
STRIDES = ((2, 2), (2, 2), (2, 2), (2, 2), (4, 4))
POOLED = (2, 1)
"""(frames, bands) after the last pooling."""


@dataclass(frozen=True)
class Layer:
    """A convolution with ReLU, and the gain and shift of the batch normalization after it; float64."""

    kernel: np.ndarray
    """shape (3, 3, channels, filters)."""
    bias: np.ndarray
    gain: np.ndarray
    shift: np.ndarray


@dataclass(frozen=True)
class Weights:
    """The weights of the network, float64, without its tags."""

    input_gain: np.ndarray
    input_shift: np.ndarray
    layers: tuple[Layer, ...]


def read(checkpoint: Checkpoint) -> Weights:
    """The weights of MSD_vgg or MTT_vgg."""
    convolutions = (
        Layer(checkpoint.weights(f"{i}CNN/kernel"), checkpoint.weights(f"{i}CNN/bias"), *checkpoint.norm(i))
        for i in range(1, LAYERS + 1)
    )
    return Weights(*checkpoint.norm(0), tuple(convolutions))


def build(weights: Weights) -> keras.Model:
    """Build the network as published.

    Its input are log-mel frames, shape (n, FRAMES, BANDS); its output is the last pooling, shape (n, 256), first the
    filters of the first half of the patch, then those of the second.
    """
    mel = keras.Input((FRAMES, BANDS), name="mel")
    x = layers.Reshape((FRAMES, BANDS, 1))(mel * _constant(weights.input_gain) + _constant(weights.input_shift))
    for layer, pool, stride in zip(weights.layers, POOLS, STRIDES, strict=True):
        x = ops.relu(_convolved(x, layer.kernel, layer.bias, padding="same"))
        x = layers.MaxPooling2D(pool, stride)(x * _constant(layer.gain) + _constant(layer.shift))
    return keras.Model(mel, layers.Flatten()(x))


def build_compact(weights: Weights, max_change: float) -> keras.Model:
    """Build the smaller network.

    max_change : largest change of a constant filter's output when its inputs change by one.
    """
    mel = keras.Input((FRAMES, BANDS), name="mel")
    sizes = _needed_sizes()
    frames, bands = (size - 1 for size in sizes[0])  # without the zeros before them
    x = layers.Reshape((frames, bands, 1))(mel[:, :frames, :bands])
    x = x * _constant(weights.input_gain) + _constant(weights.input_shift)
    kernel = weights.layers[0].kernel
    for i, layer in enumerate(weights.layers):
        last = i == LAYERS - 1
        active = np.abs(layer.gain) * np.abs(layer.kernel).sum(axis=(0, 1, 2)) > max_change
        kept = np.ones_like(active) if last else active
        sign = np.where(layer.gain[kept] < 0, -1.0, 1.0)
        more = 0 if last else 1  # for the channel that is 1: no weights, a bias of 1
        bias = np.append(layer.bias[kept] * sign, np.ones(more))
        # The first convolution does not compute the bands that its pooling drops.
        strides, stride = ((1, 2), (2, 1)) if i == 0 else ((1, 1), STRIDES[i])
        x = layers.ZeroPadding2D(((1, 0), (1, 0)))(x[:, : sizes[i][0] - 1, : sizes[i][1] - 1])
        signed = np.pad(kernel[..., kept] * sign, ((0, 0), (0, 0), (0, 0), (0, more)))
        x = _convolved(x, signed, bias, strides=strides)
        # Gain and shift are monotone, so they can be exchanged with the maximum; where the gain is negative, with the
        # minimum, which is minus the maximum of what has the opposite sign.
        x = layers.MaxPooling2D(POOLS[i], stride)(x)
        x = ops.relu(x if (sign > 0).all() else x * _constant(np.append(sign, np.ones(more))))
        if last:
            x = x * _constant(layer.gain) + _constant(layer.shift)
        else:
            following = weights.layers[i + 1].kernel
            constant = layer.shift + np.where(active, 0, layer.gain * np.maximum(layer.bias, 0))
            of_ones = np.einsum("fbco,c->fbo", following, constant)[:, :, None]
            kernel = np.concatenate([following[:, :, active] * layer.gain[active][:, None], of_ones], axis=2)
    return keras.Model(mel, layers.Flatten()(x))


def _needed_sizes() -> list[tuple[int, int]]:
    """(frames, bands) of the input of each convolution that its outputs depend on, with one row of zeros before it."""
    sizes: list[tuple[int, int]] = []
    frames, bands = POOLED
    for pool, stride in zip(reversed(POOLS), reversed(STRIDES), strict=True):
        convolved = [(n - 1) * step + width for n, step, width in zip((frames, bands), stride, pool, strict=True)]
        frames, bands = (n + 1 for n in convolved)
        sizes.insert(0, (frames + 1, bands + 1))
    return sizes


def _convolved(
    x: keras.KerasTensor,
    kernel: np.ndarray,
    bias: np.ndarray,
    padding: str = "valid",
    strides: tuple[int, int] = (1, 1),
) -> keras.KerasTensor:
    convolution = layers.Conv2D(kernel.shape[-1], kernel.shape[:2], strides, padding)
    output = convolution(x)
    convolution.set_weights([kernel, bias])
    return output


def _constant(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)
