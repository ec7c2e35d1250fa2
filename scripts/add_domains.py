"""Add the domain of their training set to the bundled runs that have none, without training them again.

    python -m scripts.add_domains [PICTURES]

PICTURES is an .npz file with the mel spectrograms of all of GTZAN; without it, the run trained on them stays as
it is.  The training set of a run is known from its split, and is compared with what the run was trained on.
"""

import sys
from pathlib import Path

import numpy as np

from genre_core import datasets, runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import make_split
from genre_core.training.fitting import training_domain
from scripts.make_bundled import LAB, RUNS


def main(pictures: Path | None = None) -> None:
    bundled = datasets.load_dataset(datasets.BUNDLED)
    for name in RUNS:
        add(name, bundled)
    if pictures:
        add(LAB, datasets.load_dataset(str(pictures)))


def add(name: str, dataset: Dataset) -> None:
    """Add the domain to the run of this name, which was trained on this dataset."""
    run = runs.load_run(name)
    rows = make_split(dataset, run.info.split).single.train_and_valid
    if not np.array_equal(dataset.feature_set.signature(dataset.values[rows]), run.training_signatures):
        raise SystemExit(f"{name} was trained on other segments than those of its split; train it again.")
    if domain := training_domain(dataset, rows):
        runs.add_domain(run.folder, domain)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
