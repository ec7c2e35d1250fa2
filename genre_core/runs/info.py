"""The facts of a run: everything that run.json holds."""

import math
from dataclasses import astuple, dataclass, field
from datetime import datetime

from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation import SCORES, Interval, Scores
from genre_core.models.base import ModelConfig

MAX_TEXT_LENGTH = 2000
"""Characters of a title or a note."""


@dataclass(frozen=True)
class SplitCounts:
    """Sizes of the training set and the test set.

    With folds, the training set is that of the final model (all segments), and the test set is the union of the folds'
    test sets.
    """

    train_segments: int
    test_segments: int
    train_tracks: int
    test_tracks: int
    shared_tracks: int
    """Tracks with segments in both the training set and the test set, of any fold: data leakage."""


@dataclass(frozen=True)
class AugmentedScores:
    """Scores on the test set with an augmentation."""

    scores: Scores
    ci95: dict[str, Interval]
    """95 % confidence interval of each of SCORES."""


@dataclass(frozen=True)
class RunInfo:
    """The facts of a run.

    Raises
    ------
    ValueError
        When made, if a value has the wrong type or is not finite.
    """

    name: str
    """Name of the run's folder."""
    title: str
    """Short description by the user; may be empty."""
    note: str
    """Free text by the user; may be empty."""
    created: str
    """ISO 8601, UTC."""
    dataset: str
    """Name of the dataset."""
    dataset_id: str
    """`Dataset.fingerprint` of the dataset; empty if unknown."""
    test_id: str
    """Fingerprint of the test set."""
    features: str
    """Name of the feature set."""
    feature_version: int
    segment_samples: int
    genres: tuple[str, ...]
    config: ModelConfig
    split: SplitConfig
    counts: SplitCounts
    excluded: dict[str, int]
    """Number of tracks that are in neither the training set nor the test set, by reason."""
    untested_genres: tuple[str, ...]
    """Genres without test segments; they count in no score."""
    parameters: int
    epochs: int
    """Number of epochs trained; smaller than configured if training was stopped."""
    stopped: bool
    seconds: float
    """Training time, including the folds."""
    scores: Scores
    """Scores on the test set; with folds, on the union of their test sets."""
    ci95: dict[str, Interval]
    """95 % confidence interval of each of SCORES."""
    folds: tuple[Scores, ...]
    """Scores of each fold; empty without folds."""
    validation_scores: Scores | None
    """Scores on the validation set of the model trained on the training set alone; None without a validation set."""
    sweep: str
    """Name of the sweep that the run belongs to; may be empty."""
    versions: dict[str, str]
    """Versions of the libraries that trained the run."""
    augmentations: tuple[str, ...] = ()
    """Augmentations with which the training set was augmented."""
    augmented: dict[str, AugmentedScores] = field(default_factory=dict)
    """For each augmentation that the dataset has, the scores on the test set with it; `scores` are without."""

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.created)
        tests = self.augmented.values()
        scores = (self.scores, *self.folds, *([self.validation_scores] if self.validation_scores else []))
        scores += tuple(test.scores for test in tests)
        intervals = [interval for ci95 in (self.ci95, *(test.ci95 for test in tests)) for interval in ci95.values()]
        bounds = [number for interval in intervals for number in astuple(interval)]
        numbers = [number for score in scores for number in astuple(score)] + bounds + [self.seconds]
        counts = (self.parameters, self.epochs, self.segment_samples, self.feature_version, *astuple(self.counts))
        texts = (self.name, self.title, self.note, self.dataset, self.dataset_id, self.test_id, self.features)
        if not all(isinstance(value, (int, float)) and math.isfinite(value) for value in numbers):
            raise ValueError("a score is not a finite number")
        if not all(isinstance(value, int) and value >= 0 for value in (*counts, *self.excluded.values())):
            raise ValueError("a count is not a whole number")
        names = (*texts, self.sweep, *self.genres, *self.augmentations)
        if not all(isinstance(value, str) for value in names) or len(self.genres) < 2:
            raise ValueError("a name is not a string")
        if any(set(ci95) != set(SCORES) for ci95 in (self.ci95, *(test.ci95 for test in tests))):
            raise ValueError("a confidence interval is missing")

    @property
    def is_trial(self) -> bool:
        """Whether the run is a trial of a sweep, scored on a validation set."""
        return bool(self.sweep) and self.split.selection

    @property
    def description(self) -> str:
        """The model and its settings in one line, as in "MLP 512-256-128-64, 400 epochs, augmented (room, mp3)"."""
        epochs = f", {self.epochs} epochs" if self.config.is_network else ""
        augmented = f", augmented ({', '.join(self.augmentations)})" if self.augmentations else ""
        return f"{self.config.description}{epochs}{augmented}"
