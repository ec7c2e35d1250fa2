from dataclasses import replace

import numpy as np
import pytest

from genre_core.datasets import Dataset, gtzan
from genre_core.datasets.splits import KINDS, MEANINGS, SplitConfig, make_split
from genre_core.errors import ConfigError, DatasetError


@pytest.mark.parametrize("kind", ("random", "track"))
@pytest.mark.parametrize("test_size", [0.01, 0.33, 0.99])
@pytest.mark.parametrize("seed", [0, 7])
def test_every_split_is_a_stratified_partition(bundled: Dataset, kind: str, test_size: float, seed: int) -> None:
    split = make_split(bundled, SplitConfig(kind, test_size, seed)).single
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
        split = make_split(bundled, SplitConfig(kind)).single
        return len(set(bundled.track[split.train]) & set(bundled.track[split.test]))

    assert shared("track") == 0
    assert shared("random") > 90


@pytest.mark.parametrize("kind", ("random", "track"))
def test_the_seed_decides(bundled: Dataset, kind: str) -> None:
    first, again, other = (make_split(bundled, SplitConfig(kind, seed=seed)).tested for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_genre_with_one_track_cannot_be_split_by_track(bundled: Dataset) -> None:
    lonely = replace(bundled, track=np.where(bundled.genre == "jazz", "jazz/one", bundled.track))
    with pytest.raises(DatasetError, match="jazz has only 1 track"):
        make_split(lonely, SplitConfig("track"))
    make_split(lonely, SplitConfig("random"))


@pytest.mark.parametrize("wrong", [{"kind": "artist?"}, {"test_size": 0.0}, {"test_size": 1.0}, {"seed": -1}])
def test_a_senseless_split_is_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError):
        SplitConfig(**wrong)


# --- by artist, by the published lists, by a table's own column ------------------------------------------------------


def test_an_artist_stands_on_one_side_and_what_cannot_be_tested_is_named(bundled: Dataset) -> None:
    split = make_split(bundled, SplitConfig("artist"))
    fold = split.single
    assert not set(bundled.artists[fold.train]) & set(bundled.artists[fold.test])
    assert split.untested_genres == ("blues", "classical", "reggae", "rock")
    assert split.left_out == {"their artist is unknown": 4}
    assert "" not in bundled.artists[np.concatenate([fold.train, fold.test])]
    assert set(bundled.genre[fold.train]) == set(bundled.genres), "they can still be taken for others"
    assert len(split.notes) == 2
    assert "blues, classical, reggae, rock can't be tested" in split.notes[1]


@pytest.mark.parametrize("folds", [None, 3])
def test_an_artist_of_several_genres_stands_on_one_side_too(bundled: Dataset, folds: int | None) -> None:
    rng = np.random.default_rng(1)
    done = 0
    for seed in range(30):
        # Eight artists a genre and six who play anything; rock has one of its own, who plays pop as well.
        artist = np.char.add(bundled.genre, rng.integers(8, size=100).astype(str).repeat(10)[: len(bundled.genre)])
        anything = rng.random(len(artist)) < 0.2
        artist = np.where(anything, rng.integers(6, size=len(artist)).astype(str), artist)
        artist = np.where(bundled.genre == "rock", "Queen", artist)
        artist = np.where((bundled.genre == "pop") & (bundled.start_s < 9), "Queen", artist)
        data = replace(bundled, artist=artist)
        try:
            split = make_split(data, SplitConfig("artist", seed=seed, folds=folds))
        except DatasetError as error:
            assert "choose another split or seed" in str(error)
            continue
        done += 1
        assert "rock" in split.untested_genres
        for fold in split.folds:
            assert not set(artist[fold.train]) & set(artist[fold.test])
            assert set(data.genre[fold.train]) == set(data.genres)
    assert done > 20


def test_two_genres_that_share_their_artists_are_both_learned_from(bundled: Dataset) -> None:
    both = np.isin(bundled.genre, ["rock", "pop"])
    artist = np.where(both, np.where(bundled.start_s < 15, "x", "z"), bundled.track)
    for seed in range(10):
        split = make_split(replace(bundled, artist=artist), SplitConfig("artist", seed=seed)).single
        assert set(bundled.genre[split.train]) == set(bundled.genres)


def test_artists_that_a_table_names_go_before_the_lists(bundled: Dataset) -> None:
    by_track = replace(bundled, artist=bundled.track)
    split = make_split(by_track, SplitConfig("artist"))
    assert split.untested_genres == ()
    assert split.left_out == {}


def test_without_any_artist_there_is_no_split_by_artist(bundled: Dataset) -> None:
    with pytest.raises(DatasetError, match="No artist of bundled is known"):
        make_split(replace(bundled, artist=np.full(len(bundled.genre), "")), SplitConfig("artist"))
    alone = replace(bundled, artist=bundled.genre)
    with pytest.raises(DatasetError, match="at least two such genres"):
        make_split(alone, SplitConfig("artist"))


def test_the_lists_are_those_that_were_published() -> None:
    facts = list(gtzan.all_tracks().values())
    assert [sum(f.part == part for f in facts) for part in ("train", "valid", "test")] == [443, 197, 290]
    assert len(facts) == 1000
    assert sum(not f.artist for f in facts) == 81
    assert sum(bool(f.duplicate_of) for f in facts) == 14
    artists = [{f.artist for f in facts if f.part == part} - {""} for part in ("train", "valid", "test")]
    assert not artists[0] & artists[1]
    assert not artists[0] & artists[2]
    assert not artists[1] & artists[2]


def whole_gtzan(rng: np.random.Generator) -> Dataset:
    """A data set with the names of all tracks of GTZAN, and noise for features."""
    track = np.array(list(gtzan.all_tracks()))
    genre = np.array([name.partition("/")[0] for name in track])
    return Dataset("noise", "paper", rng.normal(size=(1000, 58)), genre, track, np.zeros(1000))


def test_fault_filtered_learns_from_two_lists_and_tests_on_the_third(rng: np.random.Generator) -> None:
    split = make_split(whole_gtzan(rng), SplitConfig("fault-filtered"))
    fold = split.single
    assert (len(fold.train), len(fold.valid), len(fold.test), len(fold.learned)) == (443, 197, 290, 640)
    assert split.left_out == {"they are on none of the three lists": 70}
    choosing = make_split(whole_gtzan(rng), SplitConfig("fault-filtered", selection=True)).single
    np.testing.assert_array_equal(choosing.train, fold.train)
    np.testing.assert_array_equal(choosing.test, fold.valid)


def test_a_few_tracks_of_the_lists_are_no_fault_filtered_split(bundled: Dataset) -> None:
    with pytest.raises(DatasetError, match="on the train list"):
        make_split(bundled, SplitConfig("fault-filtered"))


def test_exact_copies_are_left_out_where_tracks_must_stay_apart(rng: np.random.Generator) -> None:
    data = whole_gtzan(rng)
    copies = [track for track, facts in gtzan.all_tracks().items() if facts.duplicate_of]
    for kind in ("track", "artist"):
        split = make_split(data, SplitConfig(kind))
        assert split.left_out["they are exact copies of others"] == 14
        used = data.track[np.concatenate([split.single.train, split.single.test])]
        assert not set(copies) & set(used)
    assert make_split(data, SplitConfig("random")).left_out == {}


def test_a_tables_own_column_decides(bundled: Dataset) -> None:
    with pytest.raises(DatasetError, match="no column `split`"):
        make_split(bundled, SplitConfig("column"))
    number = np.array([int(track[-5:]) for track in bundled.track])
    own = replace(bundled, part=np.select([number % 3 == 0, number % 3 == 1], ["train", "test"], ""))
    split = make_split(own, SplitConfig("column"))
    assert set(own.part[split.single.train]) == {"train"}
    assert set(own.part[split.single.test]) == {"test"}
    assert len(split.single.valid) == 0
    assert sum(split.left_out.values()) == len(set(own.track[own.part == ""]))
    with pytest.raises(DatasetError, match="nothing in the part 'test'"):
        make_split(replace(bundled, part=np.full(len(bundled.genre), "train")), SplitConfig("column"))
    jazzless = replace(own, part=np.where(own.genre == "jazz", "test", own.part))
    with pytest.raises(DatasetError, match="leaves no jazz to train on"):
        make_split(jazzless, SplitConfig("column"))


# --- folds and parts for choosing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "folds"), [("random", 5), ("track", 5), ("track", 10), ("artist", 3)])
def test_folds_test_everything_once_and_keep_groups_together(bundled: Dataset, kind: str, folds: int) -> None:
    split = make_split(bundled, SplitConfig(kind, folds=folds))
    assert len(split.folds) == folds
    tested = np.concatenate([fold.test for fold in split.folds])
    assert len(set(tested)) == len(tested)
    groups = {"random": np.arange(len(bundled.genre)), "track": bundled.track, "artist": bundled.artists}[kind]
    for fold in split.folds:
        assert not set(groups[fold.train]) & set(groups[fold.test])
        assert not set(fold.train) & set(fold.test)
    expected = ~np.isin(bundled.genre, split.untested_genres)
    if kind == "artist":
        expected &= bundled.artists != ""
    np.testing.assert_array_equal(split.tested, np.flatnonzero(expected))


def test_more_folds_than_tracks_are_refused(bundled: Dataset) -> None:
    with pytest.raises(DatasetError, match="needs one a fold"):
        make_split(bundled, SplitConfig("track", folds=11))


@pytest.mark.parametrize("kind", ["random", "track", "artist"])
def test_choosing_never_touches_the_test_part(bundled: Dataset, kind: str) -> None:
    test = make_split(bundled, SplitConfig(kind, seed=4)).single.test
    choosing = make_split(bundled, SplitConfig(kind, seed=4, selection=True)).single
    assert not set(test) & set(choosing.train)
    assert not set(test) & set(choosing.test)
    assert len(choosing.test)


@pytest.mark.parametrize("kind", KINDS)
def test_every_split_says_what_it_is(kind: str) -> None:
    assert MEANINGS[kind].endswith(".")
    assert SplitConfig(kind).description
    assert SplitConfig(kind, selection=True).description.startswith("validation part of a ")
