"""The kinds of model, the settings of each, and presets.

A kind of model is a frozen dataclass whose fields are its settings.  What a field may hold, what it is called and where
its slider stands is said once, in the field's metadata: the sliders, the flags of the command line, addresses of
configurations and sweeps all follow from it.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, get_args

from genre_core.datasets.splits import SplitKind
from genre_core.errors import ConfigError

Activation = Literal["relu", "elu", "gelu", "selu", "silu", "tanh", "sigmoid"]
ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)

MOST_LAYERS = 5
WIDEST_LAYER = 4096
LARGEST_SEED = 2**32 - 1  # numpy's


@dataclass(frozen=True)
class Number:
    """A setting that is a number from `low` to `high`."""

    label: str
    help: str
    low: float
    high: float
    steps: tuple[float, ...]
    """Where its slider stops."""
    whole: bool = False

    def parse(self, text: str) -> float | int:
        """The value that a text names; ValueError if it names none."""
        return int(text) if self.whole else float(text)

    def check(self, value: Any) -> bool:
        """Whether it may have the value."""
        right = isinstance(value, int if self.whole else (int, float)) and not isinstance(value, bool)
        return right and self.low <= value <= self.high

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return f"{'a whole number' if self.whole else 'a number'} from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Choice:
    """A setting that is one of a few words."""

    label: str
    help: str
    options: tuple[str, ...]

    def parse(self, text: str) -> str:
        return text

    def check(self, value: Any) -> bool:
        return value in self.options

    @property
    def allowed(self) -> str:
        return f"one of {', '.join(self.options)}"


@dataclass(frozen=True)
class Layers:
    """The units of each hidden layer."""

    label: str
    help: str
    steps: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...]
    """What a sweep offers to try."""

    def parse(self, text: str) -> tuple[int, ...]:
        return tuple(int(units) for units in text.split(","))

    def check(self, value: Any) -> bool:
        return (
            isinstance(value, tuple)
            and 1 <= len(value) <= MOST_LAYERS
            and all(isinstance(units, int) and 1 <= units <= WIDEST_LAYER for units in value)
        )

    @property
    def allowed(self) -> str:
        return f"1 to {MOST_LAYERS} layers of 1 to {WIDEST_LAYER} units, with commas between, as in 512,256"


Setting = Number | Choice | Layers


def _setting(default: Any, setting: Setting) -> Any:
    return field(default=default, metadata={"setting": setting})


@dataclass(frozen=True)
class ModelConfig:
    """A kind of model and its settings; checks itself when made (ConfigError)."""

    model: ClassVar[str]
    """What it is called on the command line."""
    title: ClassVar[str]
    comment: ClassVar[str]
    """How it decides, in a sentence."""
    takes: ClassVar[Literal["numbers", "pictures"]] = "numbers"
    """What it learns from."""
    is_network: ClassVar[bool] = False
    """Whether it learns in epochs, which can be watched and stopped."""

    seed: int = field(default=0, kw_only=True)
    """Of whatever is left to chance."""

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= LARGEST_SEED:
            raise ConfigError(f"Seeds go from 0 to {LARGEST_SEED}.")
        for name, setting in self.settings().items():
            value = getattr(self, name)
            if not setting.check(value):
                raise ConfigError(f"{setting.label} of {self.model} ({name}) must be {setting.allowed}, not {value!r}.")

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """The settings by name, in the order of their sliders."""
        return {item.name: item.metadata["setting"] for item in fields(cls) if "setting" in item.metadata}

    @classmethod
    def setting(cls, name: str) -> Setting:
        """The setting of that name; ConfigError if there is none."""
        try:
            return cls.settings()[name]
        except KeyError:
            raise ConfigError(
                f"The model {cls.model} has no setting {name!r}; it has {', '.join(cls.settings())}."
            ) from None

    @property
    def total_epochs(self) -> int:
        """How many epochs it is trained for; 0 for a model that learns in one go."""
        return 0

    @property
    def scales(self) -> bool:
        """Whether features are brought to one scale before the model sees them."""
        return self.values.get("start") != "musicnn"

    @property
    def takes_logarithms(self) -> bool:
        """Whether features that are never negative are scaled by their logarithm."""
        return self.values.get("transform") == "log"

    @property
    def values(self) -> dict[str, Any]:
        """The value of each setting."""
        return {name: getattr(self, name) for name in self.settings()}

    @property
    def description(self) -> str:
        """What it is set to, in a line: what differs from the defaults, but for the epochs, and an mlp's layers."""
        own = [
            f"{name} {format_value(value)}"
            for name, value in self.values.items()
            if value != getattr(type(self), name) and name not in ("layers", "epochs")
        ]
        layers = f" {format_value(self.values['layers'])}" if "layers" in self.values else ""
        return ", ".join([self.model + layers, *own])


def format_value(value: Any) -> str:
    """The value of a setting, for people."""
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return value if isinstance(value, str) else f"{value:g}"


_DROPOUT = Number(
    "Dropout",
    "Share of units silenced at random in each step: it keeps the network from leaning on any one of them.",
    0.0,
    0.95,
    tuple(round(0.05 * i, 2) for i in range(17)),
)
_LEARNING_RATE = Number(
    "Learning rate", "How far a step goes.", 1e-7, 1.0, (0.0001, 0.0003, 0.001, 0.002, 0.003, 0.01, 0.03)
)
_BATCH_SIZE = Number(
    "Batch size", "Segments that one step learns from.", 1, 65_536, (16, 32, 64, 128, 256, 512), whole=True
)
_C = Number(
    "C",
    "How much a mistake in training costs: small values keep the model simple, large ones let it follow every example.",
    1e-4,
    1e5,
    (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
)
_TRANSFORM = Choice(
    "Scaling",
    "standard: every feature gets mean 0 and deviation 1. log: so, but first the logarithm of those that are never "
    "negative. ranks: every feature is replaced by its rank, drawn as a normal curve, so that no outlier pulls.",
    ("standard", "log", "ranks"),
)


@dataclass(frozen=True)
class MlpConfig(ModelConfig):
    """A multi-layer perceptron; the defaults are the paper's network.

    512-256-128-64, ReLU, dropout 0.2 after each hidden layer, Adam, sparse categorical cross-entropy, 400 epochs.
    """

    model = "mlp"
    title = "Neural network"
    comment = "Layers of units, each fed by all of the layer before: the paper's model."
    is_network = True

    layers: tuple[int, ...] = _setting(
        (512, 256, 128, 64),
        Layers(
            "Hidden layers",
            "Units of each hidden layer, from the input on.",
            (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024),
            ((64,), (256,), (48, 24), (256, 128), (256, 128, 64), (512, 256, 128, 64), (1024, 512, 256)),
        ),
    )
    dropout: float = _setting(0.2, _DROPOUT)
    activation: Activation = _setting("relu", Choice("Activation", "What a unit makes of its sum.", ACTIVATIONS))
    epochs: int = _setting(
        400, Number("Epochs", "Passes over the training part.", 1, 100_000, tuple(range(10, 801, 10)), whole=True)
    )
    batch_size: int = _setting(128, _BATCH_SIZE)
    learning_rate: float = _setting(0.001, _LEARNING_RATE)

    @property
    def total_epochs(self) -> int:
        return self.epochs

    def parameters(self, inputs: int, genres: int) -> int:
        """Number of weights and biases of the network for so many inputs and genres."""
        sizes = (inputs, *self.layers, genres)
        return sum((before + 1) * after for before, after in itertools.pairwise(sizes))


@dataclass(frozen=True)
class CnnConfig(ModelConfig):
    """A convolutional network over pictures: see `models.cnn` for its layers, or `models.musicnn`."""

    model = "cnn"
    title = "Convolutional network"
    comment = "Small filters that slide over a picture of the sound, as Pelchat and Gelowitz (2020) did."
    takes = "pictures"
    is_network = True

    start: str = _setting(
        "scratch",
        Choice(
            "Start",
            "scratch: filters drawn by chance. musicnn: those of a network that learned to tag 200 000 songs; only for "
            "wide-mel, and with a learning rate of about 0.001.",
            ("scratch", "musicnn"),
        ),
    )
    filters: int = _setting(
        16,
        Number(
            "Filters", "In the first of five blocks; the last has five times as many. From scratch.", 2, 128,
            (4, 8, 12, 16, 20, 24, 32), whole=True,
        ),
    )  # fmt: skip
    members: int = _setting(
        1,
        Number(
            "Networks", "Trained side by side from different weights; their answers are averaged.", 1, 8,
            tuple(range(1, 9)), whole=True,
        ),
    )  # fmt: skip
    dropout: float = _setting(0.4, _DROPOUT)
    augment: float = _setting(
        1.0,
        Number(
            "Augmentation",
            "How far a picture is changed by chance each time it is learned from: gain, tone, noise, tempo, stretches "
            "blotted out.",
            0.0,
            2.0,
            (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0),
        ),
    )
    epochs: int = _setting(
        40,
        Number(
            "Epochs",
            "Passes over the training part.",
            1,
            10_000,
            (2, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 120),
            whole=True,
        ),
    )
    batch_size: int = _setting(32, _BATCH_SIZE)
    learning_rate: float = _setting(0.002, _LEARNING_RATE)

    @property
    def total_epochs(self) -> int:
        return self.epochs


@dataclass(frozen=True)
class SvmConfig(ModelConfig):
    """A support vector machine; the defaults are scikit-learn's."""

    model = "svm"
    title = "Support vector machine"
    comment = "Borders between genres with the widest margin, straight or curved: long the usual method."

    kernel: str = _setting("rbf", Choice("Kernel", "rbf: curved borders; linear: straight ones.", ("rbf", "linear")))
    c: float = _setting(1.0, _C)
    gamma: float = _setting(
        1.0,
        Number(
            "Gamma",
            "How near an example must be to matter, in units of 1 / number of features: large values draw small "
            "islands. Only for rbf.",
            1e-4,
            1e4,
            (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
        ),
    )
    transform: str = _setting("standard", _TRANSFORM)


@dataclass(frozen=True)
class KnnConfig(ModelConfig):
    """K nearest neighbors; the defaults are scikit-learn's."""

    model = "knn"
    title = "Nearest neighbors"
    comment = "Asks the most similar segments that it knows for their genre."

    neighbors: int = _setting(
        5, Number("Neighbors", "How many are asked.", 1, 1000, (1, 3, 5, 7, 10, 15, 20, 30, 50), whole=True)
    )
    weights: str = _setting(
        "uniform",
        Choice("Votes", "uniform: all count the same; distance: nearer ones count more.", ("uniform", "distance")),
    )
    metric: str = _setting(
        "euclidean", Choice("Distance", "How likeness is measured.", ("euclidean", "manhattan", "cosine"))
    )
    transform: str = _setting("standard", _TRANSFORM)


@dataclass(frozen=True)
class ForestConfig(ModelConfig):
    """A random forest."""

    model = "forest"
    title = "Random forest"
    comment = "Many trees of yes-or-no questions, each grown on a random part of the data, vote."

    trees: int = _setting(300, Number("Trees", "How many vote.", 1, 5000, (10, 30, 100, 300, 1000), whole=True))
    leaf: int = _setting(
        1,
        Number(
            "Smallest leaf", "Examples that a last branch holds at least.", 1, 1000, (1, 2, 3, 5, 10, 20), whole=True
        ),
    )
    share: float = _setting(
        0.15,
        Number(
            "Features a question", "Share of the features among which each question may choose.", 0.01, 1.0,
            (0.05, 0.1, 0.15, 0.3, 0.5, 1.0),
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class LogisticConfig(ModelConfig):
    """Multinomial logistic regression with a squared penalty; the defaults are scikit-learn's."""

    model = "logistic"
    title = "Logistic regression"
    comment = "A weighted sum of the features for each genre: the simplest there is, and hard to beat on new artists."

    c: float = _setting(1.0, _C)
    transform: str = _setting("standard", _TRANSFORM)


@dataclass(frozen=True)
class LdaConfig(ModelConfig):
    """Linear discriminant analysis with a shrunken covariance (Ledoit and Wolf 2004), plain or of a kernel.

    The defaults were chosen for the Kaggle table on the train and valid lists of the fault-filtered split.
    """

    model = "lda"
    title = "Linear discriminant"
    comment = "Takes each genre for a cloud of the same shape and asks which center is nearest: good with little data."

    kernel: str = _setting(
        "average",
        Choice(
            "Kernel",
            "linear: straight borders; rbf: gently curved ones; average: the mean of linear, rbf, and rbf on features "
            "without correlation.",
            ("linear", "rbf", "average"),
        ),
    )
    gamma: float = _setting(
        0.03,
        Number(
            "Gamma",
            "How curved: in units of 1 / number of features. Not for linear.",
            1e-4,
            1e4,
            (0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
        ),
    )
    shrinkage: float = _setting(
        0.2,
        Number(
            "Shrinkage",
            "How far the shape of the clouds is pulled towards a ball: more with few examples.",
            0.0,
            1.0,
            (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0),
        ),
    )
    transform: str = _setting("log", _TRANSFORM)


MODELS: dict[str, type[ModelConfig]] = {
    kind.model: kind for kind in (MlpConfig, CnnConfig, SvmConfig, KnnConfig, ForestConfig, LogisticConfig, LdaConfig)
}


def model_kind(name: str) -> type[ModelConfig]:
    """The kind of model of that name; ConfigError if there is none."""
    try:
        return MODELS[name]
    except KeyError:
        raise ConfigError(f"There is no model {name!r}; choose from {', '.join(MODELS)}.") from None


def make_config(model: str, settings: Mapping[str, Any] | None = None, *, seed: int = 0) -> ModelConfig:
    """A configuration from what is written in a file, an address or a command.

    Parameters
    ----------
    settings : values, or texts that say them; what is missing has its default.

    Raises ConfigError for a model or a setting that there is not, or a value that it may not have.
    """
    kind = model_kind(model)
    values = {}
    for name, value in (settings or {}).items():
        setting = kind.setting(name)
        try:
            value = setting.parse(value) if isinstance(value, str) else value
        except ValueError:
            raise ConfigError(
                f"{setting.label} of {model} ({name}) must be {setting.allowed}, not {value!r}."
            ) from None
        values[name] = tuple(value) if isinstance(value, list) else value
    return kind(**values, seed=seed)


@dataclass(frozen=True)
class Preset:
    """A configuration with a name and a line of commentary."""

    name: str
    comment: str
    config: ModelConfig
    split: SplitKind = "random"
    """The split under which it shows what the comment says."""
    features: str = "paper"


PRESETS = (
    Preset(
        "The paper",
        "The network of the paper as it stands: 203 338 parameters, 400 epochs, dropout after each layer.",
        MlpConfig(),
    ),
    Preset(
        "Small and quick",
        "A fiftieth of the parameters and a quarter of the epochs, and hardly worse: start turning sliders here.",
        MlpConfig(layers=(48, 24), dropout=0.1, epochs=100, batch_size=64, learning_rate=0.003),
    ),
    Preset(
        "Overfit on purpose",
        "Wide, no dropout, tested on tracks that it never heard: the training loss falls to nothing, the test loss "
        "turns and climbs.",
        MlpConfig(layers=(1024, 512, 256), dropout=0.0, epochs=200, batch_size=32),
        split="track",
    ),
    Preset(
        "No dropout",
        "The paper's network with its only regularisation switched off: what did dropout buy?",
        MlpConfig(dropout=0.0),
    ),
)
