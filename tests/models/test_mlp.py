"""The network itself.  Only here do the tests import TensorFlow."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import pytest

from genre_core.errors import TrainingError
from genre_core.models import mlp
from genre_core.models.config import ACTIVATIONS, ModelConfig
from genre_core.models.events import Epoch

POINTS = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
SIDES = (POINTS[:, 0] * POINTS[:, 1] > 0).astype(np.int64)
PART = (POINTS, SIDES)


def test_the_papers_network_is_built_as_the_paper_says() -> None:
    network = mlp.build(ModelConfig(), 58, 10)
    assert network.count_params() == 203_338
    kinds = [type(layer).__name__ for layer in network.layers[1:]]
    assert kinds == ["Dense", "Dropout"] * 4 + ["Dense"]
    np.testing.assert_allclose(network.predict(np.zeros((3, 58)), verbose=0).sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_learns_what_no_line_parts(activation: str) -> None:
    config = ModelConfig((32, 16), activation, dropout=0, learning_rate=0.01, batch_size=32, epochs=60)
    history = mlp.train(mlp.build(config, 5, 2), config, PART, PART)
    assert history[-1].accuracy > 0.9


def test_one_step_is_that_of_keras_adam() -> None:
    config = ModelConfig((8,), dropout=0, batch_size=300, epochs=3, learning_rate=0.01)
    ours, theirs = mlp.build(config, 5, 2), mlp.build(config, 5, 2)
    mlp.train(ours, config, PART, PART)
    theirs.compile("adam", "sparse_categorical_crossentropy")
    theirs.optimizer.learning_rate = 0.01
    theirs.fit(*PART, batch_size=300, epochs=3, verbose=0)
    for our, their in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, atol=1e-5)


def test_dropout_is_drawn_anew_in_every_step() -> None:
    config = ModelConfig((64,), dropout=0.5, batch_size=100, epochs=4, learning_rate=1e-12)
    network = mlp.build(config, 5, 2)
    losses = [epoch.loss for epoch in mlp.train(network, config, PART, PART)]
    assert len({round(loss, 4) for loss in losses}) == 4


def test_scores_of_the_test_part_are_without_dropout() -> None:
    config = ModelConfig((64,), dropout=0.5, epochs=2)
    network = mlp.build(config, 5, 2)
    last = mlp.train(network, config, PART, PART)[-1]
    probabilities = network.predict(POINTS, verbose=0)
    assert last.test_accuracy == pytest.approx(np.mean(probabilities.argmax(axis=1) == SIDES))
    assert last.test_loss == pytest.approx(-np.log(probabilities[np.arange(300), SIDES]).mean(), rel=1e-4)


def test_stop_is_heard_in_the_middle_of_an_epoch() -> None:
    config = ModelConfig((8,), batch_size=1, epochs=1000)
    epochs: list[Epoch] = []
    history = mlp.train(mlp.build(config, 5, 2), config, PART, PART, on_epoch=epochs.append, should_stop=lambda: True)
    assert history == epochs
    assert len(history) == 1


def test_a_long_training_of_a_small_set_goes_on_to_its_end() -> None:
    config = ModelConfig((4,), batch_size=16, epochs=1500)
    part = (POINTS[:20], SIDES[:20])
    assert len(mlp.train(mlp.build(config, 5, 2), config, part, part)) == 1500


def test_a_loss_without_bound_ends_the_training_with_advice() -> None:
    huge = (np.full((32, 5), 3e38, np.float32), SIDES[:32])
    config = ModelConfig((8,), epochs=3)
    with pytest.raises(TrainingError, match="lower learning rate"):
        mlp.train(mlp.build(config, 5, 2), config, huge, huge)
