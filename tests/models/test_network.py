"""The network itself.  Only here do the tests import TensorFlow."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from dataclasses import replace

import numpy as np
import pytest

from genre_core.errors import TrainingError
from genre_core.models import network
from genre_core.models.config import ACTIVATIONS, MlpConfig
from genre_core.models.history import Epoch
from genre_core.models.training_data import TrainingData

POINTS = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
SIDES = (POINTS[:, 0] * POINTS[:, 1] > 0).astype(np.int64)
PART = TrainingData(POINTS, SIDES, np.arange(300), POINTS, SIDES, np.zeros(5), np.ones(5), genres=2)


def test_the_papers_network_is_built_as_the_paper_says() -> None:
    built = network.build(MlpConfig(), (58,), 10)
    assert built.count_params() == 203_338
    kinds = [type(layer).__name__ for layer in built.layers[1:]]
    assert kinds == ["Dense", "Dropout"] * 4 + ["Dense", "Reshape"]
    np.testing.assert_allclose(network.answering(built).predict(np.zeros((3, 58)), verbose=0).sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_learns_what_no_line_parts(activation: str) -> None:
    config = MlpConfig((32, 16), activation=activation, dropout=0.0, learning_rate=0.01, batch_size=32, epochs=60)
    history = network.train(network.build(config, (5,), 2), config, PART)
    assert history[-1].accuracy > 0.9


def test_one_step_is_that_of_keras_adam() -> None:
    config = MlpConfig((8,), dropout=0, batch_size=300, epochs=3, learning_rate=0.01)
    ours, theirs = network.build(config, (5,), 2), network.build(config, (5,), 2)
    network.train(ours, config, PART)
    theirs = network.answering(theirs)
    theirs.compile("adam", "sparse_categorical_crossentropy")
    theirs.optimizer.learning_rate = 0.01
    theirs.fit(POINTS, SIDES, batch_size=300, epochs=3, verbose=0)
    for our, their in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, atol=1e-5)


def test_dropout_is_drawn_anew_in_every_step() -> None:
    config = MlpConfig((64,), dropout=0.5, batch_size=100, epochs=4, learning_rate=1e-7)
    built = network.build(config, (5,), 2)
    losses = [epoch.loss for epoch in network.train(built, config, PART)]
    assert len({round(loss, 3) for loss in losses}) == 4


def test_scores_of_the_test_part_are_without_dropout() -> None:
    config = MlpConfig((64,), dropout=0.5, epochs=2)
    built = network.build(config, (5,), 2)
    last = network.train(built, config, PART)[-1]
    probabilities = network.answering(built).predict(POINTS, verbose=0)
    assert last.test_accuracy == pytest.approx(np.mean(probabilities.argmax(axis=1) == SIDES))
    assert last.test_loss == pytest.approx(-np.log(probabilities[np.arange(300), SIDES]).mean(), rel=1e-4)


def test_stop_is_heard_in_the_middle_of_an_epoch() -> None:
    config = MlpConfig((8,), batch_size=1, epochs=1000)
    epochs: list[Epoch] = []
    history = network.train(
        network.build(config, (5,), 2), config, PART, on_epoch=epochs.append, should_stop=lambda: True
    )
    assert history == epochs
    assert len(history) == 1


def test_a_long_training_of_a_small_set_goes_on_to_its_end() -> None:
    config = MlpConfig((4,), batch_size=16, epochs=1500)
    part = replace(PART, x_train=POINTS[:20], y_train=SIDES[:20])
    assert len(network.train(network.build(config, (5,), 2), config, part)) == 1500


def test_a_loss_without_bound_ends_the_training_with_advice() -> None:
    huge = replace(PART, x_train=np.full((32, 5), 3e38, np.float32), y_train=SIDES[:32])
    config = MlpConfig((8,), epochs=3)
    with pytest.raises(TrainingError, match="lower learning rate"):
        network.train(network.build(config, (5,), 2), config, huge)
