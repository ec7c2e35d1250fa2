"""Building, training and exporting a network.

With `mlp` and `cnn` the modules that import TensorFlow; only the worker process (`genre_core.training.worker`) imports
them.

Networks this small spend Keras' `fit` on overhead: the call of every step, and an Adam of sixty small operations.
Here many steps run in one graph, and Adam is the fused kernel that TensorFlow has for it (`ResourceApplyAdam`, the
same arithmetic as keras.optimizers.Adam).
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
from genre_core.models.config import CnnConfig, MlpConfig, ModelConfig
from genre_core.models.history import Epoch
from genre_core.models.recipe import Recipe
from genre_core.models.training_data import Trained, TrainingData

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7  # Keras' defaults for Adam
_CALL_S = 0.25  # a call of the graph aims to last this long, so that Stop is heard soon
_SCORED_AT_ONCE = 256  # segments
_WARM_UP = 0.05  # share of all steps


def build(config: ModelConfig, shape: tuple[int, ...], genres: int) -> keras.Model:
    """The untrained network: (batch, *shape) float32, scaled, to logits of shape (batch, members, genres).

    Weights are drawn from `config.seed`.
    """
    keras.utils.set_random_seed(config.seed)
    if isinstance(config, CnnConfig):
        return musicnn.build(config, genres) if config.start == "musicnn" else cnn.build(config, shape, genres)
    assert isinstance(config, MlpConfig)
    return mlp.build(config, shape, genres)


def answering(network: keras.Model) -> keras.Model:
    """The network with the same weights, from (batch, *shape) to probabilities of shape (batch, genres).

    They are the mean of its members'.
    """
    probabilities = keras.layers.Softmax()(network.output)
    return keras.Model(network.inputs, keras.layers.GlobalAveragePooling1D(name="genres")(probabilities))


def fit(
    config: ModelConfig,
    parts: TrainingData,
    *,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> "TrainedNetwork":
    """Build a network and train it on the training part.  Raises TrainingError if its loss is no longer finite."""
    network = build(config, parts.x_train.shape[1:], parts.genres)
    history = train(network, config, parts, on_epoch=on_epoch, should_stop=should_stop)
    return TrainedNetwork(answering(network), history)


class TrainedNetwork(Trained):
    """A network that was trained."""

    def __init__(self, network: keras.Model, history: list[Epoch]) -> None:
        self.network, self.history = network, history
        self.parameters = network.count_params()

    def save(self, folder: Path) -> None:
        """Write model.keras and its LiteRT export model.tflite."""
        self.network.save(folder / "model.keras")
        self.network.export(str(folder / "model.tflite"), format="litert", verbose=False)

    def probabilities(self, scaled: np.ndarray) -> np.ndarray:
        return self.network.predict(scaled, verbose=0, batch_size=_SCORED_AT_ONCE)


def train(
    network: keras.Model,
    config: ModelConfig,
    parts: TrainingData,
    *,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[Epoch]:
    """Train in place with Adam on cross-entropy.

    Parameters
    ----------
    network : as `build` makes it.
    on_epoch : called after each epoch.
    should_stop : asked several times a second; once true, the network is left as it has become.

    Returns
    -------
    What each epoch gave; the last may be partial if it was stopped.  Training loss and accuracy are means over the
    epoch's batches, with dropout and augmentation at work, as Keras shows them; those of the test part are without.

    Raises TrainingError if the loss is no longer finite.
    """
    assert isinstance(config, (MlpConfig, CnnConfig))
    recipe = cnn.recipe(config) if isinstance(config, CnnConfig) else Recipe()
    x, y = tf.constant(parts.x_train), tf.constant(parts.y_train, tf.int32)
    steps = -(-len(parts.y_train) // config.batch_size)
    learn = _learning_steps(network, config, recipe, parts, total_steps=steps * config.epochs)
    score = _scoring(network, parts)
    rng = np.random.default_rng(config.seed)
    history: list[Epoch] = []
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
        test_loss, test_accuracy = score()
        seconds = round(time.perf_counter() - began, 3)
        history.append(Epoch(number, loss / seen, hits / seen, test_loss, test_accuracy, seconds))
        if not np.isfinite([loss, test_loss or 0.0]).all():
            raise TrainingError(f"The loss grew without bound in epoch {number}; choose a lower learning rate.")
        on_epoch(history[-1])
        if stop or number == parts.stop_after:
            break
    return history


def _learning_steps(
    network: keras.Model, config: MlpConfig | CnnConfig, recipe: Recipe, parts: TrainingData, *, total_steps: int
) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    """A graph that learns from the rows it is given, batch by batch; it returns the summed loss and the hits."""
    variables = [variable.value for variable in network.trainable_variables]
    paces = [1.0 if recipe.new_layer in variable.path else recipe.pace for variable in network.trainable_variables]
    decays = [recipe.weight_decay if len(variable.shape) > 1 else 0.0 for variable in variables]
    first_moments = [tf.Variable(tf.zeros_like(w)) for w in variables]
    second_moments = [tf.Variable(tf.zeros_like(w)) for w in variables]
    power_1, power_2 = tf.Variable(1.0), tf.Variable(1.0)
    step = tf.Variable(0.0)
    mean, scale = tf.constant(parts.mean, tf.float32), tf.constant(parts.scale, tf.float32)

    def rate() -> tf.Tensor | float:
        if not recipe.cosine:
            return config.learning_rate
        done = step / total_steps
        falling = 0.5 * (1 + tf.cos(math.pi * done))
        return config.learning_rate * falling * tf.minimum(1.0, (step + 1) / max(_WARM_UP * total_steps, 1))

    @tf.function(input_signature=_signature(parts, rows=True))
    def learn(x, y, rows):  # type: ignore[no-untyped-def]
        loss, hits = tf.constant(0.0), tf.constant(0.0)
        for start in tf.range(0, tf.size(rows), config.batch_size):
            batch = rows[start : start + config.batch_size]
            labels = tf.gather(y, batch)
            inputs = tf.cast(tf.gather(x, batch), tf.float32)
            if recipe.augment:
                inputs = recipe.augment(inputs)
            inputs = (inputs - mean) / scale
            targets = tf.one_hot(labels, parts.genres)
            targets = targets * (1 - recipe.smoothing) + recipe.smoothing / parts.genres
            with tf.GradientTape() as tape:
                logits = network(inputs, training=True)
                asked = tf.broadcast_to(targets[:, None, :], tf.shape(logits))
                members = tf.nn.softmax_cross_entropy_with_logits(asked, logits)
                # Each member learns for itself, as if it were alone.
                total = tf.reduce_mean(tf.reduce_sum(members, axis=1))
            gradients = tape.gradient(total, variables)
            power_1.assign(power_1 * _BETA_1)
            power_2.assign(power_2 * _BETA_2)
            step_rate = rate()
            for w, m, v, gradient, decay, pace in zip(
                variables, first_moments, second_moments, gradients, decays, paces, strict=True
            ):
                if decay:
                    w.assign_sub(step_rate * pace * decay * w)
                tf.raw_ops.ResourceApplyAdam(
                    var=w.handle, m=m.handle, v=v.handle, beta1_power=power_1, beta2_power=power_2,
                    lr=step_rate * pace, beta1=_BETA_1, beta2=_BETA_2, epsilon=_EPSILON, grad=gradient,
                )  # fmt: skip
            step.assign_add(1.0)
            loss += tf.reduce_sum(tf.reduce_mean(members, axis=1))
            hits += _hits(tf.reduce_mean(tf.nn.softmax(logits), axis=1), labels)
        return loss, hits

    return learn


def _scoring(network: keras.Model, parts: TrainingData) -> Callable[[], tuple[float | None, float | None]]:
    """A function that gives the loss and the accuracy of the network as it stands; None where nothing is tested."""
    if not len(parts.y_test):
        return lambda: (None, None)
    x, y = tf.constant(parts.x_test), tf.constant(parts.y_test, tf.int32)
    mean, scale = tf.constant(parts.mean, tf.float32), tf.constant(parts.scale, tf.float32)

    @tf.function(input_signature=_signature(parts))
    def score(x, y):  # type: ignore[no-untyped-def]
        logits = network((tf.cast(x, tf.float32) - mean) / scale, training=False)
        probabilities = tf.reduce_mean(tf.nn.softmax(logits), axis=1)
        return tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(y, probabilities)), _hits(probabilities, y)

    def scores() -> tuple[float, float]:
        loss = hits = 0.0
        for start in range(0, len(y), _SCORED_AT_ONCE):
            part = slice(start, start + _SCORED_AT_ONCE)
            part_loss, part_hits = score(x[part], y[part])
            loss, hits = loss + float(part_loss), hits + float(part_hits)
        return loss / len(y), hits / len(y)

    return scores


def _signature(parts: TrainingData, *, rows: bool = False) -> list[tf.TensorSpec]:
    kind = tf.as_dtype(parts.x_train.dtype)
    specs = [tf.TensorSpec((None, *parts.x_train.shape[1:]), kind), tf.TensorSpec((None,), tf.int32)]
    return [*specs, tf.TensorSpec((None,), tf.int32)] if rows else specs


def _hits(scores: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.cast(tf.argmax(scores, axis=1, output_type=tf.int32) == labels, tf.float32))
