"""Make artifacts/bundled/ again: features, augmented features and pictures of GTZAN-mini, and the runs trained on them.

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

import numpy as np

from genre_core import datasets, storage
from genre_core.datasets import AugmentedCopies, Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.features import lab, network_files
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
    for features in datasets.BUNDLED_FILES:
        write_tables(folder, features)
    dataset = datasets.load_dataset(datasets.BUNDLED)
    for name, (title, split) in RUNS.items():
        train(name, dataset, MlpConfig(), split, title)
    if pictures:
        train_lab(pictures)


def write_tables(folder: Path, features: str) -> None:
    """Write the table of a feature set, and those of its augmented copies."""
    augmentations = datasets.WITHOUT_AUDIO if features in datasets.AUGMENTED_FEATURES else ()
    dataset = datasets.read_folder(folder, features=features, augmentations=augmentations)
    stored = _rounded(dataset) if features == "musicnn" else dataset
    datasets.write_table(stored, storage.BUNDLED / datasets.BUNDLED_FILES[features])
    for name in augmentations:
        copies = replace(dataset, values=dataset.augmented.values(name, np.arange(len(dataset.values))))
        datasets.write_table(_rounded(copies), datasets.augmented_file(features, name))


def _rounded(dataset: Dataset) -> Dataset:
    """The dataset with its numbers rounded to float16, which changes an activation by at most 0.05 %."""
    return replace(dataset, values=dataset.values.astype(np.float16).astype(np.float64))


def train_lab(pictures: Path) -> None:
    loaded = datasets.load_dataset(str(pictures))
    # Without augmented copies: the test list is read once, and as it is.
    dataset = replace(loaded, name="GTZAN (mel spectrograms of 999 tracks)", augmented=AugmentedCopies())
    train(LAB, dataset, LAB_CONFIG, SplitConfig("fault-filtered"), "CNN on spectrograms of GTZAN")
    lab.FOLDER.mkdir(exist_ok=True)
    shutil.copyfile(storage.bundled_runs_dir() / LAB / lab.NETWORK_FILE, lab.FOLDER / lab.NETWORK_FILE)
    network_files.write_checksums(lab.FOLDER, (lab.NETWORK_FILE,))


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
