# ruff: noqa: E402 (threads are set before the libraries are loaded)
"""How much faster is the scalogram than PyWavelets?

    python -m benchmarks.scalogram [FILE]

64 scales over a 3-s segment on one core, against `pywt.cwt(method="fft")` on the same float32 samples, in the same run
and in turns; medians of the repetitions.  The ratio is that of the same values: the largest difference is printed, for
float32 and for float64 samples.  Also: the first call, which makes the wavelets' spectra, and what a picture costs.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pywt

from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.features import mel, scalogram

REPETITIONS = 9
LARGEST_DIFFERENCE = 1e-4  # of the peak


def main(name: str, samples: np.ndarray) -> None:
    scales = scalogram.row_scales()

    def by_pywavelets(signal: np.ndarray) -> np.ndarray:
        return pywt.cwt(signal, scales, scalogram.WAVELET, method="fft")[0]

    first_s = _timed(lambda: scalogram.transform(samples, scales))
    works: dict[str, Callable[[], object]] = {
        "pywt": lambda: by_pywavelets(samples),
        "transform": lambda: scalogram.transform(samples, scales),
        "picture": lambda: scalogram.picture(samples),
        "mel": lambda: mel.picture(samples),
    }
    for work in works.values():
        work()
    seconds: dict[str, list[float]] = {each: [] for each in works}
    for _ in range(REPETITIONS):
        for each, work in works.items():
            seconds[each].append(_timed(work))
    took = {each: median(times) for each, times in seconds.items()}

    print(f"{len(scales)} scales over {len(samples)} samples of {name}")
    print(
        f"pywt.cwt {took['pywt'] * 1e3:.0f} ms, transform {took['transform'] * 1e3:.1f} ms (first {first_s * 1e3:.0f})"
    )
    print(f"pictures: scalogram {took['picture'] * 1e3:.1f} ms, mel {took['mel'] * 1e3:.1f} ms")
    for signal in (samples, samples.astype(np.float64)):
        theirs = by_pywavelets(signal)
        worst = np.abs(scalogram.transform(signal, scales) - theirs).max() / np.abs(theirs).max()
        print(
            f"largest difference, {signal.dtype}: {worst:.1e} of the peak  (wanted: at most {LARGEST_DIFFERENCE:.0e})"
        )
    print(f"ratio pywt / transform: {took['pywt'] / took['transform']:.1f}  (wanted: at least 2)")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    if len(sys.argv) > 1:
        path = Path(sys.argv[1])
        main(path.name, audio.load_audio(path).samples[:SEGMENT_SAMPLES])
    else:
        main("turncoat", synthesis.song("turncoat").clip(seconds=18.0).samples[-SEGMENT_SAMPLES:])
