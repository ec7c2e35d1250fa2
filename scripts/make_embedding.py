"""Make artifacts/bundled/musicnn/ again: the network MSD_musicnn from the package musicnn, as a LiteRT file.

    python -m scripts.make_embedding PACKAGE

It also writes tests/data/embedding.npz, the outputs of the published network, with which the tests compare it.

PACKAGE is the wheel of musicnn 0.1.0 (`pip download --no-deps musicnn==0.1.0`), or the folder with its content.  Its
code needs TensorFlow 1 and is not executed: the weights are read from its checkpoint, and the network is built again
after J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging" (ISMIR 2019
late-breaking demo).

The exported network has the same outputs and a tenth of the cost.  Weight decay has made all but 64 of the 510 filters
of the first layers constant: their kernels are so small that no input changes their outputs by 1e-7.  They are removed,
and their outputs are added to the layers after them.  The first layers have one input channel and few filters, which
is slow on a CPU; so several neighboring positions are grouped into one position with more channels.
"""

import ast
import sys
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from genre_core.audio import synthesis
from genre_core.features import embedding, network_files
from genre_core.features.embedding import BANDS, FRAMES, SIZE, TAGS

FRONT = ((7, 38), (7, 67), (128, 1), (64, 1), (32, 1))
"""(frames, bands) of the parallel kernels of the first layers: two for timbre, three for time."""
FILTERS = (204, 204, 51, 51, 51)
GROUP_SIZES = (4, 6, 8, 8, 8)
"""How many positions are grouped, along the bands for timbre and along the frames for time: the fastest of several."""
MIDDLE_FRAMES, MIDDLE = 7, 64
EPSILON = 1e-3
"""Added to a variance by TensorFlow's batch normalization."""
MAX_CONSTANT_CHANGE = 1e-6
"""Largest change of a constant filter's output when its input changes by one; other filters change by at least 9e-3."""
TOLERANCE = 5e-5
"""Largest difference between the published and the exported network, in activations that reach about 12."""
GOLDEN = Path(__file__).parents[1] / "tests" / "data" / "embedding.npz"
"""Outputs of the published network for the first patches of each synthetic song."""
GOLDEN_PATCHES, GOLDEN_SECONDS = 3, 9.0


@dataclass(frozen=True)
class Layer:
    """A convolution with ReLU, and the gain and shift of the batch normalization after it; float64."""

    kernel: np.ndarray
    """shape (frames, bands or channels, filters)."""
    bias: np.ndarray
    """shape (filters,), or (FRAMES, filters) where it differs from frame to frame."""
    gain: np.ndarray
    shift: np.ndarray


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


def main(package: Path) -> None:
    root = zipfile.Path(package) if package.is_file() else package
    if _tags((root / "musicnn" / "configuration.py").read_text(encoding="utf-8")) != TAGS:
        raise SystemExit("The tags of this package differ from embedding.TAGS.")
    published = open_weights(root)

    folder = embedding.FOLDER
    folder.mkdir(exist_ok=True)
    compact = build(without_constant_filters(published), GROUP_SIZES)
    compact.export(str(folder / embedding.NETWORK_FILE), format="litert", verbose=False)
    kernel, bias = (_constant(weights) for weights in (published.tags_kernel, published.tags_bias))
    np.savez(folder / embedding.TAGS_FILE, kernel=kernel, bias=bias)
    (folder / "LICENSE").write_bytes((root / "musicnn-0.1.0.dist-info" / "LICENSE.md").read_bytes())
    network_files.write_checksums(folder, embedding.FILES)

    mels = [embedding.log_mel(song.clip(seconds=GOLDEN_SECONDS).samples) for song in synthesis.SONGS]
    patches = np.concatenate([frames[: GOLDEN_PATCHES * FRAMES].reshape(-1, FRAMES, BANDS) for frames in mels])
    activations, tags = (output.numpy() for output in build(published)(patches))
    worst = np.abs(embedding.Network().activations(patches) - activations).max()
    print(f"{compact.count_params()} parameters; largest difference of the activations {worst:.1e}")
    if worst > TOLERANCE:
        raise SystemExit(f"That is more than {TOLERANCE}: the exported network differs from the published one.")
    np.savez_compressed(GOLDEN, activations=activations, tags=tags)


def open_weights(package: Path | zipfile.Path) -> Weights:
    """The weights in the package's folder or wheel."""
    root = zipfile.Path(package) if isinstance(package, Path) and package.is_file() else package
    with tempfile.TemporaryDirectory() as folder:
        for ending in (".index", ".data-00000-of-00001"):
            content = (root / "musicnn" / "MSD_musicnn" / ending).read_bytes()
            Path(folder, f"model{ending}").write_bytes(content)
        return read(Path(folder, "model"))


def _tags(configuration: str) -> tuple[str, ...]:
    """The list MSD_LABELS in the package's configuration.py."""
    for statement in ast.parse(configuration).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "MSD_LABELS":
            return tuple(ast.literal_eval(statement.value))
    return ()


def read(checkpoint: Path) -> Weights:
    """The weights in a checkpoint of musicnn."""
    reader = tf.train.load_checkpoint(str(checkpoint))

    def numbers(name: str) -> np.ndarray:
        return reader.get_tensor(name).astype(np.float64)

    def numbered(name: str, number: int) -> str:
        return f"{name}_{number}" if number else name

    def norm(number: int) -> tuple[np.ndarray, np.ndarray]:
        name = numbered("batch_normalization", number)
        gain = numbers(f"{name}/gamma") / np.sqrt(numbers(f"{name}/moving_variance") + EPSILON)
        return gain, numbers(f"{name}/beta") - gain * numbers(f"{name}/moving_mean")

    convolutions = []
    for i in range(len(FRONT) + 3):
        name = numbered("conv2d", i)
        convolutions.append(Layer(numbers(f"{name}/kernel")[:, :, 0], numbers(f"{name}/bias"), *norm(i + 1)))
    # The batch normalizations before the dense layers are linear, so they are folded into them.
    gain, shift = norm(9)
    kernel = numbers("dense/kernel")
    of_maxima, of_means = np.split((gain[:, None] * kernel).reshape(-1, 2 * SIZE), 2, axis=1)  # their rows alternate
    pooled = [np.concatenate([numbers[::2], numbers[1::2]]) for numbers in (gain, shift)]
    tags_gain, tags_shift = norm(10)
    tags_kernel = numbers("dense_1/kernel")
    return Weights(
        *norm(0),
        front=tuple(convolutions[: len(FRONT)]),
        middle=tuple(convolutions[len(FRONT) :]),
        pooled_gain=pooled[0],
        pooled_shift=pooled[1],
        dense_kernel=np.concatenate([of_maxima, of_means]),
        dense_bias=numbers("dense/bias") + shift @ kernel,
        tags_kernel=tags_gain[:, None] * tags_kernel,
        tags_bias=numbers("dense_1/bias") + tags_shift @ tags_kernel,
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


def without_constant_filters(weights: Weights) -> Weights:
    """The same network without the filters of the first layers whose output is constant."""
    active = [
        np.abs(layer.gain) * np.abs(layer.kernel).sum(axis=(0, 1)) > MAX_CONSTANT_CHANGE for layer in weights.front
    ]
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

    Its input are log-mel frames, shape (n, FRAMES, BANDS); its outputs are activations, shape (n, SIZE), and
    probabilities of tags, shape (n, tags).

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
    dense, last = layers.Dense(SIZE, activation="relu"), layers.Dense(len(TAGS), activation="sigmoid")
    activations = dense(pooled)
    tags = last(activations)
    dense.set_weights([weights.dense_kernel, weights.dense_bias])
    last.set_weights([weights.tags_kernel, weights.tags_bias])
    return keras.Model(mel, [activations, tags])


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


if __name__ == "__main__":
    main(Path(sys.argv[1]))
