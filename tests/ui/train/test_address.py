"""A configuration as an address, there and back."""

import pytest

from genre_core.datasets.splits import SplitConfig
from genre_core.errors import ConfigError
from genre_core.models.config import MODELS, MlpConfig
from ui.train import address


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("split", [SplitConfig("track", 0.2, 7), SplitConfig("artist", seed=7, folds=5)])
def test_what_is_written_is_read(model: str, split: SplitConfig) -> None:
    config = MODELS[model](seed=7)
    assert address.read(address.query(config, split, "mel")) == address.Configuration(config, split, "mel")


def test_what_an_address_leaves_out_has_its_default() -> None:
    assert address.read({}) == address.Configuration(MlpConfig(), SplitConfig(), "paper")


@pytest.mark.parametrize(
    "address",
    [
        {"model": "oracle"},
        {"layers": "many"},
        {"dropout": "7"},
        {"seed": "x"},
        {"folds": "two"},
        {"folds": "1"},
        {"split": "coin"},
        {"test_size": "half"},
        {"features": "tea"},
    ],
    ids=str,
)
def test_a_senseless_address_is_a_message(address: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        address.read(address)


def test_what_an_address_says_beyond_a_configuration_is_not_heeded() -> None:
    assert address.read({"utm_source": "letter", "dropout": "0.4"}).config == MlpConfig(dropout=0.4)
