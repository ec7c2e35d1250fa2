"""Make artifacts/bundled/ again: the features and pictures of GTZAN-mini and the runs trained on it.

    python -m scripts.make_bundled FOLDER

FOLDER holds the ten genre folders of GTZAN-mini (the 100 tracks that mirdata's "mini" index of gtzan_genre lists).
"""

import shutil
import sys
from pathlib import Path

from genre_core import datasets, storage
from genre_core.models.config import MlpConfig
from genre_core.runs import DEFAULT
from genre_core.splits import SplitConfig
from genre_core.training import Trainer

RUNS = {
    DEFAULT: ("The paper's network under the paper's split: a demonstration", SplitConfig("random")),
    "paper-track": ("The paper's network, with each track kept on one side", SplitConfig("track")),
}


def main(folder: Path) -> None:
    for features, name in datasets.BUNDLED_FILES.items():
        datasets.write_table(datasets.read_folder(folder, features=features), storage.BUNDLED / name)
    dataset = datasets.load(datasets.BUNDLED)
    trainer = Trainer()
    for name, (title, split) in RUNS.items():
        out = storage.BUNDLED / "runs" / name
        shutil.rmtree(out, ignore_errors=True)
        scores = trainer.start(dataset, MlpConfig(), split, title=title, out=out).result().info.scores
        told = f"accuracy {scores.accuracy:.4f} a segment, {scores.track_accuracy:.4f} a track"
        print(f"{name}: {split.description}, {told}")
    trainer.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
