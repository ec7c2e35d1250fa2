"""A configuration as the query of an address: opening it sets the sliders of Train."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genre_core.datasets.splits import SplitConfig
from genre_core.errors import ConfigError
from genre_core.features import feature_set
from genre_core.models.config import ModelConfig, make_config, model_kind

_SPLIT = {"split": str, "test_size": float, "folds": int}


@dataclass(frozen=True)
class Configuration:
    """All that Train's sliders say."""

    config: ModelConfig
    split: SplitConfig
    features: str


def query(config: ModelConfig, split: SplitConfig, features: str) -> dict[str, str]:
    """The parameters of an address, as `read` reads them."""
    settings = {name: _text(value) for name, value in config.values.items()}
    divided = {"split": split.kind, "test_size": str(split.test_size)}
    if split.folds:
        divided["folds"] = str(split.folds)
    return {"model": config.model, "features": features, **settings, **divided, "seed": str(config.seed)}


def read(parameters: Mapping[str, str]) -> Configuration:
    """The configuration that an address says; what it leaves out has its default, and what it says
    beyond is not heeded.

    Raises ConfigError for what it may not say.
    """
    given = dict(parameters)
    model, features = given.pop("model", "mlp"), given.pop("features", "paper")
    feature_set(features)
    try:
        seed = int(given.pop("seed", "0"))
        divided: dict[str, Any] = {name: kind(given.pop(name)) for name, kind in _SPLIT.items() if name in given}
    except ValueError:
        raise ConfigError("This address names a seed, a test share or folds that are not numbers.") from None
    config = make_config(
        model, {name: given[name] for name in model_kind(model).settings() if name in given}, seed=seed
    )
    return Configuration(config, SplitConfig(divided.pop("split", "random"), **divided, seed=seed), features)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)
