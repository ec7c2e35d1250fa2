"""The model types and their settings.

Each model type is a frozen dataclass, derived from `ModelConfig`, whose fields are its settings.  `make_config` creates
a configuration from what is written in a file, an address or a command.
"""

from collections.abc import Mapping
from typing import Any

from genre_core.errors import ConfigError
from genre_core.models.base import ModelConfig
from genre_core.models.estimator_config import (
    BoostingConfig,
    ForestConfig,
    KnnConfig,
    LdaConfig,
    LogisticConfig,
    NaiveBayesConfig,
    SvmConfig,
    TreeConfig,
)
from genre_core.models.network_config import ACTIVATIONS, Activation, CnnConfig, MlpConfig
from genre_core.wording import quoted

__all__ = [
    "ACTIVATIONS",
    "MODELS",
    "Activation",
    "BoostingConfig",
    "CnnConfig",
    "ForestConfig",
    "KnnConfig",
    "LdaConfig",
    "LogisticConfig",
    "MlpConfig",
    "NaiveBayesConfig",
    "SvmConfig",
    "TreeConfig",
    "make_config",
    "model_type",
]

MODELS: dict[str, type[ModelConfig]] = {
    kind.model: kind
    for kind in (
        MlpConfig,
        CnnConfig,
        SvmConfig,
        KnnConfig,
        ForestConfig,
        BoostingConfig,
        TreeConfig,
        LogisticConfig,
        LdaConfig,
        NaiveBayesConfig,
    )
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
