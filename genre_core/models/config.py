"""The model types and their settings.

Each model type is a frozen dataclass, derived from `ModelConfig`, whose fields are its settings.  `make_config` creates
a configuration from what is written in a file, an address or a command.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from genre_core.errors import ConfigError
from genre_core.models.base import ModelConfig
from genre_core.models.settings import Choice, Layers, Number, setting_field
from genre_core.wording import quoted

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
_C = Number(
    "C (inverse regularization)",
    "Small values regularize strongly and keep the model simple; large values fit the training set more closely.",
    1e-4,
    1e5,
    (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
)
_SCALING = Choice(
    "Feature scaling",
    "standard: every feature gets mean 0 and standard deviation 1. log: the same, after the logarithm of features that "
    "are never negative. ranks: every feature is mapped to a normal distribution by its ranks, so that outliers have "
    "little influence.",
    ("standard", "log", "ranks"),
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


@dataclass(frozen=True)
class SvmConfig(ModelConfig):
    """A support vector machine; the defaults are scikit-learn's."""

    model = "svm"
    title = "Support vector machine (SVM)"
    short_title = "SVM"
    comment = "Separates the genres with the largest margin; long the usual method for genre classification."

    kernel: str = setting_field(
        "rbf", Choice("Kernel", "rbf: curved decision boundaries. linear: straight ones.", ("rbf", "linear"))
    )
    c: float = setting_field(1.0, _C)
    gamma: float = setting_field(
        1.0,
        Number(
            "Gamma",
            "Coefficient of the RBF kernel, in units of 1 / number of features: the larger, the more local the "
            "influence of each training segment. Has no effect on a linear kernel.",
            1e-4,
            1e4,
            (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
        ),
    )
    scaling: str = setting_field("standard", _SCALING)


@dataclass(frozen=True)
class KnnConfig(ModelConfig):
    """k-nearest neighbors; the defaults are scikit-learn's."""

    model = "knn"
    title = "k-nearest neighbors"
    short_title = "k-NN"
    comment = "Predicts the most common genre among the most similar training segments."

    neighbors: int = setting_field(
        5,
        Number(
            "Number of neighbors",
            "Number of nearest training segments that vote.",
            1,
            1000,
            (1, 3, 5, 7, 10, 15, 20, 30, 50),
            integer=True,
        ),
    )
    weights: str = setting_field(
        "uniform",
        Choice(
            "Weights",
            "uniform: all neighbors have the same weight. distance: weights are inverse distances.",
            ("uniform", "distance"),
        ),
    )
    metric: str = setting_field(
        "euclidean",
        Choice("Distance metric", "Distance between two segments.", ("euclidean", "manhattan", "cosine")),
    )
    scaling: str = setting_field("standard", _SCALING)


@dataclass(frozen=True)
class ForestConfig(ModelConfig):
    """A random forest."""

    model = "forest"
    title = "Random forest"
    short_title = "Random forest"
    comment = "Averages many decision trees, each grown on a bootstrap sample of the training set."

    trees: int = setting_field(
        300,
        Number("Number of trees", "Number of trees in the forest.", 1, 5000, (10, 30, 100, 300, 1000), integer=True),
    )
    min_samples_leaf: int = setting_field(
        1,
        Number(
            "Minimum samples per leaf",
            "Smallest number of training segments in a leaf. Larger values make smoother trees.",
            1,
            1000,
            (1, 2, 3, 5, 10, 20),
            integer=True,
        ),
    )
    max_features: float = setting_field(
        0.15,
        Number(
            "Features per split",
            "Fraction of the features that are considered at each split of a tree.",
            0.01,
            1.0,
            (0.05, 0.1, 0.15, 0.3, 0.5, 1.0),
        ),
    )


@dataclass(frozen=True)
class LogisticConfig(ModelConfig):
    """Multinomial logistic regression with an L2 penalty; the defaults are scikit-learn's."""

    model = "logistic"
    title = "Logistic regression"
    short_title = "Logistic regression"
    comment = "A weighted sum of the features for each genre: the simplest model, and often the best on new artists."

    c: float = setting_field(1.0, _C)
    scaling: str = setting_field("standard", _SCALING)


@dataclass(frozen=True)
class LdaConfig(ModelConfig):
    """Linear discriminant analysis with a regularized covariance (Ledoit and Wolf 2004), or its kernel version.

    The defaults were chosen for the Kaggle table on the train and valid lists of the fault-filtered split.
    """

    model = "lda"
    title = "Linear discriminant analysis (LDA)"
    short_title = "LDA"
    comment = "Models every genre as a normal distribution with the same covariance; works well with little data."

    kernel: str = setting_field(
        "average",
        Choice(
            "Kernel",
            "linear: straight decision boundaries. rbf: curved ones. average: the mean of linear, rbf, and rbf on "
            "whitened features.",
            ("linear", "rbf", "average"),
        ),
    )
    gamma: float = setting_field(
        0.03,
        Number(
            "Gamma",
            "Coefficient of the RBF kernel, in units of 1 / number of features: the larger, the more curved the "
            "boundaries. Has no effect on a linear kernel.",
            1e-4,
            1e4,
            (0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
        ),
    )
    shrinkage: float = setting_field(
        0.2,
        Number(
            "Shrinkage",
            "Regularization of the covariance matrix, from 0 (none) to 1 (a multiple of the identity matrix). Use more "
            "with few tracks.",
            0.0,
            1.0,
            (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0),
        ),
    )
    scaling: str = setting_field("log", _SCALING)


MODELS: dict[str, type[ModelConfig]] = {
    kind.model: kind for kind in (MlpConfig, CnnConfig, SvmConfig, KnnConfig, ForestConfig, LogisticConfig, LdaConfig)
}


def model_type(name: str) -> type[ModelConfig]:
    """The model type of that name; ConfigError if there is none."""
    try:
        return MODELS[name]
    except KeyError:
        raise ConfigError(f"There is no model {quoted(name)}; choose from {', '.join(MODELS)}.") from None


def make_config(model: str, settings: Mapping[str, Any] | None = None, *, seed: int = 0) -> ModelConfig:
    """Create a configuration from what is written in a file, an address or a command.

    Parameters
    ----------
    model : name of the model type.
    settings : values of settings, or their text; missing ones have their default.
    seed : seed of all random numbers.

    Raises
    ------
    ConfigError : for an unknown model, an unknown setting, or a value that is not allowed.
    """
    config_class = model_type(model)
    values = {}
    for name, value in (settings or {}).items():
        setting = config_class.setting(name)
        try:
            value = setting.parse(value) if isinstance(value, str) else value
        except ValueError:
            raise ConfigError(
                f"{setting.label} of {model} ({name}) must be {setting.allowed}, not {quoted(value)}."
            ) from None
        values[name] = tuple(value) if isinstance(value, list) else value
    return config_class(**values, seed=seed)
