"""Configuration of a network, and presets of it."""

import itertools
from dataclasses import dataclass
from typing import Literal, get_args

from genre_core.errors import ConfigError

Activation = Literal["relu", "elu", "gelu", "selu", "silu", "tanh", "sigmoid"]
ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)

MODELS = ("mlp",)
"""Kinds of model."""

MOST_LAYERS = 5
WIDEST_LAYER = 4096
LARGEST_BATCH = 65_536
MOST_EPOCHS = 100_000
LARGEST_SEED = 2**32 - 1  # numpy's


@dataclass(frozen=True)
class ModelConfig:
    """A multi-layer perceptron and how to train it; checks itself when made (ConfigError).

    The defaults are the paper's network: 512-256-128-64, ReLU, dropout 0.2 after each hidden layer, Adam, sparse
    categorical cross-entropy, 400 epochs.
    """

    layers: tuple[int, ...] = (512, 256, 128, 64)
    """Units of each hidden layer, from the input on."""
    activation: Activation = "relu"
    dropout: float = 0.2
    """Share of units silenced after each hidden layer while training."""
    learning_rate: float = 0.001
    batch_size: int = 128
    epochs: int = 400
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.layers) <= MOST_LAYERS:
            raise ConfigError(f"A network has 1 to {MOST_LAYERS} hidden layers, and this one {len(self.layers)}.")
        if not all(1 <= units <= WIDEST_LAYER for units in self.layers):
            raise ConfigError(f"A layer has 1 to {WIDEST_LAYER} units; these are {', '.join(map(str, self.layers))}.")
        if self.activation not in ACTIVATIONS:
            raise ConfigError(f"There is no activation {self.activation!r}; choose from {', '.join(ACTIVATIONS)}.")
        if not 0 <= self.dropout < 1:
            raise ConfigError(f"The dropout must be at least 0 and less than 1, and is {self.dropout}.")
        if not 0 < self.learning_rate <= 1:
            raise ConfigError(f"The learning rate must lie between 0 and 1, and is {self.learning_rate}.")
        if not (1 <= self.batch_size <= LARGEST_BATCH and 1 <= self.epochs <= MOST_EPOCHS):
            raise ConfigError(f"Batch sizes go from 1 to {LARGEST_BATCH} and epochs from 1 to {MOST_EPOCHS}.")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise ConfigError(f"Seeds go from 0 to {LARGEST_SEED}.")

    def parameters(self, inputs: int, genres: int) -> int:
        """Number of weights and biases of the network for so many inputs and genres."""
        sizes = (inputs, *self.layers, genres)
        return sum((before + 1) * after for before, after in itertools.pairwise(sizes))


@dataclass(frozen=True)
class Preset:
    """A configuration with a name and a line of commentary."""

    name: str
    comment: str
    config: ModelConfig
    split: Literal["random", "track"] = "random"
    """The split under which it shows what the comment says."""


PRESETS = (
    Preset(
        "The paper",
        "The network of the paper as it stands: 203 338 parameters, 400 epochs, dropout after each layer.",
        ModelConfig(),
    ),
    Preset(
        "Small and quick",
        "A fiftieth of the parameters and a quarter of the epochs, and hardly worse: start turning sliders here.",
        ModelConfig(layers=(48, 24), dropout=0.1, epochs=100, batch_size=64, learning_rate=0.003),
    ),
    Preset(
        "Overfit on purpose",
        "Wide, no dropout, tested on tracks that it never heard: the training loss falls to nothing, the test loss "
        "turns and climbs.",
        ModelConfig(layers=(1024, 512, 256), dropout=0.0, epochs=200, batch_size=32),
        split="track",
    ),
    Preset(
        "No dropout",
        "The paper's network with its only regularisation switched off: what did dropout buy?",
        ModelConfig(dropout=0.0),
    ),
)
