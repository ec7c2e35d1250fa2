"""How many songs a second does a library take, and what does a second process add?

    python -m benchmarks.library [SONGS]

Songs of 30 s in WAV, judged by the default run with 1 and with 2 processes, in turns, after a warm-up that loads what
the processes need; each process computes on one thread.  The time is all of a call: finding, judging and writing.
Beside the ratio stands that of plain arithmetic in the same pool: what the machine has to give at the time.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from genre_core import audio, runs
from genre_core.audio import synthesis
from genre_core.prediction import batch
from genre_core.prediction.batch.pool import local_pool
from genre_core.prediction.batch.song import Entry, Song

REPETITIONS = 3
JOBS = (1, 2)


def main(count: int) -> None:
    run = runs.load_run(runs.DEFAULT)
    with tempfile.TemporaryDirectory() as folder:
        music = Path(folder, "music")
        music.mkdir()
        for i in range(count):
            song = synthesis.SONGS[i % len(synthesis.SONGS)]
            (music / f"{i:04d}.wav").write_bytes(audio.wav_bytes(song.clip(seconds=30.0, seed=i)))

        def seconds(jobs: int, name: str) -> float:
            return batch.predict_folder(music, Path(folder, f"{name}.parquet"), run, jobs=jobs).seconds

        seconds(2, "warm-up")
        took: dict[int, list[float]] = {jobs: [] for jobs in JOBS}
        plain: dict[int, list[float]] = {jobs: [] for jobs in JOBS}
        for i in range(REPETITIONS):
            for jobs in JOBS:
                took[jobs].append(seconds(jobs, f"{jobs} {i}"))
                plain[jobs].append(_arithmetic(jobs))
    one, two = (median(took[jobs]) for jobs in JOBS)
    print(f"{count} songs of 30 s, run {run.info.name}:")
    for jobs, typical in ((1, one), (2, two)):
        print(f"  --jobs {jobs}: {count / typical:.2f} songs a second, {typical / count:.2f} s a song")
    most = median(plain[1]) / median(plain[2])
    print(f"ratio 2 processes / 1 process: {one / two:.2f}, of plain arithmetic {most:.2f}  (wanted: 0.9 of that)")


def _arithmetic(jobs: int) -> float:
    """Seconds that some seconds of computing take with so many processes."""
    began = time.perf_counter()
    for _ in local_pool(jobs).predict([Song(b"%d" % i, 0, 0) for i in range(16)], _compute):
        pass
    return time.perf_counter() - began


def _compute(song: Song) -> Entry:
    began = time.process_time()
    while time.process_time() - began < 0.2:
        pass
    return Entry(song, {})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24)
