"""Make artifacts/bundled/ again: the features and pictures of GTZAN-mini and the runs trained on it.

    python -m scripts.make_bundled FOLDER [PICTURES]

FOLDER holds the ten genre folders of GTZAN-mini (the 100 tracks that mirdata's "mini" index of gtzan_genre lists).
PICTURES is an .npz file with mel pictures of the whole of GTZAN; without it the run that learned from them stays as it
is.  Each time that it is made the 290 tracks of the fault-filtered test list are read once.
"""

import shutil
import sys
from pathlib import Path

from genre_core import datasets, storage
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.models.config import CnnConfig, MlpConfig, ModelConfig
from genre_core.runs import PAPER
from genre_core.training import Trainer

RUNS = {
    PAPER: ("The paper's network under the paper's split: a demonstration", SplitConfig("random")),
    "paper-track": ("The paper's network, with each track kept on one side", SplitConfig("track")),
}


LAB = "lab-cnn"
LAB_CONFIG = CnnConfig(start="musicnn", epochs=6, learning_rate=0.002, batch_size=16, dropout=0.5, augment=0.5)
"""Chosen on the validation list alone."""


def main(folder: Path, pictures: Path | None = None) -> None:
    for features, name in datasets.BUNDLED_FILES.items():
        datasets.write_table(datasets.read_folder(folder, features=features), storage.BUNDLED / name)
    dataset = datasets.load(datasets.BUNDLED)
    for name, (title, split) in RUNS.items():
        train(name, dataset, MlpConfig(), split, title)
    if pictures:
        train_lab(pictures)


def train_lab(pictures: Path) -> None:
    title = "The lab's convolutional network, on the whole of GTZAN"
    train(LAB, datasets.load(str(pictures)), LAB_CONFIG, SplitConfig("fault-filtered"), title)


def train(name: str, dataset: Dataset, config: ModelConfig, split: SplitConfig, title: str) -> None:
    out = storage.BUNDLED / "runs" / name
    shutil.rmtree(out, ignore_errors=True)
    trainer = Trainer()
    scores = trainer.start(dataset, config, split, title=title, out=out).result().info.scores
    trainer.close()
    print(f"{name}: {split.description}, accuracy {scores.accuracy:.4f} a segment, {scores.track_accuracy:.4f} a track")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
