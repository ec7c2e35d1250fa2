# ruff: noqa: E402 (threads are set before the libraries are loaded)
"""How fast is the embedding, and how much faster is its network than in Keras?

    python -m benchmarks.embedding [FILE]

A 30-s clip on one core: how many seconds of audio a second, and the share of each step, in the same run and in turns;
medians of the repetitions.  The network, a segment at a time, is compared with the network as published, built in
Keras and run by TensorFlow in one graph on one thread; and with the network in Keras without its silent filters, which
says what LiteRT and its layout add to that.  The time does not depend on the weights, so Keras' are drawn by chance.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import tensorflow as tf

from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.features import embedding
from scripts import make_embedding

REPETITIONS = 15
FILTERS_KEPT = (23, 14, 3, 7, 17)
"""Filters in front that are not silent."""


def main(path: Path) -> None:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    samples = audio.load_audio(path).samples
    starts = range(0, len(samples) - SEGMENT_SAMPLES + 1, SEGMENT_SAMPLES)
    frames = embedding.log_mel(samples)[: len(starts) * embedding.FRAMES]
    patches = frames.reshape(-1, embedding.FRAMES, embedding.BANDS)
    network = embedding.Network()
    works: dict[str, Callable[[], object]] = {
        "all": lambda: list(embedding.extract(audio.load_audio(path).samples, starts, SEGMENT_SAMPLES)),
        "decoding": lambda: audio.load_audio(path),
        "mel": lambda: embedding.log_mel(samples),
        "opening": embedding.Network,
        "network": lambda: network.activations(patches),
        "published": _in_keras(make_embedding.FILTERS, patches),
        "kept": _in_keras(FILTERS_KEPT, patches),
    }
    for work in works.values():
        work()
    seconds: dict[str, list[float]] = {each: [] for each in works}
    for _ in range(REPETITIONS):
        for each, work in works.items():
            seconds[each].append(_timed(work))
    took = {each: median(times) for each, times in seconds.items()}

    clip_s = len(samples) / audio.SEGMENT_RATE
    print(f"{len(starts)} segments of {path.name}, {clip_s:.0f} s, on one core: {took['all'] * 1e3:.0f} ms")
    shares = [f"{each} {took[each] / took['all']:.0%}" for each in ("decoding", "mel", "opening", "network")]
    print(f"{clip_s / took['all']:.0f} seconds of audio a second: {', '.join(shares)}")
    a_segment = {each: 1e3 * took[each] / len(starts) for each in ("network", "published", "kept")}
    print(
        f"network a segment: LiteRT {a_segment['network']:.1f} ms, Keras as published {a_segment['published']:.1f} ms, "
        f"without silent filters {a_segment['kept']:.1f} ms"
    )
    print(f"ratio Keras without silent filters / LiteRT: {took['kept'] / took['network']:.1f}")
    print(f"ratio Keras as published / LiteRT: {took['published'] / took['network']:.1f}  (wanted: at least 1)")


def _in_keras(filters: tuple[int, ...], patches: np.ndarray) -> Callable[[], None]:
    """The network with so many filters in front, in TensorFlow, a patch at a time."""
    model = make_embedding.build(make_embedding.drawn(filters))
    answer = tf.function(lambda given: model(given, training=False), reduce_retracing=True)
    given = [tf.constant(patch[np.newaxis]) for patch in patches]

    def work() -> None:
        for patch in given:
            answer(patch)

    return work


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "turncoat.wav")
            file.write_bytes(audio.wav_bytes(synthesis.song("turncoat").clip(seconds=30.0)))
            main(file)
