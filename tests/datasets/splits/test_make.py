"""Every split divides a dataset as it says, and refuses what it can't divide."""

from dataclasses import replace

import numpy as np
import pytest

from genre_core.datasets import Dataset, gtzan
from genre_core.datasets.splits import SplitConfig, SplitKind, make_split, predefined_split
from genre_core.errors import DatasetError


@pytest.mark.parametrize("kind", ("random", "track"))
@pytest.mark.parametrize("test_size", [0.01, 0.33, 0.99])
@pytest.mark.parametrize("seed", [0, 7])
def test_every_split_is_a_stratified_partition(bundled: Dataset, kind: SplitKind, test_size: float, seed: int) -> None:
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
    def n_shared(kind: SplitKind) -> int:
        split = make_split(bundled, SplitConfig(kind)).single
        return len(set(bundled.track[split.train]) & set(bundled.track[split.test]))

    assert n_shared("track") == 0
    assert n_shared("random") > 90


@pytest.mark.parametrize("kind", ("random", "track"))
def test_the_seed_decides(bundled: Dataset, kind: SplitKind) -> None:
    first, again, other = (make_split(bundled, SplitConfig(kind, seed=seed)).tested for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_genre_with_one_track_cannot_be_split_by_track(bundled: Dataset) -> None:
    lonely = replace(bundled, track=np.where(bundled.genre == "jazz", "jazz/one", bundled.track))
    with pytest.raises(DatasetError, match="jazz has only 1 track"):
        make_split(lonely, SplitConfig("track"))
    make_split(lonely, SplitConfig("random"))


# --- artist, fault-filtered and predefined splits ------------------------------------------------------


def test_an_artist_split_keeps_artists_whole_and_reports_untested_genres(bundled: Dataset) -> None:
    split = make_split(bundled, SplitConfig("artist"))
    fold = split.single
    assert not set(bundled.artists[fold.train]) & set(bundled.artists[fold.test])
    assert split.untested_genres == ("blues", "classical", "reggae", "rock")
    assert split.excluded == {"their artist is unknown": 4}
    assert "" not in bundled.artists[np.concatenate([fold.train, fold.test])]
    assert set(bundled.genre[fold.train]) == set(bundled.genres), "they can still be predicted"
    assert len(split.notes) == 2
    assert split.notes[0] == "4 tracks excluded: their artist is unknown."
    assert split.notes[1].startswith("Not tested: blues, classical, reggae, rock, because each has a single artist.")


@pytest.mark.parametrize("folds", [None, 3])
def test_an_artist_of_several_genres_is_in_one_set_too(bundled: Dataset, folds: int | None) -> None:
    rng = np.random.default_rng(1)
    done = 0
    for seed in range(30):
        # Eight artists per genre and six who play all genres; rock has a single one, who plays pop as well.
        artist = np.char.add(bundled.genre, rng.integers(8, size=100).astype(str).repeat(10)[: len(bundled.genre)])
        everything = rng.random(len(artist)) < 0.2
        artist = np.where(everything, rng.integers(6, size=len(artist)).astype(str), artist)
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


def test_two_genres_that_share_their_artists_are_both_in_the_training_set(bundled: Dataset) -> None:
    both = np.isin(bundled.genre, ["rock", "pop"])
    artist = np.where(both, np.where(bundled.start_s < 15, "x", "z"), bundled.track)
    for seed in range(10):
        split = make_split(replace(bundled, artist=artist), SplitConfig("artist", seed=seed)).single
        assert set(bundled.genre[split.train]) == set(bundled.genres)


def test_artists_in_a_table_take_precedence_over_the_published_index(bundled: Dataset) -> None:
    by_track = replace(bundled, artist=bundled.track)
    split = make_split(by_track, SplitConfig("artist"))
    assert split.untested_genres == ()
    assert split.excluded == {}


def test_an_artist_split_needs_known_artists(bundled: Dataset) -> None:
    with pytest.raises(DatasetError, match="No artist in bundled is known"):
        own = np.char.add("own ", bundled.track)  # ids that GTZAN's index does not have
        make_split(replace(bundled, track=own, artist=np.full(len(bundled.genre), "")), SplitConfig("artist"))
    alone = replace(bundled, artist=bundled.genre)
    with pytest.raises(DatasetError, match="at least two such genres"):
        make_split(alone, SplitConfig("artist"))


def test_the_lists_are_as_published() -> None:
    facts = list(gtzan.all_tracks().values())
    assert [sum(f.subset == subset for f in facts) for subset in ("train", "valid", "test")] == [443, 197, 290]
    assert len(facts) == 1000
    assert sum(not f.artist for f in facts) == 81
    assert sum(bool(f.duplicate_of) for f in facts) == 14
    artists = [{f.artist for f in facts if f.subset == subset} - {""} for subset in ("train", "valid", "test")]
    assert not artists[0] & artists[1]
    assert not artists[0] & artists[2]
    assert not artists[1] & artists[2]


def whole_gtzan(rng: np.random.Generator) -> Dataset:
    """A dataset with the names of all tracks of GTZAN, and noise for features."""
    track = np.array(list(gtzan.all_tracks()))
    genre = np.array([name.partition("/")[0] for name in track])
    return Dataset("noise", "paper", rng.normal(size=(1000, 58)), genre, track, np.zeros(1000))


def test_the_fault_filtered_split_trains_on_two_lists_and_tests_on_the_third(rng: np.random.Generator) -> None:
    split = make_split(whole_gtzan(rng), SplitConfig("fault-filtered"))
    fold = split.single
    assert (len(fold.train), len(fold.valid), len(fold.test), len(fold.train_and_valid)) == (443, 197, 290, 640)
    assert split.excluded == {"they are on none of the three lists": 70}
    selection = make_split(whole_gtzan(rng), SplitConfig("fault-filtered", selection=True)).single
    np.testing.assert_array_equal(selection.train, fold.train)
    np.testing.assert_array_equal(selection.test, fold.valid)


def test_a_fault_filtered_split_needs_most_tracks_of_the_lists(bundled: Dataset) -> None:
    with pytest.raises(DatasetError, match="on the train list"):
        make_split(bundled, SplitConfig("fault-filtered"))


def test_exact_copies_are_excluded_where_tracks_stay_whole(rng: np.random.Generator) -> None:
    data = whole_gtzan(rng)
    copies = [track for track, facts in gtzan.all_tracks().items() if facts.duplicate_of]
    for kind in ("track", "artist"):
        split = make_split(data, SplitConfig(kind))
        assert split.excluded["they are exact copies of others"] == 14
        used = data.track[np.concatenate([split.single.train, split.single.test])]
        assert not set(copies) & set(used)
    assert make_split(data, SplitConfig("random")).excluded == {}


def test_a_predefined_split_without_a_test_set_is_scored_on_its_validation_set(bundled: Dataset) -> None:
    subset = np.where(np.arange(len(bundled.genre)) % 3 == 0, "valid", "train")
    without = replace(bundled, subset=subset)
    assert predefined_split(without) == SplitConfig("column", selection=True)
    assert set(subset[make_split(without, predefined_split(without)).single.test]) == {"valid"}
    subset[0] = "test"
    assert predefined_split(without) == predefined_split(bundled) == SplitConfig("column")


def test_a_predefined_split_follows_the_column_of_the_table(bundled: Dataset) -> None:
    with pytest.raises(DatasetError, match="no column `split`"):
        make_split(bundled, SplitConfig("column"))
    number = np.array([int(track[-5:]) for track in bundled.track])
    subset = np.select([number % 3 == 0, number % 3 == 1], ["train", "test"], "")
    own = replace(bundled, subset=subset)
    split = make_split(own, SplitConfig("column"))
    assert set(subset[split.single.train]) == {"train"}
    assert set(subset[split.single.test]) == {"test"}
    assert len(split.single.valid) == 0
    assert sum(split.excluded.values()) == len(set(own.track[subset == ""]))
    with pytest.raises(DatasetError, match="no segments in the subset 'test'"):
        make_split(replace(bundled, subset=np.full(len(bundled.genre), "train")), SplitConfig("column"))
    jazzless = replace(own, subset=np.where(own.genre == "jazz", "test", subset))
    with pytest.raises(DatasetError, match="leaves no jazz in the training set"):
        make_split(jazzless, SplitConfig("column"))


# --- cross-validation and validation sets ---------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "folds"), [("random", 5), ("track", 5), ("track", 10), ("artist", 3)])
def test_cross_validation_tests_every_segment_once_and_keeps_groups_whole(
    bundled: Dataset, kind: SplitKind, folds: int
) -> None:
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
    with pytest.raises(DatasetError, match="needs one per fold"):
        make_split(bundled, SplitConfig("track", folds=11))


@pytest.mark.parametrize("kind", ["random", "track", "artist"])
def test_a_split_for_selection_never_uses_the_test_set(bundled: Dataset, kind: SplitKind) -> None:
    test = make_split(bundled, SplitConfig(kind, seed=4)).single.test
    selection = make_split(bundled, SplitConfig(kind, seed=4, selection=True)).single
    assert not set(test) & set(selection.train)
    assert not set(test) & set(selection.test)
    assert len(selection.test)
