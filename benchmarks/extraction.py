"""How much faster are the paper's features than the naive recipe?

    python -m benchmarks.extraction [FILE]

Ten 3-s segments of a 30-s clip on one core (BLAS and numba held to one thread), against tests/naive_paper.py, in which
each feature is its own librosa call, in the same run and in turns; medians of the repetitions.  It also states which
share of the time is the floor: decoding, one STFT and one inverse STFT pair, by librosa.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import librosa
import numpy as np

from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.features import paper
from tests.naive_paper import naive_features

REPETITIONS = 7


def main(path: Path) -> None:
    def segments() -> np.ndarray:
        return audio.load_audio(path).samples[: 10 * SEGMENT_SAMPLES].reshape(10, SEGMENT_SAMPLES)

    def fast() -> None:
        for segment in segments():
            paper.clip_features(segment)

    def naive() -> None:
        for segment in segments():
            naive_features(segment)

    def floor() -> None:
        for segment in segments():
            spectrum = librosa.stft(segment, pad_mode="reflect")
            librosa.istft(spectrum, length=SEGMENT_SAMPLES)
            librosa.istft(spectrum, length=SEGMENT_SAMPLES)

    for work in (fast, naive, floor):
        work()  # compile, and fill caches
    seconds: dict[str, list[float]] = {"naive": [], "fast": [], "floor": []}
    for _ in range(REPETITIONS):
        for name, work in (("naive", naive), ("fast", fast), ("floor", floor)):
            seconds[name].append(_timed(work))
    naive_s, fast_s, floor_s = (median(seconds[name]) for name in ("naive", "fast", "floor"))
    print(f"ten segments of {path.name}: naive {naive_s:.3f} s, fast {fast_s:.4f} s, floor {floor_s:.4f} s")
    print(f"floor (decoding, one STFT, one inverse pair): {floor_s / fast_s:.0%} of the fast time")
    print(f"ratio naive / fast: {naive_s / fast_s:.1f}  (wanted: at least 8)")


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            example = Path(folder) / "turncoat.wav"
            example.write_bytes(audio.wav_bytes(synthesis.song("turncoat").clip(seconds=30.1)))
            main(example)
