"""The contract of every model type: it learns, predicts probabilities, and is served as it was trained."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core.models import estimator, network, serving
from genre_core.models.base import ModelConfig
from genre_core.models.config import MODELS, make_config
from genre_core.models.training_data import TrainedModel
from tests.models.problem import N_GENRES, make_problem

QUICK: dict[str, dict[str, Any]] = {
    "mlp": {"layers": "16", "epochs": 60, "batch_size": 16},
    "cnn": {"filters": 4, "epochs": 20, "ensemble_size": 2, "batch_size": 16},
    "forest": {"trees": 30},
    "boosting": {"iterations": 30, "min_samples_leaf": 3},
}


@pytest.mark.parametrize("config_class", MODELS.values(), ids=list(MODELS))
def test_a_model_learns_and_is_served_as_it_was_trained(config_class: type[ModelConfig], tmp_path: Path) -> None:
    data = make_problem(pictures=config_class.input_type == "pictures")
    config = make_config(config_class.model, QUICK.get(config_class.model))
    model: TrainedModel = (network if config.is_network else estimator).fit(config, data)
    scaled = data.scaled(data.x_test)
    probabilities = model.probabilities(scaled)
    assert probabilities.shape == (30, N_GENRES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert (probabilities.argmax(axis=1) == data.y_test).mean() > 0.8
    assert model.parameters > 0
    assert len(model.history) == config.total_epochs
    model.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} <= {".keras", ".tflite", ".skops", ".npz"}
    file = tmp_path / (serving.NETWORK_FILE if config.is_network else serving.ESTIMATOR_FILE)
    np.testing.assert_allclose(serving.probabilities(file, scaled, N_GENRES), probabilities, atol=1e-5)
