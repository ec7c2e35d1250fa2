"""Serving: files of version 0.1 are read, foreign and damaged ones are refused."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skops.io

from genre_core import runs, storage
from genre_core.errors import RunError
from genre_core.models import estimator, serving
from genre_core.models.config import make_config
from genre_core.models.linear import LINEAR_FILE
from tests.models.problem import N_GENRES, make_problem


def test_a_model_with_the_key_of_version_0_1_gives_the_same_probabilities(tmp_path: Path) -> None:
    data = make_problem()
    model = estimator.fit(make_config("svm"), data)
    scaled = data.scaled(data.x_test)
    assert model.inverse_temperature != 1
    skops.io.dump({"estimator": model.estimator, "sharpness": model.inverse_temperature}, tmp_path / "model.skops")
    np.testing.assert_allclose(
        serving.probabilities(tmp_path / serving.ESTIMATOR_FILE, scaled, N_GENRES), model.probabilities(scaled)
    )


def test_a_model_of_foreign_types_is_not_opened(tmp_path: Path) -> None:
    skops.io.dump({"estimator": Path("/"), "inverse_temperature": 1.0}, tmp_path / serving.ESTIMATOR_FILE)
    with pytest.raises(RunError, match="types that no model of Genre Lab contains"):
        serving.probabilities(tmp_path / serving.ESTIMATOR_FILE, np.zeros((1, 3)), N_GENRES)


def test_a_damaged_model_is_a_message(tmp_path: Path) -> None:
    (tmp_path / serving.ESTIMATOR_FILE).write_bytes(b"no model")
    with pytest.raises(RunError, match="can't be read"):
        serving.probabilities(tmp_path / serving.ESTIMATOR_FILE, np.zeros((1, 3)), N_GENRES)


@pytest.mark.parametrize("name", ["logistic", "lda"])
def test_a_linear_model_is_served_from_its_numbers_with_the_same_probabilities(name: str, tmp_path: Path) -> None:
    data = make_problem()
    fitted = estimator.fit(make_config(name, {"kernel": "linear"} if name == "lda" else {}), data)
    model = estimator.TrainedEstimator(fitted.estimator, 0.7, data.n_genres)
    model.save(tmp_path)
    (tmp_path / serving.ESTIMATOR_FILE).unlink()
    scaled = data.scaled(data.x_test)
    np.testing.assert_allclose(
        serving.probabilities(tmp_path / serving.ESTIMATOR_FILE, scaled, N_GENRES),
        model.probabilities(scaled),
        rtol=1e-9,
    )


def test_the_numbers_of_the_default_run_are_those_of_its_model(tmp_path: Path) -> None:
    folder = storage.bundled_runs_dir() / runs.DEFAULT_RUN
    shutil.copy(folder / serving.ESTIMATOR_FILE, tmp_path)
    values = np.random.default_rng(0).standard_normal((50, 712))
    np.testing.assert_allclose(
        serving.probabilities(folder / serving.ESTIMATOR_FILE, values, 10),
        serving.probabilities(tmp_path / serving.ESTIMATOR_FILE, values, 10),
        rtol=1e-9,
    )


def test_a_model_of_two_genres_or_with_a_transformation_is_left_to_scikit_learn(tmp_path: Path) -> None:
    data = make_problem()
    estimator.fit(make_config("logistic", {"scaling": "ranks"}), data).save(tmp_path)
    rows = data.y_train != 1
    two = replace(data, x_train=data.x_train[rows], y_train=data.y_train[rows], groups=data.groups[rows])
    estimator.fit(make_config("logistic"), two).save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [serving.ESTIMATOR_FILE]


def test_damaged_numbers_of_a_linear_model_are_a_message(tmp_path: Path) -> None:
    estimator.fit(make_config("logistic"), make_problem()).save(tmp_path)
    np.savez(tmp_path / LINEAR_FILE, weights=np.zeros((3, 6)), intercepts=np.zeros(3), classes=np.array([0, 2, 1]))
    with pytest.raises(RunError, match="can't be read"):
        serving.probabilities(tmp_path / serving.ESTIMATOR_FILE, np.zeros((1, 6)), N_GENRES)
