"""MSD_musicnn and MTT_musicnn, as published and smaller.

The architecture is that of J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging" (ISMIR 2019 late-breaking demo).

The smaller network has the same outputs and a fraction of the cost.  Weight decay has made many of the 510 filters of
the first layers constant: their kernels are so small that no input changes their outputs.  They are removed, and their
outputs are added to the layers after them.  The first layers have one input channel and few filters, which is slow on a
CPU; so several neighboring positions are grouped into one position with more channels.
"""

from dataclasses import dataclass, replace

import keras
import numpy as np
from keras import layers, ops

from genre_core.features.embedding import BANDS, FRAMES, SIZE, TAGS
from scripts.networks.checkpoint import Checkpoint, Layer, numbered

FRONT = ((7, 38), (7, 67), (128, 1), (64, 1), (32, 1))
"""(frames, bands) of the parallel kernels of the first layers: two for timbre, three for time."""
FILTERS = (204, 204, 51, 51, 51)
GROUP_SIZES = (4, 6, 8, 8, 8)
"""How many positions are grouped, along the bands for timbre and along the frames for time: the fastest of several."""
MIDDLE_FRAMES, MIDDLE = 7, 64


@dataclass(frozen=True)
class Weights:
    """The weights of the network, float64."""

    input_gain: np.ndarray
    input_shift: np.ndarray
    front: tuple[Layer, ...]
    middle: tuple[Layer, ...]
    pooled_gain: np.ndarray
    """shape (2 * features,): batch normalization after pooling, of the maxima and then of the means; it is contained in
    `dense_kernel` as well."""
    pooled_shift: np.ndarray
    dense_kernel: np.ndarray
    """shape (2 * features, SIZE): for the maximum of each feature over time, then for its mean."""
    dense_bias: np.ndarray
    tags_kernel: np.ndarray
    """shape (SIZE, tags)."""
    tags_bias: np.ndarray


def read(checkpoint: Checkpoint) -> Weights:
    """The weights of MSD_musicnn or MTT_musicnn."""
    convolutions = []
    for i in range(len(FRONT) + 3):
        name = numbered("conv2d", i)
        kernel = checkpoint.weights(f"{name}/kernel")
        convolutions.append(Layer(kernel[:, :, 0], checkpoint.weights(f"{name}/bias"), *checkpoint.norm(i + 1)))
    # The batch normalizations before the dense layers are linear, so they are folded into them.
    gain, shift = checkpoint.norm(9)
    kernel = checkpoint.weights("dense/kernel")
    of_maxima, of_means = np.split((gain[:, None] * kernel).reshape(-1, 2 * SIZE), 2, axis=1)  # their rows alternate
    pooled = [np.concatenate([numbers[::2], numbers[1::2]]) for numbers in (gain, shift)]
    tags_gain, tags_shift = checkpoint.norm(10)
    tags_kernel = checkpoint.weights("dense_1/kernel")
    return Weights(
        *checkpoint.norm(0),
        front=tuple(convolutions[: len(FRONT)]),
        middle=tuple(convolutions[len(FRONT) :]),
        pooled_gain=pooled[0],
        pooled_shift=pooled[1],
        dense_kernel=np.concatenate([of_maxima, of_means]),
        dense_bias=checkpoint.weights("dense/bias") + shift @ kernel,
        tags_kernel=tags_gain[:, None] * tags_kernel,
        tags_bias=checkpoint.weights("dense_1/bias") + tags_shift @ tags_kernel,
    )


def random_weights(filters: tuple[int, ...] = FILTERS) -> Weights:
    """Random weights with the given numbers of filters in the first layers, for measuring time."""
    rng = np.random.default_rng(0)

    def layer(*shape: int) -> Layer:
        return Layer(rng.normal(0, np.prod(shape[:-1]) ** -0.5, shape), *rng.uniform(0.1, 1, (3, shape[-1])))

    features = sum(filters) + 3 * MIDDLE
    return Weights(
        input_gain=np.ones(1),
        input_shift=np.zeros(1),
        front=tuple(layer(*size, count) for size, count in zip(FRONT, filters, strict=True)),
        middle=tuple(layer(MIDDLE_FRAMES, width, MIDDLE) for width in (sum(filters), MIDDLE, MIDDLE)),
        pooled_gain=np.ones(2 * features),
        pooled_shift=np.zeros(2 * features),
        dense_kernel=rng.normal(0, 0.02, (2 * features, SIZE)),
        dense_bias=np.zeros(SIZE),
        tags_kernel=rng.normal(0, 0.1, (SIZE, len(TAGS))),
        tags_bias=np.zeros(len(TAGS)),
    )


def without_constant_filters(weights: Weights, max_change: float) -> Weights:
    """The same network without the filters of the first layers whose output is constant.

    max_change : largest change of a constant filter's output when its input changes by one.
    """
    active = [np.abs(layer.gain) * np.abs(layer.kernel).sum(axis=(0, 1)) > max_change for layer in weights.front]
    front = tuple(
        Layer(layer.kernel[..., kept], layer.bias[kept], layer.gain[kept], layer.shift[kept])
        for layer, kept in zip(weights.front, active, strict=True)
    )
    kept = np.concatenate(active)
    constant = np.concatenate([layer.gain * np.maximum(layer.bias, 0) + layer.shift for layer in weights.front])[~kept]

    # The middle layers pad with zeros, so their response to a constant differs at both ends.
    first = weights.middle[0]
    of_a_frame = np.einsum("fco,c->fo", first.kernel[:, ~kept], constant)
    inside = np.pad(np.ones(FRAMES), MIDDLE_FRAMES // 2)
    at_frames = np.lib.stride_tricks.sliding_window_view(inside, MIDDLE_FRAMES) @ of_a_frame
    middle = (replace(first, kernel=first.kernel[:, kept], bias=first.bias + at_frames), *weights.middle[1:])

    of_maxima, of_means = np.split(weights.dense_kernel, 2)
    used = np.concatenate([kept, np.ones(len(of_means) - len(kept), dtype=bool)])
    return replace(
        weights,
        front=front,
        middle=middle,
        pooled_gain=weights.pooled_gain[np.tile(used, 2)],
        pooled_shift=weights.pooled_shift[np.tile(used, 2)],
        dense_kernel=np.concatenate([of_maxima[used], of_means[used]]),
        dense_bias=weights.dense_bias + constant @ (of_maxima + of_means)[~used],
    )


def build(weights: Weights, group_sizes: tuple[int, ...] | None = None) -> keras.Model:
    """Build the network.

    Its input are log-mel frames, shape (n, FRAMES, BANDS); its output are the activations of the penultimate layer
    after its ReLU, shape (n, SIZE).

    group_sizes : how many neighboring positions each of the first layers groups; None to build it as published.
    """
    mel = keras.Input((FRAMES, BANDS), name="mel")
    scaled = mel * _constant(weights.input_gain) + _constant(weights.input_shift)
    if group_sizes:
        front = [_grouped_front(scaled, layer, n) for layer, n in zip(weights.front, group_sizes, strict=True)]
    else:
        front = [_front(scaled, layer) for layer in weights.front]
    features = [layers.Concatenate()(front)]
    for layer in weights.middle:
        output = _convolved(features[-1], layer.kernel[:, None], padding="same")
        output = _normalized(ops.relu(output + _constant(layer.bias[..., None, :])), layer)
        features.append(output if len(features) == 1 else output + features[-1])
    whole = layers.Concatenate()(features)
    pooled = layers.Concatenate()([ops.max(whole, axis=(1, 2)), ops.mean(whole, axis=(1, 2))])
    dense = layers.Dense(SIZE, activation="relu")
    activations = dense(pooled)
    dense.set_weights([weights.dense_kernel, weights.dense_bias])
    return keras.Model(mel, activations)


def _front(mel: keras.KerasTensor, layer: Layer) -> keras.KerasTensor:
    """One of the first layers and its maximum over the bands, shape (n, FRAMES, 1, filters)."""
    frames, bands, _ = layer.kernel.shape
    ends = _ends(frames)
    padded = layers.ZeroPadding2D((ends, (0, 0)))(layers.Reshape((FRAMES, BANDS, 1))(mel))
    output = ops.relu(_convolved(padded, layer.kernel[:, :, None]) + _constant(layer.bias))
    return layers.MaxPooling2D((1, BANDS - bands + 1))(_normalized(output, layer))


def _grouped_front(mel: keras.KerasTensor, layer: Layer, group_size: int) -> keras.KerasTensor:
    """The same with neighboring positions grouped, and with ReLU and batch normalization after the maximum.

    Both are monotone, so they can be exchanged with the maximum; or, where the gain is negative, with the minimum.
    """
    frames, bands, filters = layer.kernel.shape
    sign = np.where(layer.gain < 0, -1.0, 1.0)
    kernel, bias = layer.kernel * sign, np.tile(layer.bias * sign, group_size)
    before, after = _ends(frames)
    if bands > 1:
        positions = BANDS - bands + 1
        kernel = _copies(kernel.transpose(1, 0, 2), group_size).transpose(2, 0, 1, 3)
        groups = -(-positions // group_size)
        needed = (groups + kernel.shape[1] - 1) * group_size
        padded = ops.pad(mel, ((0, 0), (before, after), (0, max(needed - BANDS, 0))))[:, :, :needed]
        grouped = ops.reshape(padded, (-1, before + FRAMES + after, needed // group_size, group_size))
        output = ops.reshape(_convolved(grouped, kernel, bias), (-1, FRAMES, groups * group_size, filters))
        maxima = layers.MaxPooling2D((1, positions))(output)
    else:
        kernel = _copies(kernel, group_size).transpose(0, 2, 1, 3)
        groups = -(-FRAMES // group_size)
        needed = (groups + len(kernel) - 1) * group_size
        padded = ops.pad(mel, ((0, 0), (before, needed - before - FRAMES), (0, 0)))
        grouped = ops.reshape(padded, (-1, needed // group_size, group_size, BANDS))
        output = _convolved(ops.transpose(grouped, (0, 1, 3, 2)), kernel, bias)
        maxima = layers.MaxPooling2D((1, BANDS))(output)
        maxima = ops.reshape(maxima, (-1, groups * group_size, 1, filters))[:, :FRAMES]
    return _normalized(ops.relu(maxima * _constant(sign)), layer)


def _copies(kernel: np.ndarray, group_size: int) -> np.ndarray:
    """A kernel for a group of positions: one copy for each of them, shifted by one.

    Parameters
    ----------
    kernel : shape (length, width, filters).

    Returns
    -------
    shape (groups, group_size, width, group_size * filters).
    """
    length, width, filters = kernel.shape
    groups = -(-(length + group_size - 1) // group_size)
    copies = np.zeros((groups * group_size, width, group_size, filters))
    for i in range(group_size):
        copies[i : i + length, :, i] = kernel
    return copies.reshape(groups, group_size, width, group_size * filters)


def _ends(length: int) -> tuple[int, int]:
    """Numbers of zeros before and after that keep the length, as in TensorFlow."""
    return (length - 1) // 2, length // 2


def _convolved(
    x: keras.KerasTensor, kernel: np.ndarray, bias: np.ndarray | None = None, padding: str = "valid"
) -> keras.KerasTensor:
    convolution = layers.Conv2D(kernel.shape[-1], kernel.shape[:2], padding=padding, use_bias=bias is not None)
    output = convolution(x)
    convolution.set_weights([kernel] if bias is None else [kernel, bias])
    return output


def _normalized(x: keras.KerasTensor, layer: Layer) -> keras.KerasTensor:
    return x * _constant(layer.gain) + _constant(layer.shift)


def _constant(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)
