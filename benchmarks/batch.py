"""Throughput of batch prediction with one and with two processes.

    python -m benchmarks.batch [--songs 24] [--write docs/results.md]

WAV files of 30 s are predicted by the default run with one and with two processes, in turns, after a warm-up.  Each
process computes on one thread.  The duration is that of the whole call: finding the files, predicting and writing.
The speedup is compared with that of plain arithmetic in the same processes, the most that the machine allows at the
time.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.results import argument_parser, publish, table
from genre_core import audio, runs
from genre_core.audio import synthesis
from genre_core.prediction import batch
from genre_core.prediction.batch import SongFile
from genre_core.prediction.batch.entry import Entry
from genre_core.prediction.batch.pool import local_pool

REPETITIONS = 3
JOBS = (1, 2)


def main(songs: int) -> str:
    run = runs.load_run(runs.DEFAULT_RUN)
    with tempfile.TemporaryDirectory() as folder:
        music = Path(folder, "music")
        music.mkdir()
        for i in range(songs):
            song = synthesis.SONGS[i % len(synthesis.SONGS)]
            (music / f"{i:04d}.wav").write_bytes(audio.wav_bytes(song.clip(seconds=30.0, seed=i)))

        def batch_seconds(jobs: int, name: str) -> float:
            return batch.predict_folder(music, Path(folder, f"{name}.parquet"), run, jobs=jobs).seconds

        batch_seconds(2, "warm-up")
        batch_s: dict[int, list[float]] = {jobs: [] for jobs in JOBS}
        arithmetic_s: dict[int, list[float]] = {jobs: [] for jobs in JOBS}
        for i in range(REPETITIONS):
            for jobs in JOBS:
                batch_s[jobs].append(batch_seconds(jobs, f"{jobs} {i}"))
                arithmetic_s[jobs].append(_arithmetic_seconds(jobs))
    one, two = (median(batch_s[jobs]) for jobs in JOBS)
    possible = median(arithmetic_s[1]) / median(arithmetic_s[2])
    rows = [
        ("One process", f"{songs / one:.2f} songs per second", ""),
        ("Two processes", f"{songs / two:.2f} songs per second", ""),
        ("Speedup by the second process", f"{one / two:.2f}", f"at least {0.9 * possible:.2f}"),
        ("Speedup of plain arithmetic", f"{possible:.2f}", ""),
    ]
    return table(("Quantity", "Result", "Target"), rows)


def _arithmetic_seconds(jobs: int) -> float:
    """Duration of 3.2 s of arithmetic in this number of processes."""
    began = time.perf_counter()
    for _ in local_pool(jobs).predict([SongFile(b"%d" % i, 0, 0) for i in range(16)], _compute):
        pass
    return time.perf_counter() - began


def _compute(song: SongFile) -> Entry:
    began = time.process_time()
    while time.process_time() - began < 0.2:
        pass
    return Entry(song, {})


if __name__ == "__main__":
    parser = argument_parser("batch", __doc__)
    parser.add_argument("--songs", type=int, default=24)
    publish(parser, main)
