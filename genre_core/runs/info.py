"""The facts of a run: everything that run.json holds."""

from dataclasses import astuple, dataclass, field
from datetime import datetime

from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation import SCORES, Interval, Scores
from genre_core.models.base import ModelConfig

MAX_TEXT_LENGTH = 2000
"""Characters of a title or a note."""
_LAST_YEAR = 2200
"""Tables of times end in 2262."""
_LONGEST_S = 1e10
_HIGHEST_LOG_LOSS = 100
"""That of probabilities that are rounded to 0 is 16 (`evaluation`)."""


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
        When made, if a value is out of range.
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
    owner: str = ""
    """Id of the visitor of a served dashboard who trained it; empty for the operator."""
    shared: bool = False
    """Whether all visitors of a served dashboard see it."""
    gathered: str = ""
    """Name of the gathered dataset that it was trained on, which has its audio; empty for others."""
    imported: bool = False
    """Whether it was imported, so that its facts are what its author says."""

    def __post_init__(self) -> None:
        if not _is_time(self.created):
            raise ValueError("created is no time with its time zone")
        if len(self.genres) < 2 or len(set(self.genres)) < len(self.genres) or "" in self.genres:
            raise ValueError("genres are not two or more different names")
        if not set(self.untested_genres) < set(self.genres):
            raise ValueError("untested_genres are not some of the genres")
        tests = [(self.scores, self.ci95), *((test.scores, test.ci95) for test in self.augmented.values())]
        if any(set(ci95) != set(SCORES) for _, ci95 in tests):
            raise ValueError("a confidence interval is missing")
        scores = [*(tested for tested, _ in tests), *self.folds]
        scores += [self.validation_scores] if self.validation_scores else []
        for name in SCORES:
            highest = _HIGHEST_LOG_LOSS if name == "log_loss" else 1
            bounds = [bound for _, ci95 in tests for bound in (ci95[name].low, ci95[name].high)]
            if not all(0 <= value <= highest for value in [*(getattr(one, name) for one in scores), *bounds]):
                raise ValueError(f"{name} is not from 0 to {highest}")
        counts = (self.parameters, self.epochs, self.feature_version, *astuple(self.counts), *self.excluded.values())
        counts += tuple(count for one in scores for count in (one.segments, one.tracks))
        if min(counts) < 0 or self.segment_samples < 1 or not 0 <= self.seconds < _LONGEST_S:
            raise ValueError("a count or a time is negative or too large")

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


def _is_time(text: str) -> bool:
    """Whether a text is a time that can be converted to any time zone and stored in a table."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return False
    return time.tzinfo is not None and 1970 < time.year <= _LAST_YEAR
