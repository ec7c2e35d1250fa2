"""Estimated duration of a training."""

import math

from genre_core.datasets.splits import SplitConfig
from genre_core.models.base import ModelConfig
from genre_core.models.config import BoostingConfig, CnnConfig, ForestConfig, MlpConfig, SvmConfig

_CNN_S = 4e-9  # per cell, filter and picture


def expected_seconds(
    config: ModelConfig,
    split: SplitConfig,
    n_segments: int,
    shape: tuple[int, ...],
    n_genres: int,
    *,
    augmentations: int = 0,
) -> float:
    """Estimate how long a training takes on two cores, in seconds.

    Fitted to measured trainings: of networks with 4 thousand to 9 million parameters, where a step costs a constant,
    the optimizer's work on every parameter, dropout and activation of every unit, and the matrix products; and of the
    other models with one to ten thousand segments.

    Parameters
    ----------
    config, split : what is trained, and how the dataset is split.
    n_segments : number of segments in the whole dataset.
    shape : shape of a segment's features.
    n_genres : number of genres.
    augmentations : number of augmentations of the training set.
    """
    n_train = n_segments * (1 - 1 / split.folds if split.folds else 1 - split.test_size) * (1 + augmentations)
    n_fits = split.folds + 1 if split.folds else 2 if split.kind in ("fault-filtered", "column") else 1
    return 1.0 + n_fits * _fit_seconds(config, n_train, shape, n_genres)


def _fit_seconds(config: ModelConfig, n_train: float, shape: tuple[int, ...], n_genres: int) -> float:
    if isinstance(config, MlpConfig):
        parameters = config.parameters(shape[0], n_genres)
        units = sum(config.layers) * config.batch_size
        step_s = 0.25e-3 + 1.9e-9 * parameters + 8e-9 * units + 1.8e-11 * parameters * config.batch_size
        return config.epochs * (-(-n_train // config.batch_size) * step_s + 2e-3)
    if isinstance(config, CnnConfig):
        cells = math.prod(shape[:2])
        return 5 + config.epochs * config.ensemble_size * n_train * cells * config.filters * _CNN_S
    if isinstance(config, SvmConfig):
        return 6 * 2e-7 * n_train**2
    if isinstance(config, ForestConfig):
        return config.trees * n_train * 2e-6 * (1 + 10 * config.max_features)
    if isinstance(config, BoostingConfig):
        return config.iterations * n_genres * (5e-3 + 8e-7 * n_train)
    return 0.5
