"""Figures of a challenge."""

from genre_core.classroom.challenges import Results, TestResult, make_board, make_outcome
from genre_core.figures import challenge
from tests.classroom.challenges.made import NOW, scores, student, submission

ANNA, BEN, EVE = student("Anna"), student("Ben"), student("<b>Eve</b>")
GOOD, SIMILAR, BAD = "1" * 36 + "0" * 4, "1" * 35 + "0" * 5, "1" * 12 + "0" * 28


def test_the_board_colors_by_the_difference_from_the_leader() -> None:
    submitted = (submission("Anna", GOOD), submission("Ben", SIMILAR), submission("<b>Eve</b>", BAD))
    figure = challenge.board(make_board([ANNA, BEN, EVE], submitted))
    assert {trace.name: list(trace.x) for trace in figure.data} == {
        "Leader": [0.9],
        "Difference is chance": [0.875],
        "Difference is more than chance": [0.3],
    }
    assert list(figure.layout.yaxis.ticktext) == ["Anna", "Ben", "&lt;b>Eve&lt;/b>"]
    assert figure.data[2].y == (2,)
    assert "30.0" in figure.data[2].hovertext[0] and "95 % CI" in figure.data[2].hovertext[0]


def test_the_outcome_has_both_sets_of_each_student() -> None:
    results = Results(NOW, (TestResult(submission("Anna", GOOD), scores(BAD), BAD),))
    figure = challenge.outcome(make_outcome([ANNA], (submission("Anna", GOOD),), results))
    assert {trace.name: list(trace.x) for trace in figure.data} == {"Validation set": [0.9], "Test set": [0.3]}


def test_empty_ones_are_drawn_too() -> None:
    assert not challenge.board(make_board([ANNA], ())).data
    assert challenge.outcome(make_outcome([], (), Results(NOW, ()))).data[0].x == ()
