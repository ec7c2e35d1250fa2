from dataclasses import replace

import numpy as np
import pytest

from genre_core.datasets import Dataset
from genre_core.errors import ConfigError, DatasetError
from genre_core.splits import KINDS, SplitConfig, make_split


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("test_size", [0.01, 0.33, 0.99])
@pytest.mark.parametrize("seed", [0, 7])
def test_every_split_is_a_stratified_partition(bundled: Dataset, kind: str, test_size: float, seed: int) -> None:
    split = make_split(bundled, SplitConfig(kind, test_size, seed))
    rows = np.concatenate([split.train, split.test])
    assert sorted(rows) == list(range(len(bundled.genre)))
    for genre in bundled.genres:
        in_genre = bundled.genre == genre
        units = 10 if kind == "track" else in_genre.sum()
        expected = min(max(round(units * test_size), 1), units - 1) / units
        share = in_genre[split.test].sum() / in_genre.sum()
        assert 0 < share < 1
        assert share == pytest.approx(expected, abs=0.02)


def test_a_track_split_keeps_tracks_whole_and_a_random_one_does_not(bundled: Dataset) -> None:
    def shared(kind: str) -> int:
        split = make_split(bundled, SplitConfig(kind))
        return len(set(bundled.track[split.train]) & set(bundled.track[split.test]))

    assert shared("track") == 0
    assert shared("random") > 90


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides(bundled: Dataset, kind: str) -> None:
    first, again, other = (make_split(bundled, SplitConfig(kind, seed=seed)).test for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_genre_with_one_track_cannot_be_split_by_track(bundled: Dataset) -> None:
    lonely = replace(bundled, track=np.where(bundled.genre == "jazz", "jazz/one", bundled.track))
    with pytest.raises(DatasetError, match="jazz has only one track"):
        make_split(lonely, SplitConfig("track"))
    make_split(lonely, SplitConfig("random"))


@pytest.mark.parametrize("wrong", [{"kind": "artist?"}, {"test_size": 0.0}, {"test_size": 1.0}, {"seed": -1}])
def test_a_senseless_split_is_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError):
        SplitConfig(**wrong)
