"""Scores, confidence intervals and calibration of known predictions."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from genre_core.evaluation import SCORES, ConfusedPair, Evaluation, Scores


def evaluation(
    labels: list[int], predicted: list[int], tracks: list[str] | None = None, confidence: float = 0.8
) -> Evaluation:
    genres = ("blues", "jazz", "rock")
    probabilities = np.full((len(labels), 3), (1 - confidence) / 2)
    probabilities[np.arange(len(labels)), predicted] = confidence
    return Evaluation(
        genres=genres,
        labels=np.array(labels),
        track=np.array(tracks or [f"t{i}" for i in range(len(labels))]),
        start_s=np.zeros(len(labels)),
        probabilities=probabilities,
    )


def test_scores_are_scikit_learns(rng: np.random.Generator) -> None:
    labels, predicted = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    scores = evaluation(labels.tolist(), predicted.tolist())
    assert scores.accuracy == pytest.approx(accuracy_score(labels, predicted))
    assert scores.macro_f1 == pytest.approx(f1_score(labels, predicted, average="macro"))
    assert scores.log_loss == pytest.approx(log_loss(labels, scores.probabilities))


def test_rows_of_the_confusion_are_the_true_genre() -> None:
    scores = evaluation([0, 0, 0, 2], [0, 1, 1, 2])
    assert scores.confusion.tolist() == [[1, 2, 0], [0, 0, 0], [0, 0, 1]]


def test_a_track_is_predicted_by_the_mean_of_its_segments() -> None:
    # Two errors with low confidence lose against one confident correct prediction.
    scores = evaluation([0, 0, 0, 1], [1, 1, 0, 1], ["a", "a", "a", "b"])
    scores.probabilities[:2] = [0.45, 0.55, 0.0]
    scores.probabilities[2] = [1.0, 0.0, 0.0]
    assert scores.accuracy == 0.5
    assert scores.track_accuracy == 1.0


def test_genres_that_do_not_occur_do_not_lower_the_macro_f1() -> None:
    assert evaluation([0, 1], [0, 1]).macro_f1 == 1.0


def test_the_loss_of_a_confident_error_is_finite() -> None:
    assert np.isfinite(evaluation([0], [1], confidence=1.0).log_loss)


def test_confused_pairs_are_counted_and_ordered() -> None:
    scores = evaluation([0, 0, 0, 1, 2, 2], [1, 1, 0, 2, 2, 2])
    assert scores.confused_pairs() == [ConfusedPair("blues", "jazz", 2, 3), ConfusedPair("jazz", "rock", 1, 1)]
    assert scores.confused_pairs(most=1) == [ConfusedPair("blues", "jazz", 2, 3)]
    assert evaluation([0, 1], [0, 1]).confused_pairs() == []


def test_frame_has_the_true_and_the_predicted_genre_of_each_segment() -> None:
    frame = evaluation([0, 2], [1, 2]).to_frame()
    assert frame["true_genre"].tolist() == ["blues", "rock"]
    assert frame["predicted_genre"].tolist() == ["jazz", "rock"]
    np.testing.assert_allclose(frame[["p_blues", "p_jazz", "p_rock"]].sum(axis=1), 1)


def test_scores_hold_every_score() -> None:
    predictions = evaluation([0, 0, 0, 1], [0, 1, 0, 1], ["a", "a", "a", "b"])
    assert predictions.scores == Scores(4, 2, 0.75, 1.0, predictions.macro_f1, predictions.log_loss)


def _of_tracks(correct: list[bool], segments: int) -> Evaluation:
    """Tracks of identical segments, all correct or all incorrect."""
    labels = [0] * len(correct) * segments
    predicted = [0 if one else 1 for one in correct for _ in range(segments)]
    return evaluation(labels, predicted, [f"t{i}" for i in range(len(correct)) for _ in range(segments)])


def test_the_confidence_interval_depends_on_tracks_not_on_segments() -> None:
    correct = [True] * 6 + [False] * 4
    one, ten = _of_tracks(correct, 1).ci95, _of_tracks(correct, 10).ci95
    for name in SCORES:
        assert (ten[name].low, ten[name].high) == pytest.approx((one[name].low, one[name].high)), name
    # A binomial of 10 draws at 0.6: 2.5 % and 97.5 % lie at 3 and 9.
    assert (one["accuracy"].low, one["accuracy"].high) == pytest.approx((0.3, 0.9))


def test_more_tracks_give_a_narrower_interval() -> None:
    few, many = (_of_tracks([True, True, False] * n, 2).ci95["accuracy"] for n in (5, 50))
    assert many.high - many.low < 0.5 * (few.high - few.low)


def test_every_score_lies_in_its_interval(rng: np.random.Generator) -> None:
    labels = rng.integers(0, 3, 300)
    predicted = np.where(rng.random(300) < 0.6, labels, rng.integers(0, 3, 300))
    predictions = evaluation(
        labels.tolist(), predicted.tolist(), [f"t{label}-{i % 12}" for i, label in enumerate(labels)]
    )
    for name in SCORES:
        interval = predictions.ci95[name]
        assert interval.low < getattr(predictions, name) < interval.high, name


def test_the_confidence_interval_is_deterministic() -> None:
    correct = [True, False, True, True]
    assert _of_tracks(correct, 3).ci95 == _of_tracks(correct, 3).ci95


def test_calibration_of_known_probabilities() -> None:
    # Ten segments with confidence 0.8, 5 of them correct; ten with confidence 0.95, all correct.
    predictions = evaluation([0] * 20, [0] * 5 + [1] * 5 + [0] * 10)
    predictions.probabilities[10:] = [0.95, 0.025, 0.025]
    calibration = predictions.calibration
    assert calibration.counts.tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 10, 10]
    assert calibration.confidence[8:] == pytest.approx([0.8, 0.95])
    assert calibration.accuracy[8:] == pytest.approx([0.5, 1.0])
    assert calibration.error == pytest.approx((0.3 + 0.05) / 2)


def test_a_confidence_of_one_is_in_the_last_bin() -> None:
    calibration = evaluation([0, 1], [0, 1], confidence=1.0).calibration
    assert calibration.counts[-1] == 2
    assert calibration.error == 0


def test_tracks_count_the_votes_and_the_correct_predictions_of_their_segments() -> None:
    predictions = evaluation([0, 0, 0, 0, 2], [0, 1, 1, 1, 2], ["b", "b", "b", "b", "a"])
    predictions.probabilities[1] = [0.6, 0.4, 0.0]
    tracks = predictions.tracks.set_index("track")
    assert list(tracks.index) == ["a", "b"]
    b = tracks.loc["b"]
    assert (b["true_genre"], b["predicted_genre"], b["votes"], b["segments"]) == ("blues", "jazz", 2, 4)
    assert (b["correct"], b["correct_segments"]) == (False, 2)
    assert b["probability"] == b["p_jazz"]
    assert b["p_jazz"] == pytest.approx(predictions.probabilities[:4, 1].mean())
    np.testing.assert_allclose(predictions.tracks[["p_blues", "p_jazz", "p_rock"]].sum(axis=1), 1)


def test_errors_are_sorted_by_probability() -> None:
    predictions = evaluation([0, 0, 1, 2], [1, 0, 2, 1])
    predictions.probabilities[2] = [0.0, 0.05, 0.95]
    errors = predictions.errors()
    assert errors["track"].tolist() == ["t2", "t0", "t3"]
    assert errors["probability"].tolist() == pytest.approx([0.95, 0.8, 0.8])
    assert (errors["true_genre"] != errors["predicted_genre"]).all()
    assert evaluation([0, 1], [0, 1]).errors().empty


def test_take_selects_rows() -> None:
    predictions = evaluation([0, 0, 1], [0, 1, 1], ["a", "b", "a"])
    part = predictions.take(predictions.track == "a")
    assert (part.scores.segments, part.scores.tracks, part.accuracy) == (2, 1, 1.0)


def test_a_cell_lists_its_segments_most_confident_first() -> None:
    predictions = evaluation([0, 0, 0], [1, 1, 0])
    predictions.probabilities[:2] = [[0.3, 0.6, 0.1], [0.05, 0.9, 0.05]]
    rows = predictions.cell(true_genre="blues", predicted_genre="jazz")
    assert list(rows["p_jazz"]) == [0.9, 0.6]
    assert set(rows["true_genre"]) == {"blues"}
    assert predictions.cell("blues", "rock").empty


def test_tracks_know_the_folds_that_tested_them() -> None:
    predictions = evaluation([0, 0, 1, 1], [0, 0, 1, 1], ["b", "b", "a", "a"])
    assert predictions.track_folds == {}
    fold = np.array([2, 1, 2, 2])
    folded = replace(predictions, fold=fold, artist=np.array(["X", "X", "", ""]))
    assert folded.track_folds == {"a": (2,), "b": (1, 2)}
    part = folded.take(fold == 2)
    assert part.track_folds == {"a": (2,), "b": (2,)}
    assert part.to_frame()[["track", "fold", "artist"]].to_numpy().tolist() == [
        ["b", 2, "X"],
        ["a", 2, ""],
        ["a", 2, ""],
    ]
    assert {"fold", "artist"}.isdisjoint(predictions.to_frame())
