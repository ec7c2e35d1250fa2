"""Serving: files of version 0.1 are read, foreign and damaged ones are refused."""

from pathlib import Path

import numpy as np
import pytest
import skops.io

from genre_core.errors import RunError
from genre_core.models import estimator, serving
from genre_core.models.config import make_config
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
