"""The layers of the multilayer perceptron."""

import keras

from genre_core.models.config import MlpConfig


def build(config: MlpConfig, shape: tuple[int, ...], n_genres: int) -> keras.Model:
    """Build the untrained network: (batch, *shape), float32, to logits of shape (batch, 1, genres).

    Each hidden layer is a Dense layer followed by Dropout.
    """
    tensor = features = keras.Input(shape, name="features")
    for units in config.layers:
        tensor = keras.layers.Dense(units, activation=config.activation)(tensor)
        tensor = keras.layers.Dropout(config.dropout)(tensor)
    logits = keras.layers.Dense(n_genres)(tensor)
    return keras.Model(features, keras.layers.Reshape((1, n_genres))(logits))
