"""Model configurations: their settings, what values are allowed, and the names of version 0.1."""

from dataclasses import replace
from typing import Any

import pytest

from genre_core.errors import ConfigError
from genre_core.models.base import ModelConfig
from genre_core.models.config import MODELS, CnnConfig, ForestConfig, KnnConfig, MlpConfig, SvmConfig, make_config
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


@pytest.mark.parametrize(
    ("model", "old", "config"),
    [
        ("knn", {"neighbours": 3, "transform": "ranks"}, KnnConfig(neighbors=3, scaling="ranks")),
        ("svm", {"transform": "log"}, SvmConfig(scaling="log")),
        ("forest", {"leaf": "2", "share": "0.3"}, ForestConfig(min_samples_leaf=2, max_features=0.3)),
        (
            "cnn",
            {"start": "musicnn", "members": 2, "augment": 0.5},
            CnnConfig(initialization="musicnn", ensemble_size=2, augmentation=0.5),
        ),
    ],
    ids=["knn", "svm", "forest", "cnn"],
)
def test_settings_are_read_by_the_names_of_version_0_1(model: str, old: dict[str, Any], config: ModelConfig) -> None:
    assert make_config(model, old) == config


def test_a_description_names_the_layers_and_what_is_not_default() -> None:
    assert MlpConfig(layers=(64, 32), dropout=0.1, epochs=7).description == "mlp 64-32, dropout 0.1"
    assert KnnConfig().description == "knn"
