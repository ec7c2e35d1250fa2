"""How long does the whole verdict on a song of four minutes take?

    python -m benchmarks.song [FILE]

Decoding an MP3, the embedding every 3 s, the run's answers, changes, tags, trust and similar tracks; against the naive
recipe of the paper's 58 features (tests/naive_paper.py: each feature its own librosa call, without a model) on the same
song, in the same run and with the same two cores, in turns; medians.  A hop of 1.5 s and the run that ships as default
stand beside it.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import soundfile

from genre_core import audio, runs
from genre_core.audio import SEGMENT_RATE, SEGMENT_SAMPLES, synthesis
from genre_core.datasets import BUNDLED, load
from genre_core.datasets.splits import SplitConfig
from genre_core.models.config import LogisticConfig
from genre_core.prediction import predict_file
from genre_core.training import Trainer
from tests.naive_paper import naive_features

SECONDS = 240
REPETITIONS = 3


def main(path: Path, folder: Path) -> None:
    head = train(folder / "head")
    default = runs.load_run(runs.DEFAULT)

    def naive() -> None:
        samples = audio.load(path).samples
        whole = len(samples) // SEGMENT_SAMPLES
        for segment in samples[: whole * SEGMENT_SAMPLES].reshape(whole, SEGMENT_SAMPLES):
            naive_features(segment)

    works: dict[str, Callable[[], object]] = {
        "naive recipe": naive,
        "embedding, hop 3 s": lambda: predict_file(path, head, hop_s=3.0),
        "embedding, hop 1.5 s": lambda: predict_file(path, head, hop_s=1.5),
        f"{runs.DEFAULT}, hop 3 s": lambda: predict_file(path, default, hop_s=3.0),
        f"{runs.DEFAULT}, hop 1.5 s": lambda: predict_file(path, default, hop_s=1.5),
    }
    predict_file(path, default)  # compile, and fill caches
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(REPETITIONS):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - began)
    baseline = median(seconds["naive recipe"])
    for name, taken in seconds.items():
        print(f"{name}: {median(taken):.2f} s, {median(taken) / baseline:.2f} of the naive recipe")
    print("(wanted: at most 0.33 with a hop of 3 s)")


def train(out: Path) -> runs.Run:
    """A plain head on the embedding of the bundled songs."""
    trainer = Trainer()
    try:
        data = load(BUNDLED, features="embedding")
        return trainer.start(data, LogisticConfig(c=0.01), SplitConfig("track"), out=out).result()
    finally:
        trainer.close()


def song() -> np.ndarray:
    """Four minutes of the synthetic songs, one after the other."""
    clips = [each.clip(seconds=SECONDS / len(synthesis.SONGS)).samples for each in synthesis.SONGS]
    return np.concatenate(clips)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        if len(sys.argv) > 1:
            main(Path(sys.argv[1]), Path(place))
        else:
            made = Path(place) / "song.mp3"
            soundfile.write(made, song(), SEGMENT_RATE, format="MP3")
            main(made, Path(place))
