"""Segments of a clip: lengths, starts and silence."""

import numpy as np
import pytest

from genre_core.audio.segments import fitting_length, segment_starts, silent_segments

RATE = 1000


@pytest.mark.parametrize(("n", "length"), [(5000, 3000), (3000, 3000), (2900, 2900), (2700, 2700), (2000, 2700)])
def test_a_segment_may_be_a_tenth_shorter_in_a_short_clip(n: int, length: int) -> None:
    assert fitting_length(np.zeros(n, np.float32), 3000) == length


@pytest.mark.parametrize(
    ("hop_s", "starts"), [(1.5, [0, 1500, 3000, 4500]), (3.001, [0, 3000, 6000]), (3.1, [0, 3100]), (30, [0])]
)
def test_segments_start_a_hop_apart_and_are_whole(hop_s: float, starts: list[int]) -> None:
    samples = np.zeros(9000 if hop_s == 3.001 else 7900, np.float32)
    assert list(segment_starts(samples, RATE, hop_s, 3000)) == starts


def test_a_segment_below_minus_80_dbfs_is_silent() -> None:
    samples = np.array([0.00009, -0.00009, 0, -0.0002], np.float32)
    assert silent_segments(samples, [0, 2], 2).tolist() == [True, False]
