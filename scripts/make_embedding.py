"""Make artifacts/bundled/musicnn/ again: the network MSD_musicnn out of the package musicnn, as LiteRT.

    python -m scripts.make_embedding PACKAGE

and with it tests/data/embedding.npz, the answers of the network as published, to which the tests hold it.

PACKAGE is the wheel of musicnn 0.1.0 (`pip download --no-deps musicnn==0.1.0`), or the folder that it was unpacked in.
Its code needs TensorFlow 1 and is not run: the numbers come from its checkpoint, and the network is built anew after
J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging" (ISMIR 2019
late-breaking demo).

What is exported gives the same answers for a tenth of the work.  Weight decay has silenced all but 64 of the 510
filters of the first layers: the kernels of the others are so small that nothing that is heard moves their answers by
1e-7.  They are left out, and the constants that they give are kept.  And as those layers hear one channel with few
filters, which processors are slow at, some neighboring places become one place with more channels.
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
"""(frames, bands) of the kernels that hear the input, side by side: two for timbre, three for time."""
FILTERS = (204, 204, 51, 51, 51)
TOGETHER = (4, 6, 8, 8, 8)
"""How many places, along the bands for timbre and along the frames for time, become one: the fastest of some tried."""
MIDDLE_FRAMES, MIDDLE = 7, 64
EPSILON = 1e-3
"""What TensorFlow's batch normalization adds to a variance."""
SILENT = 1e-6
"""Most by which a silent filter's answer moves when all of its input moves by one; of the others the least is 9e-3."""
SAME = 5e-5
"""Largest difference between the network as published and as exported, in activations that reach about 12."""
GOLDEN = Path(__file__).parents[1] / "tests" / "data" / "embedding.npz"
"""What the network as published makes of the first patches of each demo song."""
GOLDEN_PATCHES, GOLDEN_SECONDS = 3, 9.0


@dataclass(frozen=True)
class Layer:
    """A convolution with ReLU, and the gain and shift of the batch norm after it; float64."""

    kernel: np.ndarray
    """shape (frames, bands or channels, filters)."""
    bias: np.ndarray
    """shape (filters,), or (FRAMES, filters) where it differs from frame to frame."""
    gain: np.ndarray
    shift: np.ndarray


@dataclass(frozen=True)
class Weights:
    """The numbers of the network, float64."""

    input_gain: np.ndarray
    input_shift: np.ndarray
    front: tuple[Layer, ...]
    middle: tuple[Layer, ...]
    pooled_gain: np.ndarray
    """shape (2 * features,): of the batch norm after pooling, first of the maxima, then of the means; it is part of
    `dense_kernel` too."""
    pooled_shift: np.ndarray
    dense_kernel: np.ndarray
    """shape (2 * features, SIZE): of each feature's maximum over time, then of each one's mean."""
    dense_bias: np.ndarray
    tags_kernel: np.ndarray
    """shape (SIZE, tags)."""
    tags_bias: np.ndarray


def main(package: Path) -> None:
    root = zipfile.Path(package) if package.is_file() else package
    if _tags((root / "musicnn" / "configuration.py").read_text(encoding="utf-8")) != TAGS:
        raise SystemExit("The tags of this package are not those of embedding.TAGS.")
    published = open_weights(root)

    to = embedding.FOLDER
    to.mkdir(exist_ok=True)
    compact = build(without_silent(published), TOGETHER)
    compact.export(str(to / embedding.NETWORK_FILE), format="litert", verbose=False)
    kernel, bias = (_constant(numbers) for numbers in (published.tags_kernel, published.tags_bias))
    np.savez(to / embedding.TAGS_FILE, kernel=kernel, bias=bias)
    (to / "LICENSE").write_bytes((root / "musicnn-0.1.0.dist-info" / "LICENSE.md").read_bytes())
    network_files.write_checksums(to, embedding.FILES)

    heard = [embedding.log_mel(song.clip(seconds=GOLDEN_SECONDS).samples) for song in synthesis.SONGS]
    patches = np.concatenate([frames[: GOLDEN_PATCHES * FRAMES].reshape(-1, FRAMES, BANDS) for frames in heard])
    activations, tags = (answer.numpy() for answer in build(published)(patches))
    worst = np.abs(embedding.Network().activations(patches) - activations).max()
    print(f"{compact.count_params()} numbers; largest difference of the activations {worst:.1e}")
    if worst > SAME:
        raise SystemExit(f"That is more than {SAME}: what was exported is not the network that was published.")
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
    # The batch norms before the dense layers are linear, and become part of them.
    gain, shift = norm(9)
    kernel = numbers("dense/kernel")
    of_maxima, of_means = np.split((gain[:, None] * kernel).reshape(-1, 2 * SIZE), 2, axis=1)  # they alternate
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


def drawn(filters: tuple[int, ...] = FILTERS) -> Weights:
    """Weights that mean nothing, of the same shapes with so many filters in front: for measuring time."""
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


def without_silent(weights: Weights) -> Weights:
    """The same network without the filters in front that always give the same."""
    heard = [np.abs(layer.gain) * np.abs(layer.kernel).sum(axis=(0, 1)) > SILENT for layer in weights.front]
    front = tuple(
        Layer(layer.kernel[..., kept], layer.bias[kept], layer.gain[kept], layer.shift[kept])
        for layer, kept in zip(weights.front, heard, strict=True)
    )
    kept = np.concatenate(heard)
    constant = np.concatenate([layer.gain * np.maximum(layer.bias, 0) + layer.shift for layer in weights.front])[~kept]

    # The middle pads with zeros at both ends, so what it makes of a constant differs there.
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


def build(weights: Weights, together: tuple[int, ...] | None = None) -> keras.Model:
    """The network: log-mel frames, shape (n, FRAMES, BANDS), to activations, shape (n, SIZE), and probabilities of
    tags, shape (n, tags).

    together : how many neighboring places each layer in front takes as one; by default it is built as published.
    """
    given = keras.Input((FRAMES, BANDS), name="mel")
    heard = given * _constant(weights.input_gain) + _constant(weights.input_shift)
    if together:
        front = [_front_together(heard, layer, n) for layer, n in zip(weights.front, together, strict=True)]
    else:
        front = [_front(heard, layer) for layer in weights.front]
    features = [layers.Concatenate()(front)]
    for layer in weights.middle:
        answer = _convolved(features[-1], layer.kernel[:, None], padding="same")
        answer = _normed(ops.relu(answer + _constant(layer.bias[..., None, :])), layer)
        features.append(answer if len(features) == 1 else answer + features[-1])
    whole = layers.Concatenate()(features)
    pooled = layers.Concatenate()([ops.max(whole, axis=(1, 2)), ops.mean(whole, axis=(1, 2))])
    dense, last = layers.Dense(SIZE, activation="relu"), layers.Dense(len(TAGS), activation="sigmoid")
    activations = dense(pooled)
    tags = last(activations)
    dense.set_weights([weights.dense_kernel, weights.dense_bias])
    last.set_weights([weights.tags_kernel, weights.tags_bias])
    return keras.Model(given, [activations, tags])


def _front(heard: keras.KerasTensor, layer: Layer) -> keras.KerasTensor:
    """A layer in front and its maximum over the bands, shape (n, FRAMES, 1, filters)."""
    frames, bands, _ = layer.kernel.shape
    ends = _ends(frames)
    padded = layers.ZeroPadding2D((ends, (0, 0)))(layers.Reshape((FRAMES, BANDS, 1))(heard))
    answer = ops.relu(_convolved(padded, layer.kernel[:, :, None]) + _constant(layer.bias))
    return layers.MaxPooling2D((1, BANDS - bands + 1))(_normed(answer, layer))


def _front_together(heard: keras.KerasTensor, layer: Layer, together: int) -> keras.KerasTensor:
    """The same, with neighboring places taken as one; what follows the convolution waits until after the maximum.

    ReLU and batch norm are monotone, so the maximum of what they give is what they give of the maximum; or, where the
    gain is negative, of the minimum.
    """
    frames, bands, filters = layer.kernel.shape
    sign = np.where(layer.gain < 0, -1.0, 1.0)
    kernel, bias = layer.kernel * sign, np.tile(layer.bias * sign, together)
    before, after = _ends(frames)
    if bands > 1:
        places = BANDS - bands + 1
        kernel = _spread(kernel.transpose(1, 0, 2), together).transpose(2, 0, 1, 3)
        groups = -(-places // together)
        needed = (groups + kernel.shape[1] - 1) * together
        padded = ops.pad(heard, ((0, 0), (before, after), (0, max(needed - BANDS, 0))))[:, :, :needed]
        grouped = ops.reshape(padded, (-1, before + FRAMES + after, needed // together, together))
        answer = ops.reshape(_convolved(grouped, kernel, bias), (-1, FRAMES, groups * together, filters))
        loudest = layers.MaxPooling2D((1, places))(answer)
    else:
        kernel = _spread(kernel, together).transpose(0, 2, 1, 3)
        groups = -(-FRAMES // together)
        needed = (groups + len(kernel) - 1) * together
        padded = ops.pad(heard, ((0, 0), (before, needed - before - FRAMES), (0, 0)))
        grouped = ops.reshape(padded, (-1, needed // together, together, BANDS))
        answer = _convolved(ops.transpose(grouped, (0, 1, 3, 2)), kernel, bias)
        loudest = layers.MaxPooling2D((1, BANDS))(answer)
        loudest = ops.reshape(loudest, (-1, groups * together, 1, filters))[:, :FRAMES]
    return _normed(ops.relu(loudest * _constant(sign)), layer)


def _spread(kernel: np.ndarray, together: int) -> np.ndarray:
    """A kernel for as many neighboring places as are taken together, each of which stands one further in it.

    Parameters
    ----------
    kernel : shape (length, width, filters).

    Returns
    -------
    shape (groups, together, width, together * filters).
    """
    length, width, filters = kernel.shape
    groups = -(-(length + together - 1) // together)
    spread = np.zeros((groups * together, width, together, filters))
    for place in range(together):
        spread[place : place + length, :, place] = kernel
    return spread.reshape(groups, together, width, together * filters)


def _ends(length: int) -> tuple[int, int]:
    """How many zeros before and after keep the length, as TensorFlow has it."""
    return (length - 1) // 2, length // 2


def _convolved(
    x: keras.KerasTensor, kernel: np.ndarray, bias: np.ndarray | None = None, padding: str = "valid"
) -> keras.KerasTensor:
    convolution = layers.Conv2D(kernel.shape[-1], kernel.shape[:2], padding=padding, use_bias=bias is not None)
    answer = convolution(x)
    convolution.set_weights([kernel] if bias is None else [kernel, bias])
    return answer


def _normed(x: keras.KerasTensor, layer: Layer) -> keras.KerasTensor:
    return x * _constant(layer.gain) + _constant(layer.shift)


def _constant(numbers: np.ndarray) -> np.ndarray:
    return numbers.astype(np.float32)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
