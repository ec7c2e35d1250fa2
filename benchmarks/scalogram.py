# ruff: noqa: E402 (threads are set before the libraries are loaded)
"""Speed and precision of the scalogram compared with PyWavelets.

    python -m benchmarks.scalogram [FILE] [--write docs/results.md]

64 scales over a 3-s segment on one core.  The baseline is `pywt.cwt(method="fft")` on the same float32 samples; both
take turns, and the result is the median of the repetitions.  Both compute the same values: the largest difference is
given for float32 and for float64 samples.  The first call, which computes the spectra of the wavelets, is timed
separately.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pywt

from benchmarks.results import argument_parser, median_seconds, publish, table
from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis, wavelets
from genre_core.features import mel, scalogram

REPETITIONS = 9
LARGEST_DIFFERENCE = 1e-4  # of the peak


def main(file: Path | None) -> str:
    if file:
        return measure(audio.load_audio(file).samples[:SEGMENT_SAMPLES])
    return measure(synthesis.song("turncoat").clip(seconds=18.0).samples[-SEGMENT_SAMPLES:])


def measure(samples: np.ndarray) -> str:
    scales = scalogram.row_scales()

    def by_pywavelets(signal: np.ndarray) -> np.ndarray:
        return pywt.cwt(signal, scales, wavelets.SHANNON, method="fft")[0]

    began = time.perf_counter()
    wavelets.shannon_transform(samples, scales)
    first_s = time.perf_counter() - began
    works: dict[str, Callable[[], object]] = {
        "pywt": lambda: by_pywavelets(samples),
        "transform": lambda: wavelets.shannon_transform(samples, scales),
        "picture": lambda: scalogram.picture(samples),
        "mel": lambda: mel.picture(samples),
    }
    seconds = median_seconds(works, REPETITIONS)
    rows = [
        ('`pywt.cwt(method="fft")`', f"{seconds['pywt'] * 1e3:.0f} ms", ""),
        ("Genre Lab", f"{seconds['transform'] * 1e3:.1f} ms (first call {first_s * 1e3:.0f} ms)", ""),
        ("Ratio PyWavelets / Genre Lab", f"{seconds['pywt'] / seconds['transform']:.1f}", "at least 2"),
    ]
    for signal in (samples, samples.astype(np.float64)):
        expected = by_pywavelets(signal)
        worst = np.abs(wavelets.shannon_transform(signal, scales) - expected).max() / np.abs(expected).max()
        name = f"Largest difference, {signal.dtype}, relative to the peak"
        rows.append((name, f"{worst:.1e}", f"at most {LARGEST_DIFFERENCE:.0e}"))
    rows += [
        ("Scalogram of a segment as a picture", f"{seconds['picture'] * 1e3:.1f} ms", ""),
        ("Mel spectrogram of a segment as a picture", f"{seconds['mel'] * 1e3:.1f} ms", ""),
    ]
    return table(("Quantity", "Result", "Target"), rows)


if __name__ == "__main__":
    parser = argument_parser("scalogram", __doc__)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    publish(parser, main)
