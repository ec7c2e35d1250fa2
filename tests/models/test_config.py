"""Model configurations: their settings and what values are allowed."""

from dataclasses import replace
from typing import Any

import pytest

from genre_core.errors import ConfigError
from genre_core.models.base import ModelConfig
from genre_core.models.config import MODELS, KnnConfig, LogisticConfig, MlpConfig, make_config
from genre_core.models.settings import Choice, Layers


def test_the_network_of_the_paper_has_203_338_parameters() -> None:
    assert MlpConfig().parameters(inputs=58, genres=10) == 203_338


@pytest.mark.parametrize(
    "invalid",
    [
        {"layers": ()},
        {"layers": (8,) * 6},
        {"layers": (0,)},
        {"layers": (5000,)},
        {"activation": "softplus?"},
        {"dropout": 1.0},
        {"dropout": -0.1},
        {"learning_rate": 0.0},
        {"learning_rate": 2.0},
        {"batch_size": 0},
        {"epochs": 0},
        {"seed": -1},
        {"dropout": float("nan")},
        {"seed": 2**32},
        {"batch_size": 2**31},
        {"epochs": 10**9},
    ],
    ids=str,
)
def test_values_outside_their_range_are_refused(invalid: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        replace(MlpConfig(), **invalid)


@pytest.mark.parametrize("config_class", MODELS.values(), ids=list(MODELS))
def test_every_setting_has_a_description_and_accepts_the_values_that_it_offers(
    config_class: type[ModelConfig],
) -> None:
    model = config_class.model
    for name, setting in config_class.settings().items():
        default = getattr(config_class, name)
        assert setting.is_valid(default)
        assert setting.label
        assert setting.help.endswith(".")
        text = ",".join(map(str, default)) if isinstance(setting, Layers) else str(default)
        assert getattr(make_config(model, {name: text}), name) == default
        for value in setting.options if isinstance(setting, Choice) else setting.steps:
            assert make_config(model, {name: (value,) if isinstance(setting, Layers) else value})
        with pytest.raises(ConfigError, match=f"\\({name}\\) must be"):
            make_config(model, {name: "?"})
        with pytest.raises(ConfigError, match=f"\\({name}\\) must be"):
            make_config(model, {name: -1})


@pytest.mark.parametrize("config_class", MODELS.values(), ids=list(MODELS))
def test_an_unknown_setting_is_refused_by_name(config_class: type[ModelConfig]) -> None:
    with pytest.raises(ConfigError, match="no setting 'magic'"):
        make_config(config_class.model, {"magic": 1})


def test_a_name_of_version_0_1_is_refused() -> None:
    with pytest.raises(ConfigError, match="no setting 'neighbours'"):
        make_config("knn", {"neighbours": 3})


def test_a_description_names_the_layers_and_what_is_not_default() -> None:
    assert MlpConfig(layers=(64, 32), dropout=0.1, epochs=7).description == "MLP 64-32, dropout = 0.1"
    assert LogisticConfig(c=0.01).description == "Logistic regression, C = 0.01"
    assert KnnConfig().description == "k-NN"
