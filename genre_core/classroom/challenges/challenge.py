"""What a challenge is made of: its settings, its students, their submissions, and the results of the reveal.

Nothing here knows the test set: until the reveal it is in a file of its own, which `scoring.reveal` alone reads.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from genre_core.datasets.splits import SplitConfig
from genre_core.errors import ConfigError
from genre_core.evaluation import Scores

ChallengeSplit = Literal["track", "artist"]
CHALLENGE_SPLITS: tuple[ChallengeSplit, ...] = get_args(ChallengeSplit)
State = Literal["open", "closed", "revealed"]
"""open: students enter and submit; closed: they don't any more; revealed: everyone sees the test scores."""

SPLIT = SplitConfig("column", selection=True)
"""The split of every run of a challenge: trained on its training set, scored on its validation set."""
MIN_SIZE, MAX_SIZE = 0.1, 0.5
"""Of the shares of the test set and of the validation set."""
MAX_SUBMISSIONS = 50
"""Of a student."""
MAX_ALL_SUBMISSIONS = 2000
"""Of all students of a challenge together: each keeps a copy of its run."""
MAX_STUDENTS = 200
MAX_TITLE_LENGTH = 80


@dataclass(frozen=True)
class ChallengeConfig:
    """Settings of a challenge.

    Raises
    ------
    ConfigError
        If the title is missing or too long, or a share is out of range.
    """

    title: str
    split: ChallengeSplit = "track"
    """What is divided into training, validation and test set."""
    test_size: float = 0.3
    """Share of the tracks (track) or artists (artist) of each genre in the test set."""
    valid_size: float = 0.2
    """The same for the validation set."""

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.title.isprintable():
            raise ConfigError("Enter a title for the challenge, in one line.")
        if len(self.title) > MAX_TITLE_LENGTH:
            raise ConfigError(f"The title is longer than {MAX_TITLE_LENGTH} characters; choose a shorter one.")
        if self.split not in CHALLENGE_SPLITS:
            raise ConfigError(f"A challenge has a split by {' or '.join(CHALLENGE_SPLITS)}.")
        for name, size in (("test", self.test_size), ("validation", self.valid_size)):
            if not MIN_SIZE <= size <= MAX_SIZE:
                raise ConfigError(
                    f"The share of the {name} set must be from {MIN_SIZE:.0%} to {MAX_SIZE:.0%}.".replace("%", " %")
                )


@dataclass(frozen=True)
class Challenge:
    """A challenge, as everyone who takes part may know it."""

    code: str
    """Opens the challenge."""
    config: ChallengeConfig
    created: str
    """ISO 8601, UTC."""
    source: str
    """Name of the dataset that was divided, for people."""
    features: str
    """Name of the feature set."""
    segment_samples: int
    genres: tuple[str, ...]
    untested_genres: tuple[str, ...]
    """Genres that are neither in the validation set nor in the test set."""
    dataset_id: str
    """`Dataset.fingerprint` of the students' dataset."""
    valid_id: str
    """Fingerprint of its validation set."""
    train_tracks: int
    valid_tracks: int
    is_open: bool = True
    is_revealing: bool = False
    """Whether the reveal has begun: it can't be opened again, since what is submitted later would not be scored."""
    is_secret: bool = False
    """Whether those who take part can't see the dataset that was divided, and so can't find out its test set."""

    @property
    def dataset(self) -> str:
        """Name of the students' dataset."""
        return f"challenge {self.code}"


@dataclass(frozen=True)
class Student:
    """A visitor who takes part in a challenge."""

    id: str
    """Random text, for submissions."""
    owner: str
    """Id of the visitor, which nobody else may see; empty for the operator."""
    nickname: str
    entered: str
    """ISO 8601, UTC."""


@dataclass(frozen=True)
class Submission:
    """A run that a student submitted, as scored on the validation set.

    Raises
    ------
    ValueError
        When made, if `correct` does not belong to the scores.
    """

    id: str
    student: str
    """`Student.id`."""
    run: str
    """Name of the run that was copied."""
    description: str
    """The model and its settings in one line."""
    created: str
    """ISO 8601, UTC."""
    scores: Scores
    """On the validation set."""
    correct: str
    """A 1 for each track of the validation set that was predicted correctly, else a 0; tracks in alphabetical order."""

    def __post_init__(self) -> None:
        _check_correct(self.correct, self.scores)

    @property
    def rank_key(self) -> tuple[float, float, float]:
        """Sort key, highest for the best, as of `runs.comparison.ranking_key`."""
        return self.scores.track_accuracy, self.scores.accuracy, -self.scores.log_loss


@dataclass(frozen=True)
class TestResult:
    """The best submission of a student, as scored on the test set.

    Raises
    ------
    ValueError
        When made, if `correct` does not belong to the scores.
    """

    __test__ = False  # not a test, whatever pytest thinks of its name

    submission: Submission
    scores: Scores | None
    """On the test set; None if the submission was refused."""
    correct: str
    """As in `Submission`, of the test set."""
    problem: str = ""
    """Why it was refused."""

    def __post_init__(self) -> None:
        if self.scores:
            _check_correct(self.correct, self.scores)


@dataclass(frozen=True)
class Results:
    """The results of a reveal."""

    revealed: str
    """ISO 8601, UTC."""
    results: tuple[TestResult, ...]


def _check_correct(correct: str, scores: Scores) -> None:
    if len(correct) != scores.tracks or not correct or set(correct) - set("01"):
        raise ValueError("correct is not a 0 or 1 for each track")


def correct_text(correct: np.ndarray) -> str:
    """Whether each track was predicted correctly, shape (tracks,), bool, as text."""
    return "".join("01"[int(right)] for right in correct)


def correct_array(text: str) -> np.ndarray:
    """The inverse of `correct_text`, shape (tracks,), float64."""
    return np.array([float(right) for right in text])


def best_submissions(submissions: tuple[Submission, ...]) -> dict[str, Submission]:
    """The best submission of each student on the validation set, the earlier of equal ones; by `Student.id`, best
    first."""
    best: dict[str, Submission] = {}
    for submission in sorted(submissions, key=lambda one: (*(-part for part in one.rank_key), one.created)):
        best.setdefault(submission.student, submission)
    return best
