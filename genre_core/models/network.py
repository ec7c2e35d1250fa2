"""Building, training and exporting the neural networks.

This module, `mlp`, `cnn`, `musicnn` and `recipe` import TensorFlow; only the worker process
(`genre_core.training.worker`) imports them.

In networks this small, Keras' `fit` spends most of its time on overhead: the call of every step, and an Adam of sixty
small operations.  Here a single call of a graph runs many steps, and Adam is TensorFlow's fused kernel
(`ResourceApplyAdam`, which computes the same as keras.optimizers.Adam).
"""

import math
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from genre_core.errors import TrainingError
from genre_core.models import cnn, mlp, musicnn
from genre_core.models.base import ModelConfig
from genre_core.models.config import CnnConfig, MlpConfig
from genre_core.models.history import Epoch
from genre_core.models.recipe import Recipe
from genre_core.models.training_data import TrainedModel, TrainingData

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7  # Keras' defaults for Adam
_CALL_S = 0.25  # intended duration of a call of the graph, after which a stop is noticed
_EVALUATION_BATCH = 256
_WARM_UP = 0.05  # fraction of all steps


def build(config: ModelConfig, shape: tuple[int, ...], n_genres: int) -> keras.Model:
    """Build the untrained network, with weights drawn from `config.seed`.

    Its input are scaled features, (batch, *shape), float32; its output are logits of shape (batch, ensemble, genres).
    """
    keras.utils.set_random_seed(config.seed)
    if isinstance(config, CnnConfig):
        pretrained = config.initialization == "musicnn"
        return musicnn.build(config, n_genres) if pretrained else cnn.build(config, shape, n_genres)
    assert isinstance(config, MlpConfig)
    return mlp.build(config, shape, n_genres)


def with_probabilities(network: keras.Model) -> keras.Model:
    """The network with probabilities as its output, shape (batch, genres): the mean over its ensemble."""
    probabilities = keras.layers.Softmax()(network.output)
    return keras.Model(network.input, keras.layers.GlobalAveragePooling1D(name="genres")(probabilities))


def fit(
    config: ModelConfig,
    data: TrainingData,
    *,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> "TrainedNetwork":
    """Build a network and train it; see `train`."""
    network = build(config, data.x_train.shape[1:], data.n_genres)
    history = train(network, config, data, on_epoch=on_epoch, should_stop=should_stop)
    return TrainedNetwork(with_probabilities(network), history)


class TrainedNetwork(TrainedModel):
    """A trained network."""

    def __init__(self, network: keras.Model, history: list[Epoch]) -> None:
        self.network, self.history = network, history
        self.parameters = network.count_params()

    def save(self, folder: Path) -> None:
        """Write model.keras and its LiteRT export, model.tflite."""
        self.network.save(folder / "model.keras")
        self.network.export(str(folder / "model.tflite"), format="litert", verbose=False)

    def probabilities(self, scaled: np.ndarray) -> np.ndarray:
        return self.network.predict(scaled, verbose=0, batch_size=_EVALUATION_BATCH)


def train(
    network: keras.Model,
    config: ModelConfig,
    data: TrainingData,
    *,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[Epoch]:
    """Train a network in place, with Adam on the cross-entropy.

    Parameters
    ----------
    network : a network made by `build`.
    config : its configuration.
    data : training set and test set.
    on_epoch : called after each epoch.
    should_stop : called several times a second; training ends when it returns True, in the middle of an epoch too.

    Returns
    -------
    The results of each epoch.  As in Keras, loss and accuracy on the training set are means over the batches of an
    epoch, with dropout and augmentation; on the test set they are computed after the epoch, without.

    Raises
    ------
    TrainingError : if the loss is no longer finite.
    """
    assert isinstance(config, (MlpConfig, CnnConfig))
    recipe = cnn.recipe(config) if isinstance(config, CnnConfig) else Recipe()
    x, y = tf.constant(data.x_train), tf.constant(data.y_train, tf.int32)
    steps_per_epoch = -(-len(data.y_train) // config.batch_size)
    train_steps = _training_function(network, config, recipe, data, total_steps=steps_per_epoch * config.epochs)
    evaluate = _evaluation_function(network, data)
    rng = np.random.default_rng(config.seed)
    history: list[Epoch] = []
    steps_per_call = 1
    started = time.perf_counter()
    for number in range(1, config.epochs + 1):
        order = rng.permutation(len(x)).astype(np.int32)
        n_seen, loss, n_correct, stop = 0, 0.0, 0.0, False
        while n_seen < len(order) and not stop:
            call_started = time.perf_counter()
            rows = order[n_seen : n_seen + steps_per_call * config.batch_size]
            call_loss, call_correct = train_steps(x, y, tf.constant(rows))
            loss, n_correct, n_seen = loss + float(call_loss), n_correct + float(call_correct), n_seen + len(rows)
            ratio = _CALL_S / max(time.perf_counter() - call_started, 1e-6)
            steps_per_call = min(max(int(steps_per_call * min(ratio, 4)), 1), steps_per_epoch)
            stop = should_stop()
        test_loss, test_accuracy = evaluate()
        seconds = round(time.perf_counter() - started, 3)
        history.append(Epoch(number, loss / n_seen, n_correct / n_seen, test_loss, test_accuracy, seconds))
        if not np.isfinite([loss, test_loss or 0.0]).all():
            raise TrainingError(f"The loss became infinite in epoch {number}; choose a lower learning rate.")
        on_epoch(history[-1])
        if stop or number == data.stop_after:
            break
    return history


def _training_function(
    network: keras.Model, config: MlpConfig | CnnConfig, recipe: Recipe, data: TrainingData, *, total_steps: int
) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    """A graph that trains on the given rows, batch by batch; it returns the summed loss and the number of correct
    predictions."""
    variables = [variable.value for variable in network.trainable_variables]
    relative_rates = [
        1.0 if recipe.new_layer in variable.path else recipe.pretrained_rate for variable in network.trainable_variables
    ]
    decays = [recipe.weight_decay if len(variable.shape) > 1 else 0.0 for variable in variables]
    first_moments = [tf.Variable(tf.zeros_like(w)) for w in variables]
    second_moments = [tf.Variable(tf.zeros_like(w)) for w in variables]
    power_1, power_2 = tf.Variable(1.0), tf.Variable(1.0)
    step = tf.Variable(0.0)
    mean, scale = tf.constant(data.mean, tf.float32), tf.constant(data.scale, tf.float32)

    def learning_rate() -> tf.Tensor | float:
        if not recipe.cosine_decay:
            return config.learning_rate
        decay = 0.5 * (1 + tf.cos(math.pi * step / total_steps))
        return config.learning_rate * decay * tf.minimum(1.0, (step + 1) / max(_WARM_UP * total_steps, 1))

    @tf.function(input_signature=_signature(data, rows=True))
    def train_steps(x, y, rows):  # type: ignore[no-untyped-def]
        loss, n_correct = tf.constant(0.0), tf.constant(0.0)
        for start in tf.range(0, tf.size(rows), config.batch_size):
            batch = rows[start : start + config.batch_size]
            labels = tf.gather(y, batch)
            inputs = tf.cast(tf.gather(x, batch), tf.float32)
            if recipe.augment:
                inputs = recipe.augment(inputs)
            inputs = (inputs - mean) / scale
            targets = tf.one_hot(labels, data.n_genres)
            targets = targets * (1 - recipe.label_smoothing) + recipe.label_smoothing / data.n_genres
            with tf.GradientTape() as tape:
                logits = network(inputs, training=True)
                targets_of_each = tf.broadcast_to(targets[:, None, :], tf.shape(logits))
                losses = tf.nn.softmax_cross_entropy_with_logits(targets_of_each, logits)
                # The networks of an ensemble are trained independently of each other.
                total = tf.reduce_mean(tf.reduce_sum(losses, axis=1))
            gradients = tape.gradient(total, variables)
            power_1.assign(power_1 * _BETA_1)
            power_2.assign(power_2 * _BETA_2)
            step_rate = learning_rate()
            for w, m, v, gradient, decay, relative_rate in zip(
                variables, first_moments, second_moments, gradients, decays, relative_rates, strict=True
            ):
                if decay:
                    w.assign_sub(step_rate * relative_rate * decay * w)
                tf.raw_ops.ResourceApplyAdam(
                    var=w.handle, m=m.handle, v=v.handle, beta1_power=power_1, beta2_power=power_2,
                    lr=step_rate * relative_rate, beta1=_BETA_1, beta2=_BETA_2, epsilon=_EPSILON, grad=gradient,
                )  # fmt: skip
            step.assign_add(1.0)
            loss += tf.reduce_sum(tf.reduce_mean(losses, axis=1))
            n_correct += _count_correct(tf.reduce_mean(tf.nn.softmax(logits), axis=1), labels)
        return loss, n_correct

    return train_steps


def _evaluation_function(network: keras.Model, data: TrainingData) -> Callable[[], tuple[float | None, float | None]]:
    """A function that returns loss and accuracy on the test set, for the current weights; None if it is empty."""
    if not len(data.y_test):
        return lambda: (None, None)
    x, y = tf.constant(data.x_test), tf.constant(data.y_test, tf.int32)
    mean, scale = tf.constant(data.mean, tf.float32), tf.constant(data.scale, tf.float32)

    @tf.function(input_signature=_signature(data))
    def evaluate_batch(x, y):  # type: ignore[no-untyped-def]
        logits = network((tf.cast(x, tf.float32) - mean) / scale, training=False)
        probabilities = tf.reduce_mean(tf.nn.softmax(logits), axis=1)
        loss = tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(y, probabilities))
        return loss, _count_correct(probabilities, y)

    def evaluate() -> tuple[float, float]:
        loss = n_correct = 0.0
        for start in range(0, len(y), _EVALUATION_BATCH):
            batch = slice(start, start + _EVALUATION_BATCH)
            batch_loss, batch_correct = evaluate_batch(x[batch], y[batch])
            loss, n_correct = loss + float(batch_loss), n_correct + float(batch_correct)
        return loss / len(y), n_correct / len(y)

    return evaluate


def _signature(data: TrainingData, *, rows: bool = False) -> list[tf.TensorSpec]:
    """The input signature of a graph: x and y, and row numbers if asked for."""
    dtype = tf.as_dtype(data.x_train.dtype)
    specs = [tf.TensorSpec((None, *data.x_train.shape[1:]), dtype), tf.TensorSpec((None,), tf.int32)]
    return [*specs, tf.TensorSpec((None,), tf.int32)] if rows else specs


def _count_correct(probabilities: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.cast(tf.argmax(probabilities, axis=1, output_type=tf.int32) == labels, tf.float32))
