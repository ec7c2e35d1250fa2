"""The paired difference of two predictions, and McNemar's test."""

from dataclasses import replace

import numpy as np
import pytest

from genre_core.evaluation import Evaluation, Interval
from genre_core.evaluation.paired import aligned, by_segment, by_track, mcnemar


def evaluation(correct: list[list[bool]]) -> Evaluation:
    """A track for each list, a segment for each of its values."""
    right = np.concatenate([np.array(track, dtype=bool) for track in correct])
    tracks = np.repeat([f"t{i}" for i in range(len(correct))], [len(track) for track in correct])
    return Evaluation(
        ("blues", "jazz"),
        np.zeros(len(right), dtype=np.int64),
        tracks,
        np.arange(len(right)) * 3.0,
        np.where(right[:, None], [0.9, 0.1], [0.2, 0.8]),
    )


@pytest.mark.parametrize(
    ("first_only", "second_only", "p_value"),
    # By hand: 2 (1 + 5) / 2^5 of 1 to 4; 2 / 2^6 of 0 to 6.
    [(0, 0, 1), (1, 1, 1), (1, 4, 12 / 32), (4, 1, 12 / 32), (0, 6, 2 / 64)],
)
def test_the_test_is_exact(first_only: int, second_only: int, p_value: float) -> None:
    assert mcnemar(first_only, second_only) == pytest.approx(p_value)


def test_segments_and_tracks_are_counted_where_only_one_is_right() -> None:
    first = evaluation([[True, True, False], [True, True, True], [False, False]])
    second = evaluation([[False, False, False], [True, True, False], [True, True]])
    segments, tracks = by_segment(first, second), by_track(first, second)
    assert (segments.compared, segments.both, segments.first_only, segments.second_only) == (8, 2, 3, 2)
    assert segments.difference == -1 / 8
    assert (tracks.compared, tracks.first_only, tracks.second_only) == (3, 1, 1)
    assert tracks.difference == 0 and tracks.p_value == 1
    assert tracks.ci95.low < 0 < tracks.ci95.high


def test_the_interval_is_paired() -> None:
    # The second is right where the first is, and on every other track: its gain is the same in every half.
    first = evaluation([[True], [False]] * 20)
    assert by_track(first, first).ci95 == Interval(0, 0)
    second = evaluation([[True], [True]] * 20)
    gain = by_track(first, second)
    assert gain.difference == 0.5 and gain.p_value == pytest.approx(2 / 2**20)
    assert gain.ci95.low == pytest.approx(0.35, abs=0.03) and gain.ci95.high == pytest.approx(0.65, abs=0.03)


def test_only_the_same_segments_are_compared() -> None:
    first = evaluation([[True, False], [True]])
    assert aligned(first, evaluation([[False], [False, True]])) is None
    assert aligned(first, replace(first, genres=("blues", "rock"))) is None
    assert aligned(first, replace(first, labels=np.array([0, 0, 1]))) is None
    assert aligned(first, replace(first, start_s=first.start_s + 1)) is None
    assert aligned(first, first.take(np.array([0, 1]))) is None
    shuffled = aligned(first, evaluation([[False, False], [True]]).take(np.array([2, 0, 1])))
    assert shuffled is not None
    assert shuffled[0].correct.tolist() == [True, False, True] and shuffled[1].correct.tolist() == [False, False, True]
