"""Which runs can be compared, and what the gap between their splits means."""

from dataclasses import replace
from typing import Any

import pytest

from genre_core import runs
from genre_core.datasets.splits import SplitConfig, SplitKind
from genre_core.evaluation import Interval
from genre_core.models.config import KnnConfig, MlpConfig
from genre_core.runs import RunInfo, comparison
from genre_core.runs.comparison import compare, describe_gap, runs_by_split

Found = dict[SplitKind, RunInfo]


@pytest.fixture
def random() -> RunInfo:
    return runs.load_run("paper-random").info


@pytest.fixture
def track() -> RunInfo:
    return runs.load_run("paper-track").info


def measured(info: RunInfo, kind: SplitKind, accuracy: float, half: float = 0.02, **changes: Any) -> RunInfo:
    """The same run with another split, accuracy and confidence interval."""
    return replace(
        info,
        name=kind,
        split=replace(info.split, kind=kind),
        scores=replace(info.scores, accuracy=accuracy),
        ci95=info.ci95 | {"accuracy": Interval(accuracy - half, min(accuracy + half, 1.0))},
        **changes,
    )


def test_the_bundled_runs_differ_only_in_the_split(random: RunInfo, track: RunInfo) -> None:
    assert runs_by_split(track, [track, random]) == {"random": random, "track": track}
    assert list(runs_by_split(random, [track, random])) == ["random", "track"]


def test_only_settings_that_differ_vary(track: RunInfo) -> None:
    infos = [replace(track, config=config) for config in (KnnConfig(neighbors=1), KnnConfig(neighbors=3, seed=1))]
    assert comparison.varied_settings(infos) == ["neighbors", "seed"]
    assert comparison.varied_settings(infos[:1]) == comparison.varied_settings([]) == []
    assert comparison.setting_name(infos[0], "neighbors") == "Number of neighbors"
    assert comparison.setting_name(infos[0], "seed") == "Seed"


def test_a_run_represents_its_own_split_and_the_first_match_the_others(random: RunInfo, track: RunInfo) -> None:
    newer = replace(track, name="newer")
    assert runs_by_split(random, [newer, track])["track"] is newer
    assert runs_by_split(track, [newer, random])["track"] is track


def test_the_best_run_has_the_highest_accuracy_per_track_then_per_segment_then_the_lowest_log_loss(
    track: RunInfo,
) -> None:
    def run(name: str, track_accuracy: float, accuracy: float, log_loss: float) -> RunInfo:
        scores = replace(track.scores, track_accuracy=track_accuracy, accuracy=accuracy, log_loss=log_loss)
        return replace(track, name=name, scores=scores)

    infos = [run("a", 0.6, 0.9, 0.1), run("b", 0.7, 0.6, 0.2), run("c", 0.7, 0.8, 1.5), run("d", 0.7, 0.8, 1.2)]
    assert [info.name for info in sorted(infos, key=comparison.ranking_key)] == ["a", "b", "c", "d"]
    assert list(compare(infos).best.values()) == ["d"]


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset_id": "other"},
        {"features": "mel"},
        {"config": MlpConfig(seed=1)},
        {"stopped": True},
        {"split": SplitConfig("track", test_size=0.2)},
        {"split": SplitConfig("track", folds=5)},
        {"split": SplitConfig("track", selection=True)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_runs_that_differ_in_more_than_the_split_do_not_match(
    random: RunInfo, track: RunInfo, changes: dict[str, Any]
) -> None:
    assert list(runs_by_split(random, [replace(track, **changes)])) == ["random"]


def test_a_stopped_run_matches_no_other(random: RunInfo, track: RunInfo) -> None:
    stopped = replace(random, stopped=True)
    assert runs_by_split(stopped, [track]) == {"random": stopped}


def test_a_predefined_split_is_not_among_the_results(random: RunInfo, track: RunInfo) -> None:
    fixed = replace(track, split=SplitConfig("column"))
    assert runs_by_split(fixed, [random, track]) == {"random": random, "track": track}


def test_a_large_gap_is_due_to_data_leakage(random: RunInfo) -> None:
    found: Found = {"random": measured(random, "random", 0.95), "track": measured(random, "track", 0.61)}
    assert (describe_gap(found) or "").replace("\u00a0", " ") == (
        "34 of the 95 percentage points of accuracy are due to data leakage: the random split gives 95 % per segment, "
        "because segments of the same tracks are in the training set. The accuracy falls to 61 % with the track split "
        "(tracks unseen in training)."
    )


def test_a_gap_larger_than_what_remains_above_chance_is_most_of_the_accuracy(random: RunInfo) -> None:
    """Chance is 10 %: of 90 % that fall to 40 %, 50 points are leakage and 30 remain above chance."""
    for strict, conclusion in ((0.40, "Most of this accuracy is"), (0.60, "30 of the 90 percentage points")):
        found: Found = {"random": measured(random, "random", 0.90), "track": measured(random, "track", strict)}
        assert (describe_gap(found) or "").startswith(conclusion)


def test_both_stricter_splits_are_named_with_the_genres_that_can_be_tested(random: RunInfo) -> None:
    found: Found = {
        "random": measured(random, "random", 0.95),
        "track": measured(random, "track", 0.61),
        "artist": measured(random, "artist", 0.33, untested_genres=("blues", "classical", "reggae", "rock")),
    }
    text = (describe_gap(found) or "").replace("\u00a0", " ")
    assert "to 61 % with the track split (tracks unseen in training) and to 33 % with the artist split" in text
    assert text.endswith("(artists unseen in training; only 6 of the 10 genres can be tested).")


def test_with_one_segment_per_track_only_the_artist_split_is_stricter(random: RunInfo) -> None:
    whole = replace(random, counts=replace(random.counts, shared_tracks=0))
    found: Found = {"random": measured(whole, "random", 0.70), "track": measured(whole, "track", 0.70)}
    assert (describe_gap(found) or "").startswith("Here the random split and the track split are equivalent")
    text = describe_gap(found | {"artist": measured(whole, "artist", 0.50)}) or ""
    assert text.startswith("20 of the 70 percentage points of accuracy are due to the artist effect")
    assert "segments of the same artists are in the training set" in text and "track split" not in text


def test_a_small_gap_is_a_small_part(random: RunInfo) -> None:
    found: Found = {"random": measured(random, "random", 0.80), "track": measured(random, "track", 0.73)}
    assert (describe_gap(found) or "").startswith("A small part of this accuracy is due to data leakage")


def test_a_gap_within_the_interval_of_the_difference_may_be_chance(random: RunInfo) -> None:
    """Two intervals of ±0.11 make one of ±0.156 for the difference, although they overlap from 0.22 down."""
    for gap, significant in ((0.15, False), (0.16, True)):
        found: Found = {
            "random": measured(random, "random", 0.80, 0.11),
            "artist": measured(random, "artist", 0.80 - gap, 0.11),
        }
        assert (describe_gap(found) or "").startswith("The gap of 15 percentage points may be due") is not significant


def test_no_gap_is_no_sign_of_leakage(random: RunInfo) -> None:
    found: Found = {"random": measured(random, "random", 0.70), "track": measured(random, "track", 0.72)}
    assert (describe_gap(found) or "").startswith("No sign of data leakage")


@pytest.mark.parametrize("kinds", [("random",), ("track", "artist"), ()])
def test_there_is_no_gap_with_nothing_to_compare(random: RunInfo, kinds: tuple[SplitKind, ...]) -> None:
    assert describe_gap({kind: measured(random, kind, 0.7) for kind in kinds}) is None


def test_only_runs_with_the_same_test_set_are_ranked(random: RunInfo, track: RunInfo) -> None:
    better = replace(
        measured(track, "track", 0.99), name="better", scores=replace(track.scores, accuracy=0.99, track_accuracy=0.99)
    )
    compared = compare([random, track, better])
    assert compared.best == {comparison.describe_test_set(track): "better"}
    assert compared.test_sets == 2
    assert comparison.describe_test_set(track) == (
        f"track split of GTZAN-mini, test size 33 %, seed 0, test set {track.test_id}"
    )
    (warning,) = compared.warnings
    assert "2 different test sets" in warning
    assert compare([track, better]).warnings == []
    assert compare([track, replace(better, stopped=True)]).best == {}, "a run that was stopped early is not ranked"


def test_the_same_split_of_other_tracks_is_another_test_set(track: RunInfo) -> None:
    other = replace(track, name="other", test_id="00000000")
    assert compare([track, other]).test_sets == 2
