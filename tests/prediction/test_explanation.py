"""Explanations: what is taken away is what was heard, effects are what the run itself answers, and what if is true."""

import numpy as np
import pytest

from genre_core import datasets, runs
from genre_core.audio import synthesis
from genre_core.features import feature_set
from genre_core.prediction import explanation, predict_song
from genre_core.runs import Run


@pytest.fixture(scope="module")
def run() -> Run:
    return runs.load_run("paper-track")


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    dataset = datasets.load(datasets.BUNDLED)
    return dataset.values[dataset.track == "jazz/jazz.00001"]


def log_odds(shares: np.ndarray) -> np.ndarray:
    """To the base 2, of probabilities that are not nearly 0 or 1."""
    shares = np.clip(shares, 1e-6, 1 - 1e-6)
    return np.log2(shares / (1 - shares))


@pytest.mark.parametrize("features", ["paper", "embedding", "paper+embedding", "leveled-embedding+lab"])
def test_each_column_that_is_heard_is_in_one_group(features):
    known = feature_set(features)
    grouped = [column for columns in explanation.groups_of(known).values() for column in columns]
    assert sorted(grouped) == sorted(set(known.columns) - set(known.unheard))


def test_an_effect_is_what_the_genre_loses(run, values):
    told = explanation.explain(run, values, "jazz")
    place = run.info.genres.index("jazz")
    columns = run.feature_set.columns
    mean = np.load(run.folder / "training.npy").astype(np.float64).mean(axis=0)
    for part in (told.features[0], told.features[-1], told.groups[0]):
        without = values.copy()
        rows = [columns.index(column) for column in part.columns]
        without[:, rows] = mean[rows]
        lost = log_odds(run.probabilities(values)[:, place]) - log_odds(run.probabilities(without)[:, place])
        assert part.effect == pytest.approx(lost.mean(), abs=1e-3)
    strengths = [abs(part.effect) for part in told.features]
    assert strengths == sorted(strengths, reverse=True)


def test_what_is_usual_has_no_effect(run):
    mean = run.learned.astype(np.float64).mean(axis=0)
    told = explanation.explain(run, mean[np.newaxis], run.info.genres[0])
    np.testing.assert_allclose([part.effect for part in (*told.features, *told.groups)], 0, atol=1e-6)
    np.testing.assert_allclose([part.unusual for part in told.features], 0, atol=1e-6)


def test_nothing_moved_is_the_verdict_and_a_move_is_what_the_run_says_of_moved_features(run, values):
    shares = explanation.what_if(run, values, 10, {})
    np.testing.assert_allclose(shares, run.calibrated(run.probabilities(values).mean(axis=0), 10))
    spread = np.load(run.folder / "training.npy").astype(np.float64).std(axis=0)
    i = run.feature_set.columns.index("tempo")
    moved = values.copy()
    moved[:, i] += 2 * spread[i]
    expected = run.calibrated(run.probabilities(moved).mean(axis=0), 10)
    np.testing.assert_allclose(explanation.what_if(run, values, 10, {"tempo": 2.0}), expected)
    # A variance stops at 0, and no move goes farther than the farthest.
    zero = values.copy()
    zero[:, run.feature_set.columns.index("rms_var")] = 0
    expected = run.calibrated(run.probabilities(zero).mean(axis=0), 10)
    np.testing.assert_allclose(explanation.what_if(run, zero, 10, {"rms_var": -1.0}), expected)
    moved[:, i] += spread[i]
    expected = run.calibrated(run.probabilities(moved).mean(axis=0), 10)
    np.testing.assert_allclose(explanation.what_if(run, values, 10, {"tempo": 50.0}), expected)


def test_a_block_of_a_picture_counts_for_what_its_absence_changes():
    lab = runs.load_run("lab-cnn")
    predicted = predict_song(synthesis.song("floorfiller").clip(seconds=12), lab)
    picture, genre = predicted.values[2], predicted.prediction.genre
    told = explanation.explain_picture(lab, picture, genre)
    assert told.effects.shape == (8, 8)
    usual = np.load(lab.folder / "training.npy").mean(axis=0).reshape(8, 8)
    row, column = np.unravel_index(np.abs(told.effects).argmax(), (8, 8))
    rows, columns = (np.linspace(0, size, 9).astype(int) for size in picture.shape[:2])
    without = picture.copy()
    without[rows[row] : rows[row + 1], columns[column] : columns[column + 1]] = round(float(usual[row, column]))
    place = lab.info.genres.index(genre)
    lost = log_odds(lab.probabilities(picture[np.newaxis])[0, place])
    lost -= log_odds(lab.probabilities(without[np.newaxis])[0, place])
    assert told.effects[row, column] == pytest.approx(lost, abs=1e-2)
