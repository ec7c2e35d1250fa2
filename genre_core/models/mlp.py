"""The multi-layer perceptron: building, training and exporting it.

The one module that imports TensorFlow.  Only the worker process (`genre_core.models.worker`) imports it.

A network this small spends Keras' `fit` on overhead: the call of every step, and an Adam of sixty small
operations.  Here many steps run in one graph, and Adam is the fused kernel that TensorFlow has for it
(`ResourceApplyAdam`, the same arithmetic as keras.optimizers.Adam).
"""

import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from genre_core.errors import TrainingError
from genre_core.models.config import ModelConfig
from genre_core.models.events import Epoch

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7  # Keras' defaults for Adam
_CALL_S = 0.25  # a call of the graph aims to last this long, so that Stop is heard soon


def build(config: ModelConfig, inputs: int, genres: int) -> keras.Model:
    """The untrained network: (batch, inputs) float32 to (batch, genres) probabilities.

    Hidden layers are Dense and Dropout in turn; weights are drawn from `config.seed`.
    """
    keras.utils.set_random_seed(config.seed)
    tensor = keras_input = keras.Input((inputs,), name="features")
    for units in config.layers:
        tensor = keras.layers.Dense(units, activation=config.activation)(tensor)
        tensor = keras.layers.Dropout(config.dropout)(tensor)
    return keras.Model(keras_input, keras.layers.Dense(genres, activation="softmax", name="genres")(tensor))


def train(
    network: keras.Model,
    config: ModelConfig,
    train_set: tuple[np.ndarray, np.ndarray],
    test_set: tuple[np.ndarray, np.ndarray],
    *,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[Epoch]:
    """Train in place with Adam on sparse categorical cross-entropy.

    Parameters
    ----------
    train_set, test_set : features of shape (n, inputs), float32, scaled, and labels of shape (n,), integers.
    on_epoch : called after each epoch.
    should_stop : asked several times a second; once true, the network is left as it has become.

    Returns
    -------
    What each epoch gave; the last may be partial if it was stopped.  Training loss and accuracy are means over the
    epoch's batches, with dropout at work, as Keras shows them; those of the test part are without.

    Raises TrainingError if the loss is no longer finite.
    """
    x, y = tf.constant(train_set[0], tf.float32), tf.constant(train_set[1], tf.int32)
    x_test, y_test = tf.constant(test_set[0], tf.float32), tf.constant(test_set[1], tf.int32)
    learn, score = _learning_steps(network, config), _scoring(network)
    rng = np.random.default_rng(config.seed)
    history: list[Epoch] = []
    steps = -(-len(x) // config.batch_size)
    steps_a_call = 1
    began = time.perf_counter()
    for number in range(1, config.epochs + 1):
        order = rng.permutation(len(x)).astype(np.int32)
        seen, loss, hits, stop = 0, 0.0, 0.0, False
        while seen < len(order) and not stop:
            called = time.perf_counter()
            rows = order[seen : seen + steps_a_call * config.batch_size]
            call_loss, call_hits = learn(x, y, tf.constant(rows))
            loss, hits, seen = loss + float(call_loss), hits + float(call_hits), seen + len(rows)
            pace = _CALL_S / max(time.perf_counter() - called, 1e-6)
            steps_a_call = min(max(int(steps_a_call * min(pace, 4)), 1), steps)
            stop = should_stop()
        test_loss, test_accuracy = (float(value) for value in score(x_test, y_test))
        history.append(
            Epoch(number, loss / seen, hits / seen, test_loss, test_accuracy, round(time.perf_counter() - began, 3))
        )
        if not np.isfinite([loss, test_loss]).all():
            raise TrainingError(f"The loss grew without bound in epoch {number}; choose a lower learning rate.")
        on_epoch(history[-1])
        if stop:
            break
    return history


def export(network: keras.Model, folder: Path) -> None:
    """Write model.keras and its LiteRT export model.tflite."""
    network.save(folder / "model.keras")
    network.export(str(folder / "model.tflite"), format="litert", verbose=False)


def _learning_steps(network: keras.Model, config: ModelConfig) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    """A graph that learns from the rows it is given, batch by batch; it returns the summed loss and the hits."""
    head = network.layers[-1]
    hidden = keras.Model(network.inputs, head.input)
    weights = [variable.value for variable in network.trainable_variables]
    first_moments = [tf.Variable(tf.zeros_like(w)) for w in weights]
    second_moments = [tf.Variable(tf.zeros_like(w)) for w in weights]
    power_1, power_2 = tf.Variable(1.0), tf.Variable(1.0)

    @tf.function(input_signature=_signature(network, rows=True))
    def learn(x, y, rows):  # type: ignore[no-untyped-def]
        loss, hits = tf.constant(0.0), tf.constant(0.0)
        for start in tf.range(0, tf.size(rows), config.batch_size):
            batch = rows[start : start + config.batch_size]
            labels = tf.gather(y, batch)
            with tf.GradientTape() as tape:
                logits = tf.matmul(hidden(tf.gather(x, batch), training=True), head.kernel) + head.bias
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
                mean_loss = tf.reduce_mean(losses)
            gradients = tape.gradient(mean_loss, weights)
            power_1.assign(power_1 * _BETA_1)
            power_2.assign(power_2 * _BETA_2)
            for w, m, v, gradient in zip(weights, first_moments, second_moments, gradients, strict=True):
                tf.raw_ops.ResourceApplyAdam(
                    var=w.handle, m=m.handle, v=v.handle, beta1_power=power_1, beta2_power=power_2,
                    lr=config.learning_rate, beta1=_BETA_1, beta2=_BETA_2, epsilon=_EPSILON, grad=gradient,
                )  # fmt: skip
            loss += tf.reduce_sum(losses)
            hits += _hits(logits, labels)
        return loss, hits

    return learn


def _scoring(network: keras.Model) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    """A graph that gives the mean loss and the accuracy of the network as it stands."""

    @tf.function(input_signature=_signature(network))
    def score(x, y):  # type: ignore[no-untyped-def]
        probabilities = network(x, training=False)
        loss = keras.losses.sparse_categorical_crossentropy(y, probabilities)
        return tf.reduce_mean(loss), _hits(probabilities, y) / tf.cast(tf.size(y), tf.float32)

    return score


def _signature(network: keras.Model, *, rows: bool = False) -> list[tf.TensorSpec]:
    specs = [tf.TensorSpec((None, network.inputs[0].shape[1]), tf.float32), tf.TensorSpec((None,), tf.int32)]
    return [*specs, tf.TensorSpec((None,), tf.int32)] if rows else specs


def _hits(scores: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.cast(tf.argmax(scores, axis=1, output_type=tf.int32) == labels, tf.float32))
