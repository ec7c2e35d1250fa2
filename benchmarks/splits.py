"""Accuracy of the paper's network under each split, over several seeds.

    python -m benchmarks.splits [--seeds 8] [--write docs/results.md]

The dataset is the bundled feature table of GTZAN-mini.  A seed determines the split, the initial weights and the
order of the batches.  The baseline is chance: one genre in ten.
"""

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.results import argument_parser, publish, table
from genre_core import datasets
from genre_core.datasets.splits import SEEDED_KINDS, SplitConfig
from genre_core.models.config import MlpConfig
from genre_core.training import Trainer


def main(seeds: int) -> str:
    rows = []
    data = datasets.load_dataset(datasets.BUNDLED)
    trainer = Trainer()
    with tempfile.TemporaryDirectory() as folder:
        for kind in SEEDED_KINDS:
            jobs = [
                trainer.start(
                    data, MlpConfig(seed=seed), SplitConfig(kind, seed=seed), out=Path(folder, kind + str(seed))
                )
                for seed in range(seeds)
            ]
            infos = [job.result().info for job in jobs]
            scores = np.array([[info.scores.accuracy, info.scores.track_accuracy] for info in infos])
            rows.append([kind, *map(_mean_and_range, scores.T), f"{scores[:, 0].mean() * len(data.genres):.1f}"])
    trainer.close()
    header = ("Split", "Accuracy (segments)", "Accuracy (tracks)", "Accuracy (segments) / chance")
    return f"{table(header, rows)}\n\nMean over {seeds} seeds, and the range."


def _mean_and_range(scores: np.ndarray) -> str:
    return f"{scores.mean():.1%} ({scores.min():.1%} to {scores.max():.1%})".replace("%", " %")


if __name__ == "__main__":
    parser = argument_parser("splits", __doc__)
    parser.add_argument("--seeds", type=int, default=8)
    publish(parser, main)
