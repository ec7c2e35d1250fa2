"""MSD_vgg and MTT_vgg, smaller than published.

The architecture is that of the graphs in musicnn 0.1.0: five convolutions of 3 x 3 with 128 filters, each followed by
ReLU, batch normalization and pooling.

The smaller network has the same outputs and a fraction of the cost, for four reasons.
- Weight decay has made many filters constant: no input changes their outputs.  They are removed.
- Poolings drop what doesn't fill their windows, and the first one of MTT_vgg takes each second band only; what is
  dropped is not computed.  The networks see the first 161 frames and 94 bands of a patch.
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
from scripts.networks.checkpoint import Checkpoint, Layer


@dataclass(frozen=True)
class Pool:
    """A pooling by the maximum, (frames, bands)."""

    size: tuple[int, int]
    stride: tuple[int, int]


POOLS = {
    "MSD_vgg": (Pool((4, 1), (4, 1)), Pool((1, 4), (1, 4)), *[Pool((2, 2), (2, 2))] * 2, Pool((4, 4), (4, 4))),
    "MTT_vgg": (Pool((4, 1), (2, 2)), *[Pool((2, 2), (2, 2))] * 3, Pool((4, 4), (4, 4))),
}
"""The poolings of the graphs in the package.  They differ, and its code has only those of MTT_vgg."""
POOLED = (2, 1)
"""(frames, bands) after the last pooling."""


@dataclass(frozen=True)
class Weights:
    """The weights of the network, float64, without its tags."""

    input_gain: np.ndarray
    input_shift: np.ndarray
    layers: tuple[Layer, ...]
    pools: tuple[Pool, ...]
    """The pooling after each layer."""


def read(checkpoint: Checkpoint) -> Weights:
    """The weights of MSD_vgg or MTT_vgg."""
    pools = POOLS[checkpoint.network]
    convolutions = (
        Layer(checkpoint.weights(f"{i}CNN/kernel"), checkpoint.weights(f"{i}CNN/bias"), *checkpoint.norm(i))
        for i in range(1, len(pools) + 1)
    )
    return Weights(*checkpoint.norm(0), tuple(convolutions), pools)


def build(weights: Weights, max_change: float) -> keras.Model:
    """Build the smaller network.

    Its input are log-mel frames, shape (n, FRAMES, BANDS); its output is the last pooling, shape (n, 256), first the
    filters of the first half of the patch, then those of the second.

    max_change : largest change of a constant filter's output when its inputs change by one.
    """
    mel = keras.Input((FRAMES, BANDS), name="mel")
    sizes = _needed_sizes(weights.pools)
    frames, bands = (size - 1 for size in sizes[0])  # without the zeros before them
    x = layers.Reshape((frames, bands, 1))(mel[:, :frames, :bands])
    x = x * _constant(weights.input_gain) + _constant(weights.input_shift)
    kernel = weights.layers[0].kernel
    for i, (layer, pool) in enumerate(zip(weights.layers, weights.pools, strict=True)):
        last = i == len(weights.layers) - 1
        active = np.abs(layer.gain) * np.abs(layer.kernel).sum(axis=(0, 1, 2)) > max_change
        kept = np.ones_like(active) if last else active
        sign = np.where(layer.gain[kept] < 0, -1.0, 1.0)
        more = 0 if last else 1  # for the channel that is 1: no weights, a bias of 1
        bias = np.append(layer.bias[kept] * sign, np.ones(more))
        # A convolution does not compute what its pooling skips.
        skips = [width == 1 for width in pool.size]
        strides = tuple(step if skip else 1 for step, skip in zip(pool.stride, skips, strict=True))
        pool_strides = tuple(1 if skip else step for step, skip in zip(pool.stride, skips, strict=True))
        x = layers.ZeroPadding2D(((1, 0), (1, 0)))(x[:, : sizes[i][0] - 1, : sizes[i][1] - 1])
        signed = np.pad(kernel[..., kept] * sign, ((0, 0), (0, 0), (0, 0), (0, more)))
        x = _convolved(x, signed, bias, strides)
        # Gain and shift are monotone, so they can be exchanged with the maximum; where the gain is negative, with the
        # minimum, which is minus the maximum of what has the opposite sign.
        x = layers.MaxPooling2D(pool.size, pool_strides)(x)
        x = ops.relu(x if (sign > 0).all() else x * _constant(np.append(sign, np.ones(more))))
        if last:
            x = x * _constant(layer.gain) + _constant(layer.shift)
        else:
            following = weights.layers[i + 1].kernel
            constant = layer.shift + np.where(active, 0, layer.gain * np.maximum(layer.bias, 0))
            of_ones = np.einsum("fbco,c->fbo", following, constant)[:, :, None]
            kernel = np.concatenate([following[:, :, active] * layer.gain[active][:, None], of_ones], axis=2)
    return keras.Model(mel, layers.Flatten()(x))


def _needed_sizes(pools: tuple[Pool, ...]) -> list[tuple[int, int]]:
    """(frames, bands) of the input of each convolution that its outputs depend on, with one row of zeros before it."""
    sizes: list[tuple[int, int]] = []
    frames, bands = POOLED
    for pool in reversed(pools):
        pooled = zip((frames, bands), pool.stride, pool.size, strict=True)
        convolved = [(n - 1) * step + width for n, step, width in pooled]
        frames, bands = (n + 1 for n in convolved)
        sizes.insert(0, (frames + 1, bands + 1))
    return sizes


def _convolved(
    x: keras.KerasTensor,
    kernel: np.ndarray,
    bias: np.ndarray,
    strides: tuple[int, ...],
) -> keras.KerasTensor:
    convolution = layers.Conv2D(kernel.shape[-1], kernel.shape[:2], strides)
    output = convolution(x)
    convolution.set_weights([kernel, bias])
    return output


def _constant(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)
