"""Class challenges: students tune models on one dataset, and a test set that nobody is shown before says at the end
who did best.

- `open_challenge` draws the test set with a secret seed and gives a code; `find_challenge` finds the challenge by it.
- Students enter with a nickname (`enter_challenge`), train on `student_dataset` with the split `SPLIT`, and submit runs
  (`submit_run`), which are scored on the validation set.  `make_board` ranks them.
- `reveal` scores the best submission of each student on the test set; `make_outcome` compares both accuracies.

Before the reveal nothing of the test set is in any of this but in the one file that `reveal` reads.
"""

from genre_core.classroom.challenges.board import Board, BoardRow, make_board
from genre_core.classroom.challenges.challenge import (
    CHALLENGE_SPLITS,
    MAX_SIZE,
    MAX_SUBMISSIONS,
    MAX_TITLE_LENGTH,
    MIN_SIZE,
    SPLIT,
    Challenge,
    ChallengeConfig,
    ChallengeSplit,
    Results,
    State,
    Student,
    Submission,
    TestResult,
)
from genre_core.classroom.challenges.nicknames import MAX_NICKNAME_LENGTH
from genre_core.classroom.challenges.outcome import Outcome, OutcomeRow, make_outcome
from genre_core.classroom.challenges.scoring import reveal, submit_run, unsuitable
from genre_core.classroom.challenges.store import (
    DamagedChallenge,
    challenge_state,
    damaged_submissions,
    delete_challenge,
    enter_challenge,
    find_challenge,
    list_challenges,
    open_challenge,
    remove_student,
    results,
    set_open,
    student_dataset,
    student_of,
    students,
    submissions,
    version,
)

__all__ = [
    "CHALLENGE_SPLITS",
    "MAX_NICKNAME_LENGTH",
    "MAX_SIZE",
    "MAX_SUBMISSIONS",
    "MAX_TITLE_LENGTH",
    "MIN_SIZE",
    "SPLIT",
    "Board",
    "BoardRow",
    "Challenge",
    "ChallengeConfig",
    "ChallengeSplit",
    "DamagedChallenge",
    "Outcome",
    "OutcomeRow",
    "Results",
    "State",
    "Student",
    "Submission",
    "TestResult",
    "challenge_state",
    "damaged_submissions",
    "delete_challenge",
    "enter_challenge",
    "find_challenge",
    "list_challenges",
    "make_board",
    "make_outcome",
    "open_challenge",
    "remove_student",
    "results",
    "reveal",
    "set_open",
    "student_dataset",
    "student_of",
    "students",
    "submissions",
    "submit_run",
    "unsuitable",
    "version",
]
