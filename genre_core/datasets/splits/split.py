"""A split of a dataset: the rows of its training, validation and test sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from genre_core.datasets.splits.config import SplitConfig
from genre_core.wording import counted

NO_ROWS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Fold:
    """A training, a test and a validation set: disjoint row numbers of a dataset, ascending, int64."""

    train: np.ndarray
    test: np.ndarray
    valid: np.ndarray = field(default_factory=NO_ROWS.copy)
    """Rows that decide when training stops.  The final model is trained on `train` and `valid`.  Empty if the split
    has no validation set."""

    @property
    def train_and_valid(self) -> np.ndarray:
        """Rows that the final model is trained on, ascending."""
        return np.sort(np.concatenate([self.train, self.valid]))


@dataclass(frozen=True, eq=False)
class Split:
    """A division of a dataset: one fold, or several for cross-validation."""

    config: SplitConfig
    folds: tuple[Fold, ...]
    excluded: dict[str, int] = field(default_factory=dict)
    """Number of tracks that are in no set, by the reason."""
    untested_genres: tuple[str, ...] = ()
    """Genres without a segment in any test set."""

    @property
    def is_cross_validation(self) -> bool:
        """Whether there are several folds."""
        return len(self.folds) > 1

    @property
    def single(self) -> Fold:
        """The only fold of a split without cross-validation."""
        (fold,) = self.folds
        return fold

    @property
    def tested(self) -> np.ndarray:
        """Rows in the test set of any fold, ascending."""
        return np.sort(np.concatenate([fold.test for fold in self.folds]))

    @property
    def notes(self) -> list[str]:
        """Sentences on what is excluded and which genres can't be tested."""
        return split_notes(self.config, self.excluded, self.untested_genres)


def split_notes(config: SplitConfig, excluded: Mapping[str, int], untested_genres: Sequence[str]) -> list[str]:
    """Sentences on what a split excludes and which genres it can't test.

    Parameters
    ----------
    excluded, untested_genres : as in `Split`.
    """
    sentences = [f"{counted(tracks, 'track')} excluded: {reason}." for reason, tracks in excluded.items()]
    if untested_genres:
        single = len(untested_genres) == 1
        reason = f", because {'it has' if single else 'each has'} a single artist" if config.kind == "artist" else ""
        sentences.append(
            f"Not tested: {', '.join(untested_genres)}{reason}. The scores leave {'it' if single else 'them'} out."
        )
    return sentences
