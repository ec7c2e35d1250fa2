"""The difference of two runs in words."""

import numpy as np
import pytest

from genre_core.evaluation import Evaluation
from genre_core.runs.difference import Difference, difference


def evaluation(correct: str) -> Evaluation:
    """Tracks of two segments: + both correct, - both incorrect."""
    right = np.repeat([sign == "+" for sign in correct], 2)
    return Evaluation(
        ("blues", "jazz"),
        np.zeros(len(right), dtype=np.int64),
        np.repeat([f"t{i:02d}" for i in range(len(correct))], 2),
        np.tile([0.0, 3.0], len(correct)),
        np.where(right[:, None], [0.9, 0.1], [0.2, 0.8]),
    )


def differ(first: str, second: str) -> Difference:
    found = difference(evaluation(first), evaluation(second))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("++--", "++--", "Both runs have the same 2 of 4 tracks correct."),
        ("+-+-", "-++-", "So both are equally accurate per track."),
        # By hand: 2 / 2^8 and 2 / 2^3.
        ("-" * 8, "+" * 8, "in fewer than 1 of 100 test sets: that B is better is hardly chance."),
        ("+++-", "---+", "in 62 of 100 test sets: that A looks better may be chance. They differ on too few"),
        ("--------+", "+++++++--", "B alone has 7 correct, and A alone 1. "),
    ],
)
def test_a_sentence_says_which_run_is_better(first: str, second: str, expected: str) -> None:
    assert expected in differ(first, second).describe("A", "B")


def test_the_table_counts_tracks_and_segments() -> None:
    table = differ("++--", "+-++").table().set_index("counted")
    counts = ["compared", "both", "first_only", "second_only", "neither"]
    assert table.loc["Tracks", counts].tolist() == [4, 1, 1, 2, 0]
    assert table.loc["Segments", counts].tolist() == [8, 2, 2, 4, 0]
    assert table.loc["Tracks", "difference"].startswith("+25.0 points (95 % CI -")
    assert table["p_value"].tolist() == ["1.000", "0.688"]


def test_segments_that_only_one_has_right_are_listed() -> None:
    table = differ("++-", "+-+").differing
    assert table["track"].tolist() == ["t02", "t02", "t01", "t01"]
    assert table["predicted_genre"].tolist() == ["blues", "blues", "jazz", "jazz"]
    assert table["first_genre"].tolist() == ["jazz", "jazz", "blues", "blues"]
