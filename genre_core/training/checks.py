"""Which models can be trained on which features, and with which augmentations."""

from collections.abc import Sequence

from genre_core.datasets import Dataset
from genre_core.datasets.augmented import in_order
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


def check_augmentations(dataset: Dataset, augmentations: str | Sequence[str]) -> tuple[str, ...]:
    """Check that a dataset has copies with each of these augmentations, and give their names in the order of the list.

    Raises
    ------
    ConfigError : if there is no such augmentation, or the dataset has no copies with it.
    """
    chosen, available = in_order(augmentations), dataset.augmented.names
    if missing := [name for name in chosen if name not in available]:
        remedy = (
            f"choose from {', '.join(available)}" if available else "choose a dataset and a feature set with copies"
        )
        raise ConfigError(
            f"{dataset.name} has no copies with the augmentation {missing[0]} of the feature set "
            f"{dataset.features!r}; {remedy}."
        )
    return chosen
