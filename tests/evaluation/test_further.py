"""Further scores against scikit-learn's and by hand."""

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    matthews_corrcoef,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
    top_k_accuracy_score,
)
from sklearn.metrics import classification_report as sklearn_report

from genre_core.evaluation import Evaluation, further
from genre_core.evaluation.bootstrap import track_draws
from genre_core.evaluation.further import classification_report, further_scores, genre_curves

GENRES = ("blues", "jazz", "metal", "pop", "rock")


@pytest.fixture
def predictions(rng: np.random.Generator) -> Evaluation:
    """20 tracks of 5 segments, of four of five genres, with some equal probabilities."""
    labels = np.repeat(np.arange(20) % 4, 5)
    probabilities = rng.dirichlet(np.ones(5), 100).round(1) + 0.2 * np.eye(5)[labels]
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return Evaluation(
        GENRES, labels, np.repeat([f"t{i:02d}" for i in range(20)], 5), np.tile(np.arange(5) * 3.0, 20), probabilities
    )


def test_the_scores_are_scikit_learns_without_the_genre_that_is_not_tested(predictions: Evaluation) -> None:
    scores, labels = further_scores(predictions), predictions.labels
    areas = [
        [score(labels == genre, predictions.probabilities[:, genre]) for genre in range(4)]
        for score in (roc_auc_score, average_precision_score)
    ]
    auroc, average_precision = np.mean(areas, axis=1)
    assert scores.auroc == pytest.approx(auroc)
    assert scores.average_precision == pytest.approx(average_precision)
    assert scores.mcc == pytest.approx(matthews_corrcoef(labels, predictions.predicted))


def test_top_k_counts_the_true_genre_among_the_most_probable(rng: np.random.Generator) -> None:
    labels, probabilities = rng.integers(0, 5, 60), rng.dirichlet(np.ones(5), 60)
    scores = further_scores(Evaluation(GENRES, labels, np.arange(60).astype(str), np.zeros(60), probabilities))
    for found, k in ((scores.top2_accuracy, 2), (scores.top3_accuracy, 3)):
        assert found == pytest.approx(top_k_accuracy_score(labels, probabilities, k=k, labels=range(5)))


def test_intervals_are_those_of_the_drawn_tracks(predictions: Evaluation) -> None:
    scores = further_scores(predictions)
    draws = track_draws(20)[:40].repeat(5, axis=1)
    for name, interval in scores.ci95.items():
        assert interval.low < getattr(scores, name) < interval.high, name
    # scikit-learn with the weights of each draw gives the draws of the areas.
    index = np.unique(predictions.track, return_inverse=True)[1]
    drawn = further._drawn_auroc(predictions, index, track_draws(20))
    for weights, found in zip(draws, drawn, strict=False):
        tested = [genre for genre in range(4) if weights[predictions.labels == genre].any()]
        expected = [
            roc_auc_score(predictions.labels == genre, predictions.probabilities[:, genre], sample_weight=weights)
            for genre in tested
        ]
        assert found == pytest.approx(np.mean(expected))


def test_scores_that_say_nothing_are_left_out() -> None:
    one = Evaluation(("blues", "jazz"), np.array([0, 0]), np.array(["a", "b"]), np.zeros(2), np.full((2, 2), 0.5))
    scores = further_scores(one)
    assert scores.top2_accuracy is scores.top3_accuracy is scores.auroc is scores.average_precision is None
    assert scores.mcc == 0 and set(scores.ci95) == {"mcc"}
    assert genre_curves(one) == []


def test_curves_by_hand() -> None:
    # By falling probability of blues: blues, jazz, blues, jazz.
    blues = np.array([0.9, 0.8, 0.6, 0.1])
    two = Evaluation(
        ("blues", "jazz"), np.array([0, 1, 0, 1]), np.array(list("abcd")), np.zeros(4), np.stack([blues, 1 - blues], 1)
    )
    curve, _, mean = genre_curves(two)
    assert curve.genre == "blues" and curve.segments == 2 and curve.share == 0.5
    assert curve.auroc == 0.75 and curve.average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert list(zip(curve.recall, curve.precision.round(3), strict=True)) == [
        (0, 1),
        (0.5, 1),
        (0.5, 0.5),
        (1, 0.667),
        (1, 0.5),
    ]
    assert mean.genre == "" and mean.auroc == 0.75


def test_the_mean_curve_has_the_mean_areas(predictions: Evaluation) -> None:
    *curves, mean = genre_curves(predictions)
    assert [curve.genre for curve in curves] == list(GENRES[:4])
    for genre, curve in enumerate(curves):
        is_genre, probability = predictions.labels == genre, predictions.probabilities[:, genre]
        np.testing.assert_allclose(curve.true_positive_rate, roc_curve(is_genre, probability)[1])
        assert set(curve.precision) <= set(precision_recall_curve(is_genre, probability)[0])
    assert np.trapezoid(mean.true_positive_rate, mean.false_positive_rate) == pytest.approx(mean.auroc, abs=0.01)
    assert mean.precision.mean() == pytest.approx(mean.average_precision, abs=0.01)
    assert mean.auroc == pytest.approx(np.mean([curve.auroc for curve in curves]))


def test_the_report_is_scikit_learns(predictions: Evaluation) -> None:
    tested = predictions.take(predictions.predicted < 4)
    expected = sklearn_report(tested.labels, tested.predicted, target_names=GENRES[:4], output_dict=True)
    table = classification_report(tested).set_index("genre")
    assert list(table.index) == list(expected)
    assert list(table.columns) == ["precision", "recall", "f1-score", "support"]
    assert table.loc["accuracy", "f1-score"] == pytest.approx(expected["accuracy"])
    assert table.loc["accuracy", ["precision", "recall"]].isna().all()
    for row in (*GENRES[:4], "macro avg", "weighted avg"):
        assert table.loc[row].to_dict() == pytest.approx(expected[row])


def test_genres_that_are_not_tested_do_not_lower_the_means_of_the_report(predictions: Evaluation) -> None:
    table = classification_report(predictions).set_index("genre")
    assert "rock" not in table.index
    assert table.loc["macro avg", "f1-score"] == pytest.approx(predictions.macro_f1)
