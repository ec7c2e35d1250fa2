import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from genre_core.evaluation import ConfusedPair, Evaluation


def evaluation(
    labels: list[int], predicted: list[int], tracks: list[str] | None = None, sure: float = 0.8
) -> Evaluation:
    genres = ("blues", "jazz", "rock")
    probabilities = np.full((len(labels), 3), (1 - sure) / 2)
    probabilities[np.arange(len(labels)), predicted] = sure
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
    assert scores.loss == pytest.approx(log_loss(labels, scores.probabilities))


def test_rows_of_the_confusion_are_the_true_genre() -> None:
    scores = evaluation([0, 0, 0, 2], [0, 1, 1, 2])
    assert scores.confusion.tolist() == [[1, 2, 0], [0, 0, 0], [0, 0, 1]]


def test_a_track_is_judged_by_the_mean_of_its_segments() -> None:
    # Two unsure wrong segments lose against one that is sure and right.
    scores = evaluation([0, 0, 0, 1], [1, 1, 0, 1], ["a", "a", "a", "b"])
    scores.probabilities[:2] = [0.45, 0.55, 0.0]
    scores.probabilities[2] = [1.0, 0.0, 0.0]
    assert scores.accuracy == 0.5
    assert scores.track_accuracy == 1.0


def test_genres_that_do_not_occur_do_not_lower_the_macro_f1() -> None:
    assert evaluation([0, 1], [0, 1]).macro_f1 == 1.0


def test_the_loss_of_a_sure_mistake_is_finite() -> None:
    assert np.isfinite(evaluation([0], [1], sure=1.0).loss)


def test_confused_pairs_are_counted_and_ordered() -> None:
    scores = evaluation([0, 0, 0, 1, 2, 2], [1, 1, 0, 2, 2, 2])
    assert scores.confused_pairs() == [ConfusedPair("blues", "jazz", 2, 3), ConfusedPair("jazz", "rock", 1, 1)]
    assert scores.confused_pairs(most=1) == [ConfusedPair("blues", "jazz", 2, 3)]
    assert evaluation([0, 1], [0, 1]).confused_pairs() == []


def test_the_table_of_segments_names_what_was_heard() -> None:
    frame = evaluation([0, 2], [1, 2]).frame()
    assert frame["genre"].tolist() == ["blues", "rock"]
    assert frame["predicted"].tolist() == ["jazz", "rock"]
    np.testing.assert_allclose(frame[["p_blues", "p_jazz", "p_rock"]].sum(axis=1), 1)
