"""The board of a challenge: accuracies per track, and which differences are chance.

A difference is chance if its 95 % confidence interval holds 0.  Intervals are those of `evaluation.bootstrap`: all
students are scored on the same tracks, so the difference of two is paired, drawn track by track; that of validation set
and test set, which have no track in common, is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genre_core.classroom.challenges.challenge import Student, Submission, best_submissions, correct_array
from genre_core.evaluation import Interval
from genre_core.evaluation.bootstrap import percentile_interval, track_draws

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class BoardRow:
    """A student's best submission, as scored on the validation set."""

    rank: int
    """From 1; equal accuracies have the same rank."""
    nickname: str
    accuracy: float
    """Per track."""
    ci95: Interval
    submissions: int
    """Number of the student's submissions."""
    difference: float
    """From the leader, 0 or less."""
    difference_ci95: Interval
    is_leader: bool

    @property
    def is_chance(self) -> bool:
        """Whether the difference from the leader is chance."""
        return holds_zero(self.difference_ci95)


@dataclass(frozen=True)
class Board:
    """The board of a challenge before the reveal."""

    rows: tuple[BoardRow, ...]
    """Best first; the first is the leader."""
    without: tuple[str, ...]
    """Nicknames of the students without a submission."""

    def to_frame(self) -> pd.DataFrame:
        """One row per student: rank, nickname, accuracy, low, high, submissions, difference, difference_low,
        difference_high, chance."""
        import pandas as pd

        return pd.DataFrame(
            {
                "rank": row.rank,
                "nickname": row.nickname,
                "accuracy": row.accuracy,
                "low": row.ci95.low,
                "high": row.ci95.high,
                "submissions": row.submissions,
                "difference": row.difference,
                "difference_low": row.difference_ci95.low,
                "difference_high": row.difference_ci95.high,
                "chance": row.is_chance,
            }
            for row in self.rows
        )


def make_board(students: Sequence[Student], submissions: tuple[Submission, ...]) -> Board:
    """The board of these students."""
    nicknames = {student.id: student.nickname for student in students}
    known = tuple(submission for submission in submissions if submission.student in nicknames)
    best = list(best_submissions(known).values())
    handed_in = {submission.student for submission in best}
    without = tuple(student.nickname for student in students if student.id not in handed_in)
    if not best:
        return Board((), without)
    correct = np.array([correct_array(submission.correct) for submission in best])
    drawn = drawn_accuracies(correct)
    accuracies = correct.mean(axis=1)
    rows = [
        BoardRow(
            rank=rank_of(accuracies, place),
            nickname=nicknames[submission.student],
            accuracy=float(accuracies[place]),
            ci95=percentile_interval(drawn[place]),
            submissions=sum(one.student == submission.student for one in known),
            difference=float(accuracies[place] - accuracies[0]),
            difference_ci95=percentile_interval(drawn[place] - drawn[0]),
            is_leader=place == 0,
        )
        for place, submission in enumerate(best)
    ]
    return Board(tuple(rows), without)


def drawn_accuracies(correct: np.ndarray, seed: int = 0) -> np.ndarray:
    """The accuracy of each student in each draw, shape (students, draws).

    Parameters
    ----------
    correct : shape (students, tracks): 1.0 where a track was predicted correctly.
    seed : see `track_draws`.
    """
    tracks = correct.shape[1]
    # Counts are divided, not shares added up: equal accuracies stay equal, and a difference of 0 is 0.
    shares: np.ndarray = correct @ track_draws(tracks, seed).T / tracks
    return shares


def rank_of(accuracies: np.ndarray, place: int) -> int:
    """The rank of a student, from 1: one more than the number of those with a higher accuracy."""
    return 1 + int((accuracies > accuracies[place]).sum())


def holds_zero(interval: Interval) -> bool:
    """Whether an interval of a difference holds 0: the difference is chance."""
    return interval.low <= 0 <= interval.high
