"""The outcome of a challenge: test accuracies beside those on the validation set, and the lesson in the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from genre_core.classroom.challenges.board import drawn_accuracies, rank_of
from genre_core.classroom.challenges.challenge import (
    Results,
    Student,
    Submission,
    TestResult,
    correct_array,
)
from genre_core.evaluation import Interval
from genre_core.evaluation.bootstrap import percentile_interval
from genre_core.wording import counted, listed, ordinal

if TYPE_CHECKING:
    import pandas as pd

_TEST_SEED = 1


@dataclass(frozen=True)
class OutcomeRow:
    """A student's best submission, as scored on both sets."""

    rank: int
    """On the test set, from 1."""
    valid_rank: int
    """On the validation set, among the same submissions."""
    nickname: str
    accuracy: float
    """Per track, on the test set."""
    ci95: Interval
    valid_accuracy: float
    """Per track, on the validation set."""
    valid_ci95: Interval
    drop: float
    """From the validation set to the test set."""
    drop_ci95: Interval
    submissions: int
    """Number of the student's submissions."""
    description: str
    """The model and its settings in one line."""

    @property
    def is_tuned(self) -> bool:
        """Whether the accuracy fell by more than chance: the interval of the drop lies above 0."""
        return self.drop_ci95.low > 0


@dataclass(frozen=True)
class Outcome:
    """What everyone sees after the reveal."""

    rows: tuple[OutcomeRow, ...]
    """Best on the test set first."""
    refused: dict[str, str]
    """Nicknames whose submission was refused, with the reason."""

    @cached_property
    def mean_drop(self) -> float:
        """Drop from the validation set to the test set, averaged over the students."""
        return float(np.mean([row.drop for row in self.rows]))

    def lessons(self) -> list[str]:
        """What the class can learn from the drop, in sentences; empty without rows.  They hold nicknames."""
        if not self.rows:
            return []
        points = 100 * abs(self.mean_drop)
        direction = "lower" if self.mean_drop > 0 else "higher"
        average = (
            f"On average, the accuracy on the test set is {points:.0f} percentage points {direction} than on the "
            "validation set"
            if round(points)
            else "On average, the accuracy is the same on both sets"
        )
        reason = (
            ": the best of several submissions is also the one that suits the validation set by chance"
            if self.mean_drop > 0 and round(points) and any(row.submissions > 1 for row in self.rows)
            else ""
        )
        sentences = [f"{average}{reason}."]
        if tuned := [row for row in self.rows if row.is_tuned]:
            who = listed([f"{row.nickname} ({counted(row.submissions, 'submission')})" for row in tuned])
            sentences.append(f"By more than chance the accuracy fell for {who}: tuned to the validation set.")
        else:
            sentences.append("Nobody's accuracy fell by more than chance.")
        leaders = [row for row in self.rows if row.valid_rank == 1]
        if all(row.rank > 1 for row in leaders):
            first = min(leaders, key=lambda row: row.rank)
            sentences.append(
                f"{first.nickname}, first on the validation set, is {ordinal(first.rank)} on the test set."
            )
        return sentences

    def to_frame(self) -> pd.DataFrame:
        """One row per student: rank, valid_rank, nickname, accuracy, low, high, valid_accuracy, valid_low, valid_high,
        drop, drop_low, drop_high, submissions, model."""
        import pandas as pd

        return pd.DataFrame(
            {
                "rank": row.rank,
                "valid_rank": row.valid_rank,
                "nickname": row.nickname,
                "accuracy": row.accuracy,
                "low": row.ci95.low,
                "high": row.ci95.high,
                "valid_accuracy": row.valid_accuracy,
                "valid_low": row.valid_ci95.low,
                "valid_high": row.valid_ci95.high,
                "drop": row.drop,
                "drop_low": row.drop_ci95.low,
                "drop_high": row.drop_ci95.high,
                "submissions": row.submissions,
                "model": row.description,
            }
            for row in self.rows
        )


def make_outcome(students: Sequence[Student], submissions: tuple[Submission, ...], results: Results) -> Outcome:
    """The outcome for these students; those who were removed are left out."""
    nicknames = {student.id: student.nickname for student in students}
    known = [result for result in results.results if result.submission.student in nicknames]
    refused = {nicknames[result.submission.student]: result.problem for result in known if result.scores is None}
    scored = [result for result in known if result.scores is not None]
    if not scored:
        return Outcome((), refused)
    counts = [sum(one.student == result.submission.student for one in submissions) for result in scored]
    rows = _rows(scored, [nicknames[result.submission.student] for result in scored], counts)
    return Outcome(tuple(sorted(rows, key=lambda row: (row.rank, row.valid_rank, row.nickname))), refused)


def _rows(scored: list[TestResult], nicknames: list[str], submissions: list[int]) -> list[OutcomeRow]:
    test = np.array([correct_array(result.correct) for result in scored])
    valid = np.array([correct_array(result.submission.correct) for result in scored])
    of_test, of_valid = drawn_accuracies(test, _TEST_SEED), drawn_accuracies(valid)
    accuracies, valid_accuracies = test.mean(axis=1), valid.mean(axis=1)
    return [
        OutcomeRow(
            rank=rank_of(accuracies, place),
            valid_rank=rank_of(valid_accuracies, place),
            nickname=nicknames[place],
            accuracy=float(accuracies[place]),
            ci95=percentile_interval(of_test[place]),
            valid_accuracy=float(valid_accuracies[place]),
            valid_ci95=percentile_interval(of_valid[place]),
            drop=float(valid_accuracies[place] - accuracies[place]),
            drop_ci95=percentile_interval(of_valid[place] - of_test[place]),
            submissions=submissions[place],
            description=result.submission.description,
        )
        for place, result in enumerate(scored)
    ]
