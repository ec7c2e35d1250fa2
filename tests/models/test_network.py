"""Building and training networks.  TensorFlow is imported in the tests of models alone."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from dataclasses import replace

import numpy as np
import pytest

from genre_core.errors import TrainingError
from genre_core.models import network
from genre_core.models.config import ACTIVATIONS, Activation, MlpConfig
from genre_core.models.history import Epoch
from genre_core.models.training_data import TrainingData

POINTS = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
LABELS = (POINTS[:, 0] * POINTS[:, 1] > 0).astype(np.int64)
DATA = TrainingData(POINTS, LABELS, np.arange(300), POINTS, LABELS, np.zeros(5), np.ones(5), n_genres=2)


def test_the_network_of_the_paper_has_its_layers_and_parameters() -> None:
    built = network.build(MlpConfig(), (58,), 10)
    assert built.count_params() == 203_338
    kinds = [type(layer).__name__ for layer in built.layers[1:]]
    assert kinds == ["Dense", "Dropout"] * 4 + ["Dense", "Reshape"]
    probabilities = network.with_probabilities(built).predict(np.zeros((3, 58)), verbose=0)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_learns_a_problem_that_is_not_linear(activation: Activation) -> None:
    config = MlpConfig((32, 16), activation=activation, dropout=0.0, learning_rate=0.01, batch_size=32, epochs=60)
    history = network.train(network.build(config, (5,), 2), config, DATA)
    assert history[-1].accuracy > 0.9


def test_a_training_step_is_that_of_keras_adam() -> None:
    config = MlpConfig((8,), dropout=0, batch_size=300, epochs=3, learning_rate=0.01)
    ours, keras_network = network.build(config, (5,), 2), network.build(config, (5,), 2)
    network.train(ours, config, DATA)
    reference = network.with_probabilities(keras_network)
    reference.compile("adam", "sparse_categorical_crossentropy")
    reference.optimizer.learning_rate = 0.01
    reference.fit(POINTS, LABELS, batch_size=300, epochs=3, verbose=0)
    for weights, expected in zip(ours.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(weights, expected, atol=1e-5)


def test_dropout_is_drawn_anew_in_every_step() -> None:
    config = MlpConfig((64,), dropout=0.5, batch_size=100, epochs=4, learning_rate=1e-7)
    built = network.build(config, (5,), 2)
    losses = [epoch.loss for epoch in network.train(built, config, DATA)]
    assert len({round(loss, 3) for loss in losses}) == 4


def test_scores_on_the_test_set_are_without_dropout() -> None:
    config = MlpConfig((64,), dropout=0.5, epochs=2)
    built = network.build(config, (5,), 2)
    last = network.train(built, config, DATA)[-1]
    probabilities = network.with_probabilities(built).predict(POINTS, verbose=0)
    assert last.test_accuracy == pytest.approx(np.mean(probabilities.argmax(axis=1) == LABELS))
    assert last.test_loss == pytest.approx(-np.log(probabilities[np.arange(300), LABELS]).mean(), rel=1e-4)


def test_training_stops_in_the_middle_of_an_epoch() -> None:
    config = MlpConfig((8,), batch_size=1, epochs=1000)
    epochs: list[Epoch] = []
    history = network.train(
        network.build(config, (5,), 2), config, DATA, on_epoch=epochs.append, should_stop=lambda: True
    )
    assert history == epochs
    assert len(history) == 1


def test_a_small_training_set_is_trained_for_all_epochs() -> None:
    config = MlpConfig((4,), batch_size=16, epochs=1500)
    data = replace(DATA, x_train=POINTS[:20], y_train=LABELS[:20])
    assert len(network.train(network.build(config, (5,), 2), config, data)) == 1500


def test_an_infinite_loss_ends_the_training_with_advice() -> None:
    data = replace(DATA, x_train=np.full((32, 5), 3e38, np.float32), y_train=LABELS[:32])
    config = MlpConfig((8,), epochs=3)
    with pytest.raises(TrainingError, match="lower learning rate"):
        network.train(network.build(config, (5,), 2), config, data)
