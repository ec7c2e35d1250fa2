"""Which models can be trained on which features."""

import pytest

from genre_core.errors import ConfigError
from genre_core.features import feature_set
from genre_core.models.config import MODELS, CnnConfig, SvmConfig
from genre_core.training import check_features


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
