from dataclasses import replace

import pytest

from genre_core.errors import ConfigError
from genre_core.models.config import MlpConfig
from genre_core.models.presets import PRESETS


def test_the_papers_network_has_203_338_parameters() -> None:
    assert PRESETS[0].config == MlpConfig()
    assert MlpConfig().parameters(inputs=58, genres=10) == 203_338


@pytest.mark.parametrize(
    "wrong",
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
)
def test_settings_outside_their_range_are_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError):
        replace(MlpConfig(), **wrong)


def test_presets_differ_and_each_has_a_comment() -> None:
    assert len({preset.name for preset in PRESETS}) == len({preset.config for preset in PRESETS}) == 4
    assert all(preset.comment.endswith((".", "?")) for preset in PRESETS)
