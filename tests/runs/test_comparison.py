"""Runs side by side: which belong together, and what their gap means."""

from dataclasses import replace

import pytest

from genre_core import runs
from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation import Interval
from genre_core.models.config import MlpConfig
from genre_core.runs import RunInfo, comparison
from genre_core.runs.comparison import compare, describe_gap, siblings


@pytest.fixture
def random() -> RunInfo:
    return runs.load_run("paper-random").info


@pytest.fixture
def track() -> RunInfo:
    return runs.load_run("paper-track").info


def measured(info: RunInfo, kind: str, accuracy: float, half: float = 0.02, **changes) -> RunInfo:
    """The same run under another split, with a chosen accuracy and interval."""
    return replace(
        info,
        name=kind,
        split=replace(info.split, kind=kind),
        scores=replace(info.scores, accuracy=accuracy),
        ci95=info.ci95 | {"accuracy": Interval(accuracy - half, accuracy + half)},
        **changes,
    )


def test_the_bundled_runs_belong_together(random: RunInfo, track: RunInfo) -> None:
    assert siblings(track, [track, random]) == {"random": random, "track": track}
    assert list(siblings(random, [track, random])) == ["random", "track"]


def test_a_run_stands_for_its_own_split_and_the_newest_for_the_others(random: RunInfo, track: RunInfo) -> None:
    newer = replace(track, name="newer")
    assert siblings(random, [newer, track])["track"] is newer
    assert siblings(track, [newer, random])["track"] is track


@pytest.mark.parametrize(
    "changes",
    [
        {"data_id": "other"},
        {"features": "mel"},
        {"config": MlpConfig(seed=1)},
        {"stopped": True},
        {"split": SplitConfig("track", test_size=0.2)},
        {"split": SplitConfig("track", folds=5)},
        {"split": SplitConfig("track", selection=True)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_differs_in_more_than_the_split_does_not_belong(random: RunInfo, track: RunInfo, changes) -> None:
    assert list(siblings(random, [replace(track, **changes)])) == ["random"]


def test_a_stopped_run_has_no_siblings(random: RunInfo, track: RunInfo) -> None:
    stopped = replace(random, stopped=True)
    assert siblings(stopped, [track]) == {"random": stopped}


def test_a_fixed_split_is_not_among_the_drawn(random: RunInfo, track: RunInfo) -> None:
    fixed = replace(track, split=SplitConfig("column"))
    assert siblings(fixed, [random, track]) == {"random": random, "track": track}


def test_a_large_gap_says_that_recordings_are_recognized(random: RunInfo) -> None:
    found = {"random": measured(random, "random", 0.95), "track": measured(random, "track", 0.61)}
    assert describe_gap(found) == (
        "For 34 of its 95 points this model recognizes recordings, not genres: of the segments it names 95 % right "
        "where it has heard other parts of the same tracks (random split by segment). That falls to 61 % on tracks "
        "that it never heard (split by track)."
    )


def test_what_is_left_after_chance_says_whether_genres_are_recognized_at_all(random: RunInfo) -> None:
    """Guessing gives 10 %: of 90 % that fall to 40 %, more was memory than hearing; of 90 % that fall to 60 %, less."""
    for strict, predicted in ((0.40, "This model"), (0.60, "For 30 of its 90 points this model")):
        found = {"random": measured(random, "random", 0.90), "track": measured(random, "track", strict)}
        assert (describe_gap(found) or "").startswith(f"{predicted} recognizes recordings, not genres")


def test_both_stricter_splits_are_named_with_what_can_be_tested(random: RunInfo) -> None:
    found = {
        "random": measured(random, "random", 0.95),
        "track": measured(random, "track", 0.61),
        "artist": measured(random, "artist", 0.33, untested_genres=("blues", "classical", "reggae", "rock")),
    }
    said = describe_gap(found)
    assert said is not None
    assert "to 61 % on tracks that it never heard (split by track) and to 33 % on artists" in said
    assert said.endswith("(split by artist; only 6 of the 10 genres can be tested so).")


def test_where_tracks_are_whole_only_artists_can_be_remembered(random: RunInfo) -> None:
    whole = replace(random, counts=replace(random.counts, shared_tracks=0))
    found = {"random": measured(whole, "random", 0.70), "track": measured(whole, "track", 0.70)}
    assert (describe_gap(found) or "").startswith("Here the two splits are the same")
    said = describe_gap(found | {"artist": measured(whole, "artist", 0.50)}) or ""
    assert said.startswith("For 20 of its 70 points this model recognizes artists, not genres")
    assert "other tracks of the same artists" in said and "by track" not in said


def test_a_small_gap_is_part_memory(random: RunInfo) -> None:
    found = {"random": measured(random, "random", 0.80), "track": measured(random, "track", 0.73)}
    assert (describe_gap(found) or "").startswith("A little of this is memory of recordings")


def test_a_gap_within_the_interval_of_the_difference_may_be_chance(random: RunInfo) -> None:
    """Two intervals of ±0.11 make one of ±0.156 for the difference, although they overlap from 0.22 down."""
    for gap, sure in ((0.15, False), (0.16, True)):
        found = {
            "random": measured(random, "random", 0.80, 0.11),
            "artist": measured(random, "artist", 0.80 - gap, 0.11),
        }
        assert (describe_gap(found) or "").startswith("The gap of 15 points may be chance") is not sure


def test_no_gap_is_said_too(random: RunInfo) -> None:
    found = {"random": measured(random, "random", 0.70), "track": measured(random, "track", 0.72)}
    assert (describe_gap(found) or "").startswith("No gap")


@pytest.mark.parametrize("kinds", [("random",), ("track", "artist"), ()])
def test_there_is_no_gap_with_nothing_to_compare(random: RunInfo, kinds) -> None:
    assert describe_gap({kind: measured(random, kind, 0.7) for kind in kinds}) is None


def test_only_runs_with_the_same_test_are_ranked(random: RunInfo, track: RunInfo) -> None:
    better = replace(
        measured(track, "track", 0.99), name="better", scores=replace(track.scores, accuracy=0.99, track_accuracy=0.99)
    )
    compared = compare([random, track, better])
    assert compared.best == {comparison.test_of(track): "better"}
    assert compared.tests == 2
    assert comparison.test_of(track) == f"split by track of bundled, 33 % tested, seed 0, test part {track.test_id}"
    (warning,) = compared.warnings
    assert "2 ways" in warning
    assert compare([track, better]).warnings == []
    assert compare([track, replace(better, stopped=True)]).best == {}, "one that was stopped is not ranked"


def test_the_same_split_of_other_tracks_is_another_test(track: RunInfo) -> None:
    other = replace(track, name="other", test_id="00000000")
    assert compare([track, other]).tests == 2
