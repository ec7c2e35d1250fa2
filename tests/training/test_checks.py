"""Which models can be trained on which features, and with which augmentations."""

from dataclasses import replace

import pytest

from genre_core.datasets import AugmentedCopies, Dataset
from genre_core.errors import ConfigError
from genre_core.features import feature_set
from genre_core.models.config import MODELS, CnnConfig, SvmConfig
from genre_core.training import check_features
from genre_core.training.checks import check_augmentations


@pytest.mark.parametrize("model", MODELS)
def test_a_model_takes_numbers_or_pictures(model: str) -> None:
    config = MODELS[model]()
    suitable, unsuitable = ("mel", "paper") if config.input_type == "pictures" else ("paper", "mel")
    check_features(config, feature_set(suitable))
    with pytest.raises(ConfigError, match=f"takes {config.input_type}.*choose from .*{suitable}"):
        check_features(config, feature_set(unsuitable))


def test_output_of_a_network_trained_on_genres_is_refused() -> None:
    with pytest.raises(ConfigError, match="trained on genres"):
        check_features(SvmConfig(), feature_set("leveled-embedding+lab"))


def test_pretrained_filters_take_wide_mel_alone() -> None:
    config = CnnConfig(initialization="musicnn")
    check_features(config, feature_set("wide-mel"))
    with pytest.raises(ConfigError, match="choose the initialization scratch"):
        check_features(config, feature_set("mel"))


def test_augmentations_are_those_that_the_dataset_has(bundled: Dataset) -> None:
    copies = AugmentedCopies.of_arrays({"room": bundled.values, "mp3": bundled.values})
    dataset = replace(bundled, augmented=copies)
    assert check_augmentations(dataset, ("mp3", "room")) == ("room", "mp3")
    assert check_augmentations(bundled, ()) == ()
    with pytest.raises(ConfigError, match=r"no copies with the augmentation hum .* choose from room, mp3"):
        check_augmentations(dataset, ("hum",))
    with pytest.raises(ConfigError, match="choose a dataset and a feature set with copies"):
        check_augmentations(bundled, ("room",))
