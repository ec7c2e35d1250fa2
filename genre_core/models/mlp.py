"""The multi-layer perceptron's layers."""

import keras

from genre_core.models.config import MlpConfig


def build(config: MlpConfig, shape: tuple[int, ...], genres: int) -> keras.Model:
    """The untrained network: (batch, *shape) float32 to logits of shape (batch, 1, genres).

    Hidden layers are Dense and Dropout in turn.
    """
    tensor = given = keras.Input(shape, name="features")
    for units in config.layers:
        tensor = keras.layers.Dense(units, activation=config.activation)(tensor)
        tensor = keras.layers.Dropout(config.dropout)(tensor)
    logits = keras.layers.Dense(genres)(tensor)
    return keras.Model(given, keras.layers.Reshape((1, genres))(logits))
