"""Duration of the whole prediction of a four-minute MP3, and of 30 s of it.

    python -m benchmarks.song [FILE] [--write docs/results.md]

A prediction is decoding, features, the probabilities of the run, genre changes, tags, reliability and similar tracks.
It is timed for a logistic regression on the embedding and for the default run, with a segment every 3 s and every 1.5
s.  The baseline is the extraction of the paper's 58 features with one librosa call for each feature
(tests/naive_paper.py) on the same song, without a model.  For a clip of 30 s the baseline is the default run until
version 0.2, which has other networks.  All take turns, and the result is the median of the repetitions.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.results import argument_parser, median_seconds, publish, table
from genre_core import audio, runs
from genre_core.audio import SEGMENT_RATE, SEGMENT_SAMPLES, synthesis
from genre_core.datasets import BUNDLED, load_dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.models.config import LogisticConfig
from genre_core.prediction import HOP_S, predict_file, predict_song
from genre_core.training import Trainer
from tests.naive_paper import naive_features

SECONDS = 240
REPETITIONS = 3
BASELINE = "Baseline: the 58 features, one librosa call each"
TARGET = "at most 0.33"
CLIP_S = 30.0
BEFORE, NOW = "Baseline: two-networks, the default run until version 0.2", "The default run"
CLIP_REPETITIONS = 15
CLIP_TARGET = "at most 2.2"


def main(file: Path | None) -> str:
    with tempfile.TemporaryDirectory() as folder:
        if not file:
            file = Path(folder, "song.mp3")
            soundfile.write(file, song(), SEGMENT_RATE, format="MP3")
        whole_song = measure(file, train_on_embedding(Path(folder, "run")))
        return f"{whole_song}\n\nA clip of {CLIP_S:.0f} s, with a segment every {HOP_S} s:\n\n{measure_clip(file)}"


def measure(path: Path, on_embedding: runs.Run) -> str:
    default = runs.load_run(runs.DEFAULT_RUN)

    def naive() -> None:
        samples = audio.load_audio(path).samples
        whole = len(samples) // SEGMENT_SAMPLES
        for segment in samples[: whole * SEGMENT_SAMPLES].reshape(whole, SEGMENT_SAMPLES):
            naive_features(segment)

    works: dict[str, Callable[[], object]] = {
        BASELINE: naive,
        "Logistic regression on the embedding, hop 3 s": lambda: predict_file(path, on_embedding, hop_s=3.0),
        "Logistic regression on the embedding, hop 1.5 s": lambda: predict_file(path, on_embedding, hop_s=1.5),
        "Default run, hop 3 s": lambda: predict_file(path, default, hop_s=3.0),
        "Default run, hop 1.5 s": lambda: predict_file(path, default, hop_s=1.5),
    }
    seconds = median_seconds(works, REPETITIONS)
    rows = [
        (name, f"{duration:.2f} s", f"{duration / seconds[BASELINE]:.2f}", TARGET if name != BASELINE else "")
        for name, duration in seconds.items()
    ]
    return table(("Prediction", "Duration", "Ratio to the baseline", "Target"), rows)


def measure_clip(path: Path) -> str:
    clip = audio.load_audio(path, max_seconds=CLIP_S)
    before, now = runs.load_run("two-networks"), runs.load_run(runs.DEFAULT_RUN)
    works: dict[str, Callable[[], object]] = {
        BEFORE: lambda: predict_song(clip, before),
        NOW: lambda: predict_song(clip, now),
    }
    seconds = median_seconds(works, CLIP_REPETITIONS)
    rows = [
        (name, f"{duration:.2f} s", f"{duration / seconds[BEFORE]:.2f}", CLIP_TARGET if name == NOW else "")
        for name, duration in seconds.items()
    ]
    return table(("Prediction", "Duration", "Ratio to the baseline", "Target"), rows)


def train_on_embedding(out: Path) -> runs.Run:
    """A logistic regression on the bundled embedding of GTZAN-mini."""
    trainer = Trainer()
    try:
        data = load_dataset(BUNDLED, features="embedding")
        return trainer.start(data, LogisticConfig(c=0.01), SplitConfig("track"), out=out).result()
    finally:
        trainer.close()


def song() -> np.ndarray:
    """Four minutes of the synthetic songs, one after the other."""
    clips = [each.clip(seconds=SECONDS / len(synthesis.SONGS)).samples for each in synthesis.SONGS]
    return np.concatenate(clips)


if __name__ == "__main__":
    parser = argument_parser("song", __doc__)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    publish(parser, main)
