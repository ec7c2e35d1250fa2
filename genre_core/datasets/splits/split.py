"""A split of a dataset: the rows of its training, validation and test sets."""

from dataclasses import dataclass, field

import numpy as np

from genre_core.datasets.splits.config import SplitConfig
from genre_core.datasets.wording import counted

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
        sentences = [f"{counted(tracks, 'track')} excluded: {reason}." for reason, tracks in self.excluded.items()]
        if genres := self.untested_genres:
            reason = f", because {'it has' if len(genres) == 1 else 'each has'} a single artist"
            sentences.append(
                f"Not tested: {', '.join(genres)}{reason if self.config.kind == 'artist' else ''}. The scores leave "
                f"{'it' if len(genres) == 1 else 'them'} out."
            )
        return sentences
