"""What each fold of a cross-validation tested: of known predictions, of new runs and of older ones."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from genre_core import runs
from genre_core.datasets import Dataset, gtzan
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.evaluation import Evaluation
from genre_core.models.config import LogisticConfig
from genre_core.runs import Run, RunInfo, folds
from genre_core.runs.predictions import read_predictions
from genre_core.training import Trainer

GENRES = ("blues", "jazz", "rock")
TRACKS = ["blues/a", "blues/b", "jazz/c", "jazz/d", "rock/e"]
VERSION_0_1 = Path(__file__).parents[1] / "data" / "version_0_1" / "runs" / "logistic-folds"


def predictions(correct: list[bool], fold: list[int], artist: list[str] | None = None) -> Evaluation:
    """Predictions of TRACKS, one segment each."""
    labels = np.array([GENRES.index(track.partition("/")[0]) for track in TRACKS])
    predicted = np.where(correct, labels, (labels + 1) % 3)
    return Evaluation(
        genres=GENRES,
        labels=labels,
        track=np.array(TRACKS),
        start_s=np.zeros(len(TRACKS)),
        probabilities=np.eye(3)[predicted],
        fold=np.array(fold),
        artist=None if artist is None else np.array(artist),
    )


def facts(evaluation: Evaluation, train_tracks: int = 5) -> RunInfo:
    """The facts of a run with these predictions."""
    info = runs.load_run("paper-track").info
    numbers = sorted(set(evaluation.fold.tolist())) if evaluation.fold is not None else []
    return replace(
        info,
        genres=GENRES,
        split=SplitConfig("artist", folds=max(len(numbers), 2)),
        counts=runs.SplitCounts(train_tracks, 5, train_tracks, 5, 0),
        folds=tuple(evaluation.take(evaluation.fold == number).scores for number in numbers),
    )


@pytest.fixture(scope="module")
def cross_validated(trainer: Trainer, bundled: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A new run, in three folds by artist."""
    out = tmp_path_factory.mktemp("runs") / "folds"
    return trainer.start(bundled, LogisticConfig(), SplitConfig("artist", folds=3), out=out).result()


def test_a_fold_has_its_tracks_genres_and_scores() -> None:
    evaluation = predictions([True, True, False, True, True], [1, 2, 1, 2, 2], ["A", "B", "C", "", "B"])
    first, second = folds.folds_of(facts(evaluation), evaluation)
    assert (first.number, second.number) == (1, 2)
    assert first.genre_tracks == {"blues": 1, "jazz": 1, "rock": 0}
    assert (first.absent_genres, second.absent_genres) == (("rock",), ())
    assert (first.scores.track_accuracy, second.scores.track_accuracy) == (0.5, 1.0)
    assert (first.ci95["accuracy"].low, first.ci95["accuracy"].high) == (0, 1)
    assert (second.ci95["accuracy"].low, second.ci95["accuracy"].high) == (1, 1)


def test_artists_are_held_out_if_no_other_fold_has_them() -> None:
    evaluation = predictions([True] * 5, [1, 2, 1, 2, 2], ["A", "B", "B", "", "C"])
    first, second = folds.folds_of(facts(evaluation), evaluation)
    assert (first.held_out_artists, first.shared_artists) == (("A",), ("B",))
    assert (second.held_out_artists, second.shared_artists) == (("C",), ("B",))
    assert (first.unknown_artist_tracks, second.unknown_artist_tracks) == (0, 1)


def test_a_genre_that_one_fold_alone_tests_is_missing_from_its_training_set() -> None:
    evaluation = predictions([True] * 5, [1, 2, 1, 2, 2])
    assert [fold.untrained_genres for fold in folds.folds_of(facts(evaluation), evaluation)] == [(), ("rock",)]
    # With more tracks in the training sets than are tested, it may be among those.
    more = facts(evaluation, train_tracks=9)
    assert [fold.untrained_genres for fold in folds.folds_of(more, evaluation)] == [(), ()]


def test_without_stored_artists_those_of_gtzan_apply() -> None:
    evaluation = predictions([True] * 5, [1, 2, 1, 2, 2])
    known = replace(evaluation, track=np.array(["blues/blues.00000", *TRACKS[1:]]))
    assert folds.artists_of(known)["blues/blues.00000"] == "John Lee Hooker"
    first, second = folds.folds_of(facts(known), known)
    assert (first.held_out_artists, first.unknown_artist_tracks) == (("John Lee Hooker",), 1)
    assert (second.held_out_artists, second.unknown_artist_tracks) == ((), 3)


def test_the_spread_names_the_folds_and_their_tracks() -> None:
    evaluation = predictions([True, True, False, True, False], [1, 2, 1, 2, 1])
    info = facts(evaluation)
    found = folds.spread(info.folds, "track_accuracy")
    assert (found.lowest, found.highest) == (1, 2)
    assert found.deviation == pytest.approx(np.std([1 / 3, 1], ddof=1))
    assert folds.describe_spread(info.folds, "track_accuracy").replace("\u00a0", " ") == (
        "Accuracy (tracks): from 33.3 % (fold 1, 3 tracks) to 100.0 % (fold 2, 2 tracks); standard deviation 47.1 "
        "percentage points."
    )


def test_a_fold_is_described_with_what_it_lacked() -> None:
    evaluation = predictions([True, True, False, True, True], [1, 2, 1, 2, 2], ["A", "B", "B", "", "C"])
    first, second = (
        [text.replace("\u00a0", " ") for text in folds.describe_fold(fold)]
        for fold in folds.folds_of(facts(evaluation), evaluation)
    )
    assert first == [
        "Tested: 2 segments of 2 tracks; accuracy 50.0 % (segments), 50.0 % (tracks).",
        "Genres without a test track, left out of the scores: rock.",
        "The training set has tracks of every genre.",
        "1 artist held out, without a track in the training set: A.",
        "1 artist with tracks in both the test set and the training set.",
    ]
    assert second[1:] == [
        "Genres missing from the training set: rock.",
        "1 artist held out, without a track in the training set: C.",
        "1 artist with tracks in both the test set and the training set.",
        "Artist unknown: 1 track.",
    ]


def test_the_final_model_is_said_to_be_trained_on_everything() -> None:
    evaluation = predictions([True] * 5, [1, 2, 1, 2, 2])
    assert "tested in no fold" not in folds.describe_final_model(facts(evaluation))
    text = folds.describe_final_model(facts(evaluation, train_tracks=6))
    assert "trained last, on all 6 segments of 6 tracks" in text
    assert text.endswith("1 track is only used for training and tested in no fold.")


def test_a_new_run_stores_the_fold_and_the_artist_of_each_segment(cross_validated: Run, bundled: Dataset) -> None:
    table = pd.read_parquet(cross_validated.folder / "predictions.parquet")
    split = make_split(bundled, cross_validated.info.split)
    places = zip(bundled.track, bundled.start_s, strict=True)
    row = {place: i for i, place in enumerate(places)}
    rows = np.array([row[place] for place in zip(table["track"], table["start_s"], strict=True)])
    for number, fold in enumerate(split.folds, 1):
        np.testing.assert_array_equal(np.sort(rows[table["fold"] == number]), fold.test)
    assert table["artist"].tolist() == [gtzan.facts(track).artist for track in table["track"]]
    found = folds.folds_of(cross_validated.info, cross_validated.evaluation())
    for fold, tested in zip(split.folds, found, strict=True):
        assert set(tested.held_out_artists) == set(bundled.artists[fold.test].tolist())
        assert not tested.shared_artists and not tested.unknown_artist_tracks and not tested.untrained_genres
        assert tested.absent_genres == cross_validated.info.untested_genres
        assert set(bundled.genre[fold.train]) == set(bundled.genres)


def test_stored_folds_do_not_depend_on_the_order_of_the_segments(cross_validated: Run, tmp_path: Path) -> None:
    table = pd.read_parquet(cross_validated.folder / "predictions.parquet")
    table.sort_values(["track", "start_s"], ignore_index=True).to_parquet(tmp_path / "predictions.parquet")
    info, before = cross_validated.info, cross_validated.evaluation()
    after = read_predictions(tmp_path, info.genres, [fold.segments for fold in info.folds])
    assert after.track_folds == before.track_folds
    assert folds.folds_of(info, after) == folds.folds_of(info, before)


@pytest.mark.parametrize("run", [runs.DEFAULT_RUN, VERSION_0_1])
def test_the_folds_of_a_run_from_before_they_were_stored_have_its_scores(run: str | Path) -> None:
    opened = runs.load_run(run)
    evaluation = opened.evaluation()
    found = folds.folds_of(opened.info, evaluation)
    assert evaluation.fold is not None
    assert len(found) == len(opened.info.folds) > 1
    for fold in found:
        scores = evaluation.take(evaluation.fold == fold.number).scores
        assert (scores.accuracy, scores.track_accuracy) == pytest.approx(
            (fold.scores.accuracy, fold.scores.track_accuracy)
        )
        assert sum(fold.genre_tracks.values()) == fold.scores.tracks


def test_the_default_run_holds_the_artists_of_each_fold_out() -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    assert run.info.split.kind == "artist"
    for fold in folds.folds_of(run.info, run.evaluation()):
        assert fold.held_out_artists and not fold.shared_artists


def test_predictions_that_do_not_add_up_to_the_folds_have_no_facts(cross_validated: Run, tmp_path: Path) -> None:
    table = pd.read_parquet(cross_validated.folder / "predictions.parquet").drop(columns=["fold", "artist"])
    table.iloc[1:].to_parquet(tmp_path / "predictions.parquet")
    info = cross_validated.info
    evaluation = read_predictions(tmp_path, info.genres, [fold.segments for fold in info.folds])
    assert evaluation.fold is None and evaluation.track_folds == {}
    assert folds.folds_of(info, evaluation) == ()


def test_folds_that_are_numbered_wrongly_are_not_saved(cross_validated: Run, tmp_path: Path) -> None:
    evaluation = cross_validated.evaluation()
    assert evaluation.fold is not None
    with pytest.raises(ValueError, match="from 1 to 3"):
        runs.save_run(
            tmp_path / "wrong",
            cross_validated.info,
            model_folder=cross_validated.folder,
            history=[],
            evaluation=replace(evaluation, fold=evaluation.fold - 1),
            scaling=cross_validated.scaling,
            training_signatures=cross_validated.training_signatures,
        )
    assert not (tmp_path / "wrong").exists()


def test_a_run_without_folds_has_none() -> None:
    run = runs.load_run("paper-track")
    assert run.evaluation().fold is None
    assert folds.folds_of(run.info, run.evaluation()) == ()
