"""Which models can be trained on which features."""

from genre_core.errors import ConfigError
from genre_core.features import FEATURE_SETS, FeatureSet
from genre_core.models.base import ModelConfig
from genre_core.models.config import CnnConfig


def check_features(config: ModelConfig, features: FeatureSet) -> None:
    """Check that a model can be trained on a feature set.

    Raises
    ------
    ConfigError : if the model takes numbers and the features are pictures, or the reverse; if the features are the
        output of a network that was trained on genres; if pretrained filters do not fit the features.
    """
    takes_pictures = config.input_type == "pictures"
    if takes_pictures != features.is_picture:
        suitable = [known.name for known in FEATURE_SETS.values() if known.is_picture == takes_pictures]
        raise ConfigError(
            f"The model {config.model} takes {config.input_type}, which the feature set {features.name!r} does not "
            f"contain; choose from {', '.join(suitable)}."
        )
    if features.trained_on_genres:
        raise ConfigError(
            f"The feature set {features.name!r} contains the output of a network that was trained on genres, so scores "
            "would be misleading; choose embedding or another feature set."
        )
    if isinstance(config, CnnConfig) and config.initialization == "musicnn" and features.name != "wide-mel":
        raise ConfigError(
            f"A cnn with the initialization musicnn takes the feature set 'wide-mel', not {features.name!r}; choose "
            "the initialization scratch."
        )
