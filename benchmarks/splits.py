"""What the paper's network reaches under each split, over several seeds.

    python -m benchmarks.splits [--seeds 8]

The bundled table; a seed decides the split, the first weights and the order.  The baseline is chance: one genre in ten.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from genre_core import datasets
from genre_core.datasets.splits import DRAWN, SplitConfig
from genre_core.models.config import MlpConfig
from genre_core.training import Trainer


def main(seeds: int) -> None:
    data = datasets.load(datasets.BUNDLED)
    trainer = Trainer()
    with tempfile.TemporaryDirectory() as folder:
        for kind in DRAWN:
            jobs = [
                trainer.start(
                    data, MlpConfig(seed=seed), SplitConfig(kind, seed=seed), out=Path(folder, kind + str(seed))
                )
                for seed in range(seeds)
            ]
            infos = [job.result().info for job in jobs]
            for name in ("accuracy", "track_accuracy"):
                scores = np.array([getattr(info.scores, name) for info in infos])
                print(
                    f"{kind} split, {name}: mean {scores.mean():.3f}, from {scores.min():.3f} to {scores.max():.3f}, "
                    f"{scores.mean() * len(data.genres):.1f} times chance"
                )
    trainer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=8)
    main(**vars(parser.parse_args()))
