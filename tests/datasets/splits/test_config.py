"""Settings of splits: what is refused, and how a split is called."""

from typing import Any

import pytest

from genre_core.datasets.splits import SPLIT_DESCRIPTIONS, SPLIT_KINDS, SplitConfig, SplitKind
from genre_core.errors import ConfigError


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "artist?"},
        {"test_size": 0.0},
        {"test_size": 1.0},
        {"seed": -1},
        {"folds": 1},
        {"kind": "column", "folds": 5},
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        SplitConfig(**settings)


@pytest.mark.parametrize("kind", SPLIT_KINDS)
def test_every_split_has_a_description(kind: SplitKind) -> None:
    assert SPLIT_DESCRIPTIONS[kind].endswith(".")
    assert SplitConfig(kind).description.endswith(" split")
    assert SplitConfig(kind, selection=True).description.startswith("validation set of a")


@pytest.mark.parametrize(
    ("config", "description", "test_set"),
    [
        (SplitConfig("random"), "random split", "the test set of a random split"),
        (SplitConfig("artist"), "artist split", "the test set of an artist split"),
        (SplitConfig("column"), "predefined split", "the test set of a predefined split"),
        (
            SplitConfig("random", folds=5),
            "5-fold cross-validation by segment",
            "all folds of 5-fold cross-validation by segment",
        ),
        (
            SplitConfig("artist", selection=True),
            "validation set of an artist split",
            "the validation set of an artist split",
        ),
    ],
)
def test_a_split_and_its_test_set_have_names(config: SplitConfig, description: str, test_set: str) -> None:
    assert config.description == description
    assert config.test_set == test_set
