"""The board and the outcome, on submissions whose differences are known."""

import pytest

from genre_core.classroom.challenges import Outcome, Results, make_board, make_outcome
from genre_core.classroom.challenges import TestResult as Scored
from tests.classroom.challenges.made import NOW, scores, student, submission

ANNA, BEN, CARO = student("Anna"), student("Ben"), student("Caro")
GOOD, BAD = "1" * 36 + "0" * 4, "1" * 12 + "0" * 28


def test_identical_predictions_are_chance_and_share_the_rank() -> None:
    board = make_board([ANNA, BEN], (submission("Anna", GOOD), submission("Ben", GOOD, number=1)))
    leader, other = board.rows
    assert (leader.nickname, leader.is_leader, other.is_leader) == ("Anna", True, False)
    assert (other.rank, other.difference, other.is_chance) == (1, 0.0, True)
    assert other.difference_ci95.low == other.difference_ci95.high == 0


def test_a_clearly_worse_student_is_not_chance() -> None:
    board = make_board([ANNA, BEN], (submission("Anna", BAD), submission("Ben", GOOD)))
    assert [row.nickname for row in board.rows] == ["Ben", "Anna"]
    worse = board.rows[1]
    assert worse.rank == 2
    assert worse.difference == pytest.approx(-0.6)
    assert worse.difference_ci95.low < -0.6 < worse.difference_ci95.high < 0
    assert not worse.is_chance


def test_the_difference_is_paired_over_tracks() -> None:
    # 40 tracks, both with an accuracy of 50 % and 40 %: nested predictions differ less than disjoint ones.
    leader, nested, disjoint = "1" * 20 + "0" * 20, "1" * 16 + "0" * 24, "0" * 24 + "1" * 16
    submitted = (submission("Anna", leader), submission("Ben", nested), submission("Caro", disjoint))
    board = make_board([ANNA, BEN, CARO], submitted)
    by_name = {row.nickname: row for row in board.rows}
    assert by_name["Ben"].difference == by_name["Caro"].difference == pytest.approx(-0.1)
    assert not by_name["Ben"].is_chance  # four tracks, all in favor of the leader
    assert by_name["Caro"].is_chance


def test_the_best_submission_counts_and_all_are_counted() -> None:
    all_of_anna = (submission("Anna", GOOD, number=1), submission("Anna", BAD, number=2))
    board = make_board([ANNA, BEN, CARO], (*all_of_anna, submission("Ben", BAD)))
    assert board.rows[0].accuracy == pytest.approx(0.9)
    assert [row.submissions for row in board.rows] == [2, 1]
    assert board.without == ("Caro",)


def test_equal_submissions_are_ordered_by_accuracy_per_segment() -> None:
    first = submission("Anna", GOOD, number=1, accuracy=0.5)
    better = submission("Ben", GOOD, number=2, accuracy=0.6)
    assert make_board([ANNA, BEN], (first, better)).rows[0].nickname == "Ben"


def test_removed_students_are_not_on_the_board() -> None:
    board = make_board([BEN], (submission("Anna", GOOD), submission("Ben", BAD)))
    assert [row.nickname for row in board.rows] == ["Ben"]
    assert board.rows[0].is_leader


def test_the_board_names_no_owner_and_no_id() -> None:
    frame = make_board([ANNA], (submission("Anna", GOOD),)).to_frame()
    assert "owner" not in frame.to_json()
    assert list(frame["nickname"]) == ["Anna"]


def test_an_empty_board() -> None:
    board = make_board([ANNA], ())
    assert (board.rows, board.without) == ((), ("Anna",))
    assert board.to_frame().empty


# --- the outcome ------------------------------------------------------------------------------------------------------


def outcome_of(*tested: Scored) -> Outcome:
    submissions = tuple(result.submission for result in tested)
    return make_outcome([ANNA, BEN, CARO], submissions, Results(NOW, tested))


def scored(name: str, valid: str, test: str) -> Scored:
    return Scored(submission(name, valid), scores(test), test)


def test_ranks_on_both_sets_and_who_tuned_to_the_validation_set() -> None:
    outcome = outcome_of(scored("Anna", GOOD, BAD), scored("Ben", BAD, BAD), scored("Caro", "1" * 20 + "0" * 20, GOOD))
    assert [(row.nickname, row.rank, row.valid_rank) for row in outcome.rows] == [
        ("Caro", 1, 2),
        ("Anna", 2, 1),
        ("Ben", 2, 3),
    ]
    anna = outcome.rows[1]
    assert anna.drop == pytest.approx(0.6)
    assert anna.drop_ci95.low > 0 and anna.is_tuned
    assert not outcome.rows[0].is_tuned and not outcome.rows[2].is_tuned
    lessons = outcome.lessons()
    assert "Anna (1 submission): tuned to the validation set" in lessons[1]
    assert lessons[2] == "Anna, first on the validation set, is 2nd on the test set."


def test_a_fall_that_may_be_chance_is_no_tuning() -> None:
    fallen = scored("Anna", GOOD, "1" * 34 + "0" * 6)
    average = "On average, the accuracy on the test set is 5 percentage points lower than on the validation set"
    assert outcome_of(fallen).lessons() == [f"{average}.", "Nobody's accuracy fell by more than chance."]
    both = (fallen.submission, submission("Anna", BAD, number=1))
    assert make_outcome([ANNA], both, Results(NOW, (fallen,))).lessons()[0] == (
        f"{average}: the best of several submissions is also the one that suits the validation set by chance."
    )


def test_validation_and_test_set_are_drawn_independently() -> None:
    # The same predictions on both sets: the drop is 0, and its interval is not.
    row = outcome_of(scored("Anna", GOOD, GOOD)).rows[0]
    assert row.drop == 0
    assert row.drop_ci95.low < 0 < row.drop_ci95.high


def test_a_refused_submission_has_no_rank() -> None:
    outcome = outcome_of(Scored(submission("Anna", GOOD), None, "", "It was trained on it."), scored("Ben", BAD, BAD))
    assert outcome.refused == {"Anna": "It was trained on it."}
    assert [row.nickname for row in outcome.rows] == ["Ben"]
    assert outcome_of(Scored(submission("Anna", GOOD), None, "", "It.")).lessons() == []
