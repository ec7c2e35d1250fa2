"""Speed of the paper's feature extraction compared with one librosa call for each feature.

    python -m benchmarks.extraction [FILE] [--write docs/results.md]

Ten 3-s segments of a 30-s clip on one core (BLAS and numba limited to one thread).  The baseline is
tests/naive_paper.py, in which each feature is a librosa call of its own; both take turns, and the result is the
median of the repetitions.  The lower bound is what no implementation on librosa can avoid: decoding, one STFT and one
pair of inverse STFTs.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import tempfile
from pathlib import Path

import librosa
import numpy as np

from benchmarks.results import argument_parser, median_seconds, publish, table
from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.features import paper
from tests.naive_paper import naive_features

REPETITIONS = 7


def main(file: Path | None) -> str:
    if file:
        return measure(file)
    with tempfile.TemporaryDirectory() as folder:
        example = Path(folder) / "turncoat.wav"
        example.write_bytes(audio.wav_bytes(synthesis.song("turncoat").clip(seconds=30.1)))
        return measure(example)


def measure(path: Path) -> str:
    def segments() -> np.ndarray:
        return audio.load_audio(path).samples[: 10 * SEGMENT_SAMPLES].reshape(10, SEGMENT_SAMPLES)

    def fast() -> None:
        for segment in segments():
            paper.clip_features(segment)

    def naive() -> None:
        for segment in segments():
            naive_features(segment)

    def lower_bound() -> None:
        for segment in segments():
            spectrum = librosa.stft(segment, pad_mode="reflect")
            librosa.istft(spectrum, length=SEGMENT_SAMPLES)
            librosa.istft(spectrum, length=SEGMENT_SAMPLES)

    seconds = median_seconds({"naive": naive, "fast": fast, "lower bound": lower_bound}, REPETITIONS)
    rows = [
        ("Ten segments, one librosa call for each feature", f"{seconds['naive']:.3f} s", ""),
        ("Ten segments, Genre Lab", f"{seconds['fast']:.3f} s", ""),
        ("Ratio librosa calls / Genre Lab", f"{seconds['naive'] / seconds['fast']:.1f}", "at least 8"),
        ("Lower bound / Genre Lab", f"{seconds['lower bound'] / seconds['fast']:.2f}", ""),
    ]
    return table(("Quantity", "Result", "Target"), rows)


if __name__ == "__main__":
    parser = argument_parser("extraction", __doc__)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    publish(parser, main)
