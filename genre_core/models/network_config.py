"""The model types that are neural networks, and their settings."""

import itertools
from dataclasses import dataclass
from typing import Literal, get_args

from genre_core.models.base import ModelConfig
from genre_core.models.settings import Choice, Layers, Number, setting_field

Activation = Literal["relu", "elu", "gelu", "selu", "silu", "tanh", "sigmoid"]
ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)

_DROPOUT = Number(
    "Dropout",
    "Fraction of the units that are set to 0 at random in each training step. Reduces overfitting.",
    0.0,
    0.95,
    tuple(round(0.05 * i, 2) for i in range(17)),
)
_EPOCHS_HELP = "Number of passes over the training set."
_LEARNING_RATE = Number(
    "Learning rate",
    "Step size of the optimizer (Adam).",
    1e-7,
    1.0,
    (0.0001, 0.0003, 0.001, 0.002, 0.003, 0.01, 0.03),
)
_BATCH_SIZE = Number(
    "Batch size", "Number of segments in a training step.", 1, 65_536, (16, 32, 64, 128, 256, 512), integer=True
)


@dataclass(frozen=True)
class MlpConfig(ModelConfig):
    """A multilayer perceptron; the defaults are the paper's network.

    512-256-128-64, ReLU, dropout 0.2 after each hidden layer, Adam, sparse categorical cross-entropy, 400 epochs.
    """

    model = "mlp"
    title = "Neural network (MLP)"
    short_title = "MLP"
    comment = "Multilayer perceptron: fully connected layers, the model of the paper."
    is_network = True

    layers: tuple[int, ...] = setting_field(
        (512, 256, 128, 64),
        Layers(
            "Hidden layers",
            "Number of units in each hidden layer, from input to output.",
            (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024),
            ((64,), (256,), (48, 24), (256, 128), (256, 128, 64), (512, 256, 128, 64), (1024, 512, 256)),
        ),
    )
    dropout: float = setting_field(0.2, _DROPOUT)
    activation: Activation = setting_field(
        "relu", Choice("Activation", "Activation function of the hidden units.", ACTIVATIONS)
    )
    epochs: int = setting_field(
        400, Number("Epochs", _EPOCHS_HELP, 1, 100_000, tuple(range(10, 801, 10)), integer=True)
    )
    batch_size: int = setting_field(128, _BATCH_SIZE)
    learning_rate: float = setting_field(0.001, _LEARNING_RATE)

    @property
    def total_epochs(self) -> int:
        return self.epochs

    def parameters(self, inputs: int, genres: int) -> int:
        """Number of weights and biases of the network with this number of inputs and genres."""
        sizes = (inputs, *self.layers, genres)
        return sum((before + 1) * after for before, after in itertools.pairwise(sizes))


@dataclass(frozen=True)
class CnnConfig(ModelConfig):
    """A convolutional network over pictures; its layers are in `models.cnn`, or `models.musicnn` if pretrained."""

    model = "cnn"
    title = "Convolutional network (CNN)"
    short_title = "CNN"
    comment = "Convolutions over a spectrogram or scalogram, as in Pelchat and Gelowitz (2020)."
    input_type = "pictures"
    is_network = True

    initialization: str = setting_field(
        "scratch",
        Choice(
            "Initialization",
            "scratch: random weights. musicnn: filters of MSD_musicnn, pretrained to tag 200 000 songs. It needs the "
            "feature set wide-mel; a learning rate of about 0.001 suits it.",
            ("scratch", "musicnn"),
        ),
    )
    filters: int = setting_field(
        16,
        Number(
            "Filters",
            "Number of filters in the first of five convolutional blocks; the last has about five times as many. "
            "Has no effect on a pretrained network.",
            2,
            128,
            (4, 8, 12, 16, 20, 24, 32),
            integer=True,
        ),
    )
    ensemble_size: int = setting_field(
        1,
        Number(
            "Ensemble size",
            "Number of networks that are trained side by side from different random weights; their probabilities are "
            "averaged.",
            1,
            8,
            tuple(range(1, 9)),
            integer=True,
        ),
    )
    dropout: float = setting_field(0.4, _DROPOUT)
    augmentation: float = setting_field(
        1.0,
        Number(
            "Random changes of pictures",
            "How strongly each picture is changed at random every time that the network is trained on it: gain, "
            "equalization, noise, tempo, and masks in time and frequency. 0 switches it off.",
            0.0,
            2.0,
            (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0),
        ),
    )
    epochs: int = setting_field(
        40,
        Number("Epochs", _EPOCHS_HELP, 1, 10_000, (2, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 120), integer=True),
    )
    batch_size: int = setting_field(32, _BATCH_SIZE)
    learning_rate: float = setting_field(0.002, _LEARNING_RATE)

    @property
    def total_epochs(self) -> int:
        return self.epochs

    @property
    def scales_features(self) -> bool:
        return self.initialization != "musicnn"  # whose filters expect decibels
