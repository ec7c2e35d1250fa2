"""The setup of a training, and how it is written in the address of the page Train."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genre_core.datasets.augmented import in_order
from genre_core.datasets.splits import SplitConfig
from genre_core.errors import ConfigError
from genre_core.features import feature_set
from genre_core.models.base import ModelConfig
from genre_core.models.config import make_config, model_type
from genre_core.old_names import current_feature_set, current_settings
from genre_core.runs import RunInfo

_AUGMENTATIONS = "augmentations"
_SPLIT_PARAMETERS = {"split": str, "test_size": float, "folds": int}


@dataclass(frozen=True)
class TrainingSetup:
    """All settings of a training: the model, the split, the feature set and the augmentations of the training set."""

    config: ModelConfig
    split: SplitConfig
    features: str
    augmentations: tuple[str, ...] = ()

    @staticmethod
    def of_run(info: RunInfo) -> "TrainingSetup":
        """The setup of a run."""
        return TrainingSetup(info.config, info.split, info.features, info.augmentations)


def to_query(setup: TrainingSetup) -> dict[str, str]:
    """The query parameters of a setup."""
    config, split = setup.config, setup.split
    query = {"model": config.model, "features": setup.features}
    query |= {name: _text(value) for name, value in config.values.items()}
    query |= {"split": split.kind, "test_size": str(split.test_size)}
    if split.folds:
        query["folds"] = str(split.folds)
    if setup.augmentations:
        query[_AUGMENTATIONS] = _text(setup.augmentations)
    return query | {"seed": str(config.seed)}


def from_query(parameters: Mapping[str, str]) -> TrainingSetup:
    """The setup that query parameters describe.

    Missing parameters have their default, unknown ones are ignored, and names of version 0.1 are accepted.

    Raises
    ------
    ConfigError : for a value that is not allowed.
    """
    given = current_settings(parameters)
    model, features = given.pop("model", "mlp"), current_feature_set(given.pop("features", "paper"))
    feature_set(features)
    try:
        seed = int(given.pop("seed", "0"))
        of_split: dict[str, Any] = {
            name: convert(given.pop(name)) for name, convert in _SPLIT_PARAMETERS.items() if name in given
        }
    except ValueError:
        raise ConfigError("The seed, the test size and the folds in an address must be numbers.") from None
    augmentations = in_order(name for name in given.get(_AUGMENTATIONS, "").split(",") if name)
    settings = {name: given[name] for name in model_type(model).settings() if name in given}
    config = make_config(model, settings, seed=seed)
    split = SplitConfig(of_split.pop("split", "random"), **of_split, seed=seed)
    return TrainingSetup(config, split, features, augmentations)


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
