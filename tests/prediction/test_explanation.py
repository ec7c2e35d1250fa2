"""Explanations: effects and shifted predictions agree with the run's own predictions."""

import numpy as np
import pytest

from genre_core import datasets, runs
from genre_core.audio import synthesis
from genre_core.features import FEATURE_SETS, feature_set
from genre_core.prediction import explanation, predict_song
from genre_core.runs import Run


@pytest.fixture(scope="module")
def run() -> Run:
    return runs.load_run("paper-track")


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    dataset = datasets.load_dataset(datasets.BUNDLED)
    return dataset.values[dataset.track == "jazz/jazz.00001"]


def log_odds(shares: np.ndarray) -> np.ndarray:
    """To the base 2, of probabilities that are not nearly 0 or 1."""
    shares = np.clip(shares, 1e-6, 1 - 1e-6)
    return np.log2(shares / (1 - shares))


@pytest.mark.parametrize("features", [name for name, each in FEATURE_SETS.items() if not each.is_picture])
def test_each_column_that_is_not_excluded_is_in_one_group(features: str) -> None:
    known = feature_set(features)
    grouped = [column for columns in explanation.column_groups(known).values() for column in columns]
    assert sorted(grouped) == sorted(set(known.columns) - set(known.excluded_columns))


def test_the_networks_of_musicnn_are_groups_but_for_the_first() -> None:
    groups = explanation.column_groups(feature_set("musicnn"))
    assert {name: len(columns) for name, columns in groups.items() if not name.startswith("“")} == {
        "MTT_musicnn": 200,
        "MSD_vgg": 256,
        "MTT_vgg": 256,
    }
    of_leveled = explanation.column_groups(feature_set("leveled-embedding"))
    assert [len(groups[tag]) for tag in of_leveled] == [len(columns) for columns in of_leveled.values()]


def test_an_effect_is_the_loss_of_log_odds(run: Run, values: np.ndarray) -> None:
    explained = explanation.explain(run, values, "jazz")
    place = run.info.genres.index("jazz")
    columns = run.feature_set.columns
    mean = np.load(run.folder / "training.npy").astype(np.float64).mean(axis=0)
    for part in (explained.features[0], explained.features[-1], explained.groups[0]):
        without = values.copy()
        rows = [columns.index(column) for column in part.columns]
        without[:, rows] = mean[rows]
        lost = log_odds(run.probabilities(values)[:, place]) - log_odds(run.probabilities(without)[:, place])
        assert part.effect == pytest.approx(lost.mean(), abs=1e-3)
    strengths = [abs(part.effect) for part in explained.features]
    assert strengths == sorted(strengths, reverse=True)


def test_a_song_equal_to_the_training_mean_has_no_effects(run: Run) -> None:
    mean = run.training_signatures.astype(np.float64).mean(axis=0)
    explained = explanation.explain(run, mean[np.newaxis], run.info.genres[0])
    np.testing.assert_allclose([part.effect for part in (*explained.features, *explained.groups)], 0, atol=1e-6)
    np.testing.assert_allclose([part.deviation for part in explained.features], 0, atol=1e-6)


def test_what_if_is_the_prediction_for_the_shifted_features(run: Run, values: np.ndarray) -> None:
    shares = explanation.what_if(run, values, 10, {})
    np.testing.assert_allclose(shares, run.calibrated(run.probabilities(values).mean(axis=0), 10))
    std = np.load(run.folder / "training.npy").astype(np.float64).std(axis=0)
    i = run.feature_set.columns.index("tempo")
    shifted = values.copy()
    shifted[:, i] += 2 * std[i]
    expected = run.calibrated(run.probabilities(shifted).mean(axis=0), 10)
    np.testing.assert_allclose(explanation.what_if(run, values, 10, {"tempo": 2.0}), expected)
    # A variance stops at 0, and no shift exceeds the largest one.
    zero = values.copy()
    zero[:, run.feature_set.columns.index("rms_var")] = 0
    expected = run.calibrated(run.probabilities(zero).mean(axis=0), 10)
    np.testing.assert_allclose(explanation.what_if(run, zero, 10, {"rms_var": -1.0}), expected)
    shifted[:, i] += std[i]
    expected = run.calibrated(run.probabilities(shifted).mean(axis=0), 10)
    np.testing.assert_allclose(explanation.what_if(run, values, 10, {"tempo": 50.0}), expected)


def test_the_effect_of_a_block_is_the_loss_of_log_odds_without_it() -> None:
    lab = runs.load_run("lab-cnn")
    predicted = predict_song(synthesis.song("floorfiller").clip(seconds=12), lab)
    picture, genre = predicted.values[2], predicted.prediction.genre
    explained = explanation.explain_picture(lab, picture, genre)
    assert explained.effects.shape == (8, 8)
    mean = np.load(lab.folder / "training.npy").mean(axis=0).reshape(8, 8)
    row, column = np.unravel_index(np.abs(explained.effects).argmax(), (8, 8))
    rows, columns = (np.linspace(0, size, 9).astype(int) for size in picture.shape[:2])
    without = picture.copy()
    without[rows[row] : rows[row + 1], columns[column] : columns[column + 1]] = round(float(mean[row, column]))
    place = lab.info.genres.index(genre)
    lost = log_odds(lab.probabilities(picture[np.newaxis])[0, place])
    lost -= log_odds(lab.probabilities(without[np.newaxis])[0, place])
    assert explained.effects[row, column] == pytest.approx(lost, abs=1e-2)
