# ruff: noqa: E402 (threads are set before the libraries are loaded)
"""Speed of the embedding and of the four networks of musicnn, and of the first compared with TensorFlow.

    python -m benchmarks.embedding [FILE] [--write docs/results.md]

A 30-s clip on one core: seconds of audio per second, and the share of each step.  The steps take turns, and the
result is the median of the repetitions.  MSD_musicnn is compared with the published network, built in Keras and run by
TensorFlow in one graph on one thread, a segment at a time; and with the same without the constant filters, which
shows what LiteRT and its layout add to that.  Duration does not depend on the weights, so those of Keras are random.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import tensorflow as tf

from benchmarks.results import argument_parser, median_seconds, publish, table
from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.features import FEATURE_SETS, embedding, musicnn
from scripts.networks import musicnn as musicnn_network

REPETITIONS = 15
ACTIVE_FILTERS = (23, 14, 3, 7, 17)
"""Filters of each of the first layers whose output is not constant."""


def main(file: Path | None) -> str:
    if file:
        return measure(file)
    with tempfile.TemporaryDirectory() as folder:
        example = Path(folder, "turncoat.wav")
        example.write_bytes(audio.wav_bytes(synthesis.song("turncoat").clip(seconds=30.0)))
        return measure(example)


def measure(path: Path) -> str:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    samples = audio.load_audio(path).samples
    starts = range(0, len(samples) - SEGMENT_SAMPLES + 1, SEGMENT_SAMPLES)
    frames = embedding.log_mel(samples)[: len(starts) * embedding.FRAMES]
    patches = frames.reshape(-1, embedding.FRAMES, embedding.BANDS)
    networks = {part.name: embedding.Network(part.file) for part in musicnn.PARTS}
    overlapping = range(0, len(samples) - SEGMENT_SAMPLES + 1, SEGMENT_SAMPLES // 2)
    works: dict[str, Callable[[], object]] = {
        "all": lambda: list(embedding.extract(audio.load_audio(path).samples, starts, SEGMENT_SAMPLES)),
        "decoding": lambda: audio.load_audio(path),
        "mel": lambda: embedding.log_mel(samples),
        "loading": embedding.Network,
        **{name: partial(network.activations, patches) for name, network in networks.items()},
        **{name: _of_overlapping(name, samples, overlapping) for name in ("leveled-embedding", "musicnn")},
        "published": _in_keras(musicnn_network.FILTERS, patches),
        "reduced": _in_keras(ACTIVE_FILTERS, patches),
    }
    seconds = median_seconds(works, REPETITIONS)

    names = ("decoding", "mel", "loading", "msd_musicnn")
    steps = ("decoding", "mel spectrogram", "loading the network", "network")
    shares = [f"{step} {100 * seconds[name] / seconds['all']:.0f} %" for name, step in zip(names, steps, strict=True)]
    of_published, of_reduced = (seconds[name] / seconds["msd_musicnn"] for name in ("published", "reduced"))
    ms_per_segment = {name: f"{1e3 * duration / len(starts):.1f} ms" for name, duration in seconds.items()}
    rows = [
        ("Audio per second, one core", f"{len(samples) / audio.SEGMENT_RATE / seconds['all']:.0f} s", ""),
        ("Share of each step", ", ".join(shares), ""),
        ("MSD_musicnn per segment, LiteRT", ms_per_segment["msd_musicnn"], ""),
        ("MTT_musicnn per segment, LiteRT", ms_per_segment["mtt_musicnn"], ""),
        ("MSD_vgg per segment, LiteRT", ms_per_segment["msd_vgg"], ""),
        ("MTT_vgg per segment, LiteRT", ms_per_segment["mtt_vgg"], ""),
        (
            "Ratio `musicnn` / `leveled-embedding`, a segment every 1.5 s",
            f"{seconds['musicnn'] / seconds['leveled-embedding']:.1f}",
            "",
        ),
        ("MSD_musicnn per segment, TensorFlow, as published", ms_per_segment["published"], ""),
        ("MSD_musicnn per segment, TensorFlow, without constant filters", ms_per_segment["reduced"], ""),
        ("Ratio TensorFlow, as published / LiteRT", f"{of_published:.1f}", "at least 1"),
        ("Ratio TensorFlow, without constant filters / LiteRT", f"{of_reduced:.1f}", ""),
    ]
    return table(("Quantity", "Result", "Target"), rows)


def _of_overlapping(features: str, samples: np.ndarray, starts: range) -> Callable[[], object]:
    """The extraction of a feature set from overlapping segments."""
    return lambda: list(FEATURE_SETS[features].extract(samples, starts, SEGMENT_SAMPLES))


def _in_keras(filters: tuple[int, ...], patches: np.ndarray) -> Callable[[], None]:
    """The network with the given numbers of filters in its first layers, in TensorFlow, one patch at a time."""
    model = musicnn_network.build(musicnn_network.random_weights(filters))
    predict = tf.function(lambda patch: model(patch, training=False), reduce_retracing=True)
    tensors = [tf.constant(patch[np.newaxis]) for patch in patches]

    def work() -> None:
        for tensor in tensors:
            predict(tensor)

    return work


if __name__ == "__main__":
    parser = argument_parser("embedding", __doc__)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    publish(parser, main)
