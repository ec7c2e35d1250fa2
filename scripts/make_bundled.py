"""Make artifacts/bundled/ again: the features and pictures of GTZAN-mini, and the runs trained on them.

    python -m scripts.make_bundled FOLDER [PICTURES]

FOLDER contains one subfolder per genre with the audio of GTZAN-mini (the 100 tracks in the "mini" index of mirdata's
gtzan_genre).
PICTURES is an .npz file with the mel spectrograms of all of GTZAN; without it, the run that is trained on them is not
made again.  Each time that this run is made, the 290 tracks of the fault-filtered test list are read once.
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

from genre_core import datasets, storage
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.models.base import ModelConfig
from genre_core.models.config import CnnConfig, MlpConfig
from genre_core.runs import PAPER_RUN
from genre_core.training import Trainer

RUNS = {
    PAPER_RUN: ("Paper's MLP, with data leakage", SplitConfig("random")),
    "paper-track": ("Paper's MLP, without data leakage", SplitConfig("track")),
}
LAB = "lab-cnn"
LAB_CONFIG = CnnConfig(
    initialization="musicnn", epochs=6, learning_rate=0.002, batch_size=16, dropout=0.5, augmentation=0.5
)
"""Chosen on the valid list alone."""


def main(folder: Path, pictures: Path | None = None) -> None:
    for features, name in datasets.BUNDLED_FILES.items():
        datasets.write_table(datasets.read_folder(folder, features=features), storage.BUNDLED / name)
    dataset = datasets.load_dataset(datasets.BUNDLED)
    for name, (title, split) in RUNS.items():
        train(name, dataset, MlpConfig(), split, title)
    if pictures:
        train_lab(pictures)


def train_lab(pictures: Path) -> None:
    dataset = replace(datasets.load_dataset(str(pictures)), name="GTZAN (mel spectrograms of 999 tracks)")
    train(LAB, dataset, LAB_CONFIG, SplitConfig("fault-filtered"), "CNN on spectrograms of GTZAN")


def train(name: str, dataset: Dataset, config: ModelConfig, split: SplitConfig, title: str) -> None:
    out = storage.bundled_runs_dir() / name
    shutil.rmtree(out, ignore_errors=True)
    trainer = Trainer()
    scores = trainer.start(dataset, config, split, title=title, out=out).result().info.scores
    trainer.close()
    print(
        f"{name}: {split.description}, accuracy {scores.accuracy:.4f} (segments), {scores.track_accuracy:.4f} (tracks)"
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
