"""Tracks are excluded from a dataset, as long as two genres remain."""

import numpy as np
import pytest

from genre_core.datasets import Dataset, doctor
from genre_core.errors import DatasetError
from tests.doctor_data import GENRES


def test_tracks_are_excluded_with_all_their_segments(clean: Dataset) -> None:
    less = doctor.exclude_tracks(clean, ["jazz/24", "jazz/25", "not there"])
    assert less.n_tracks == 58
    assert len(less.values) == len(less.artists) == 232
    assert doctor.exclude_tracks(clean, []) is clean


@pytest.mark.parametrize(
    ("genres", "message"), [(GENRES, "nothing remains"), (GENRES[1:], "only the genre 'blues' remains")]
)
def test_two_genres_have_to_remain(clean: Dataset, genres: tuple[str, ...], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        doctor.exclude_tracks(clean, clean.track[np.isin(clean.genre, genres)])
