"""Presets of the page Train: configurations that are worth a look."""

from dataclasses import dataclass

from genre_core.datasets.splits import SplitKind
from genre_core.models.base import ModelConfig
from genre_core.models.config import MlpConfig


@dataclass(frozen=True)
class Preset:
    """A named configuration with a comment."""

    name: str
    comment: str
    config: ModelConfig
    split: SplitKind = "random"
    """The split under which the comment holds."""
    features: str = "paper"


PRESETS = (
    Preset(
        "Paper",
        "The network of the paper: 203 338 parameters, 400 epochs, dropout after each hidden layer.",
        MlpConfig(),
    ),
    Preset(
        "Small and fast",
        "A fiftieth of the parameters and a quarter of the epochs, with nearly the same accuracy: a good start for "
        "your own experiments.",
        MlpConfig(layers=(48, 24), dropout=0.1, epochs=100, batch_size=64, learning_rate=0.003),
    ),
    Preset(
        "Overfitting",
        "A wide network without dropout under a track split: the training loss goes to zero, the test loss rises "
        "again.",
        MlpConfig(layers=(1024, 512, 256), dropout=0.0, epochs=200, batch_size=32),
        split="track",
    ),
    Preset(
        "No dropout",
        "The network of the paper without its regularization. Compare it with the first preset.",
        MlpConfig(dropout=0.0),
    ),
)
