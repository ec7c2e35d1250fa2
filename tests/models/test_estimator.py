"""The models of scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest

from genre_core.errors import TrainingError
from genre_core.models import estimator
from genre_core.models.base import ModelConfig
from genre_core.models.config import MODELS, make_config
from genre_core.models.training_data import TrainingData
from tests.models.problem import N_GENRES, make_problem

ESTIMATORS = [config_class for config_class in MODELS.values() if not config_class.is_network]


@pytest.mark.parametrize("config_class", ESTIMATORS, ids=lambda config_class: config_class.model)
def test_a_genre_without_training_segments_gets_probability_0(config_class: type[ModelConfig]) -> None:
    data = make_problem()
    rows = data.y_train != 1
    data = replace(data, x_train=data.x_train[rows], y_train=data.y_train[rows], groups=data.groups[rows])
    probabilities = estimator.fit(config_class(), data).probabilities(data.scaled(data.x_test))
    np.testing.assert_array_equal(probabilities[:, 1], 0)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)


def test_an_svm_that_has_learned_noise_is_not_confident() -> None:
    """Its probabilities are calibrated by cross-validation over tracks, not on the segments that it has learned."""
    rng = np.random.default_rng(2)
    x, y, groups = rng.normal(size=(200, 20)).astype(np.float32), rng.integers(0, N_GENRES, 200), np.arange(200) // 4
    data = TrainingData(x, y, groups, x, y, np.zeros(20), np.ones(20), N_GENRES)
    model = estimator.fit(make_config("svm", {"c": 10, "gamma": 3}), data)
    assert (model.probabilities(x).argmax(axis=1) == y).mean() > 0.9
    unseen = model.probabilities(rng.normal(size=(200, 20)).astype(np.float32))
    assert unseen.max(axis=1).mean() < 0.5


def test_a_training_set_of_one_genre_is_a_message() -> None:
    data = make_problem()
    rows = data.y_train == 0
    data = replace(data, x_train=data.x_train[rows], y_train=data.y_train[rows], groups=data.groups[rows])
    with pytest.raises(TrainingError, match="could not be fitted"):
        estimator.fit(make_config("logistic"), data)
