"""How the segments of a data set are divided into a training and a test part.

random: by segment, as in the paper.  Segments of one track fall on both sides, so the test part holds
    recordings that the model was trained on: it measures memory of recordings as much as of genre.
track: by track.  All segments of a track fall on the same side.

Both are stratified: of every genre the same share goes to the test part, at least one and never all.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from genre_core.datasets import Dataset
from genre_core.errors import ConfigError, DatasetError

SplitKind = Literal["random", "track"]
KINDS: tuple[SplitKind, ...] = get_args(SplitKind)


@dataclass(frozen=True)
class SplitConfig:
    """How to split; checks itself when made (ConfigError)."""

    kind: SplitKind = "random"
    test_size: float = 0.33
    """Share of the segments (random) or tracks (track) of each genre that go to the test part."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(f"There is no split {self.kind!r}; choose from {', '.join(KINDS)}.")
        if not 0 < self.test_size < 1:
            raise ConfigError(f"The test share must lie between 0 and 1, and is {self.test_size}.")
        if self.seed < 0:
            raise ConfigError(f"The seed must be a whole number from 0 on, and is {self.seed}.")


@dataclass(frozen=True, eq=False)
class Split:
    """Two disjoint sets of rows of a data set."""

    config: SplitConfig
    train: np.ndarray
    """Row numbers, ascending, int64."""
    test: np.ndarray
    """Row numbers, ascending, int64; together with `train` all rows."""


def make_split(dataset: Dataset, config: SplitConfig) -> Split:
    """Divide a data set.

    Raises DatasetError if a genre has fewer than two segments (random) or tracks (track).
    """
    groups = dataset.track if config.kind == "track" else np.arange(len(dataset.genre)).astype(str)
    rng = np.random.default_rng(config.seed)
    in_test = np.zeros(len(groups), dtype=bool)
    for genre in dataset.genres:
        rows = dataset.genre == genre
        members = np.unique(groups[rows])
        if len(members) < 2:
            unit = "track" if config.kind == "track" else "segment"
            raise DatasetError(
                f"The genre {genre} has only one {unit}, and the split {config.kind!r} needs one to train on and one "
                f"to test on; add music or leave the genre out."
            )
        n_test = min(max(round(len(members) * config.test_size), 1), len(members) - 1)
        in_test |= rows & np.isin(groups, rng.permutation(members)[:n_test])
    return Split(config, np.flatnonzero(~in_test), np.flatnonzero(in_test))
