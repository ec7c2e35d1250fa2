"""Settings of a split, and what each kind of split does."""

from dataclasses import dataclass
from typing import Literal, get_args

from genre_core.errors import ConfigError
from genre_core.wording import quoted

SplitKind = Literal["random", "track", "artist", "fault-filtered", "column"]
SPLIT_KINDS: tuple[SplitKind, ...] = get_args(SplitKind)
SEEDED_KINDS: tuple[SplitKind, ...] = ("random", "track", "artist")
"""Splits that are drawn with a seed; the others are predefined."""

SPLIT_DESCRIPTIONS: dict[SplitKind, str] = {
    "random": "Segments are divided at random, as in the paper, so segments of one track can be in both the training "
    "and the test set.",
    "track": "Tracks are divided, so all segments of a track are in the same set.",
    "artist": "Artists are divided, so no artist in the test set is in the training set.",
    "fault-filtered": "The published lists of GTZAN: 443 tracks for training, 197 for validation and 290 for testing, "
    "without known faults and without an artist in two sets.",
    "column": "The column `split` of the dataset names the set of each segment: train, valid or test.",
}
"""What each split does, in a sentence."""
UNITS: dict[str, str] = {"random": "segment", "track": "track", "artist": "artist"}
"""What a split with a seed divides."""

MAX_FOLDS = 20


@dataclass(frozen=True)
class SplitConfig:
    """Settings of a split.

    Raises
    ------
    ConfigError
        If a setting is outside its range, or settings don't go together.
    """

    kind: SplitKind = "random"
    test_size: float = 0.33
    """Share of the segments (random), tracks (track) or artists (artist) of each genre in the test set, between 0 and
    1; ignored in cross-validation and by predefined splits."""
    seed: int = 0
    folds: int | None = None
    """Number of folds of cross-validation, in which each fold is tested by a model that is trained on the others; None
    for one split."""
    selection: bool = False
    """Whether to divide the training set once more, in the same way, into a training and a validation set to select
    settings on.  The test set stays unused."""

    def __post_init__(self) -> None:
        if self.kind not in SPLIT_KINDS:
            raise ConfigError(f"There is no split {quoted(self.kind)}; choose from {', '.join(SPLIT_KINDS)}.")
        if not 0 < self.test_size < 1:
            raise ConfigError(f"The test size must be between 0 and 1, not {self.test_size}.")
        if self.seed < 0:
            raise ConfigError(f"The seed must be 0 or greater, not {quoted(self.seed)}.")
        if self.folds is not None and self.kind not in SEEDED_KINDS:
            raise ConfigError(
                f"The split {self.kind!r} is predefined and has no folds; choose from {', '.join(SEEDED_KINDS)}."
            )
        if self.folds is not None and not 2 <= self.folds <= MAX_FOLDS:
            raise ConfigError(f"The number of folds must be between 2 and {MAX_FOLDS}, not {quoted(self.folds)}.")

    @property
    def description(self) -> str:
        """Name of the split, as in "track split" or "5-fold cross-validation by artist"; for selection, as in
        "validation set of a track split"."""
        return f"validation set of {self._with_article}" if self.selection else self._name

    @property
    def test_set(self) -> str:
        """What the scores are measured on, as in "the test set of a track split"."""
        if self.selection:
            return f"the {self.description}"
        return f"{'all folds' if self.folds else 'the test set'} of {self._with_article}"

    @property
    def _name(self) -> str:
        if self.folds:
            return f"{self.folds}-fold cross-validation by {UNITS[self.kind]}"
        return f"{'predefined' if self.kind == 'column' else self.kind} split"

    @property
    def _with_article(self) -> str:
        if self.folds:
            return self._name
        return f"{'an' if self.kind == 'artist' else 'a'} {self._name}"
