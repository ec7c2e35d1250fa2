"""What one fit is given: scaled segments of a training set and a test set.

Where the training set is augmented, it has the copies of its segments as further rows: those of a track that is in the
training set, never others.  The test set has none, so that scores with and without augmentation can be compared.
"""

from collections.abc import Sequence

import numpy as np

from genre_core.datasets import Dataset
from genre_core.features import FeatureSet
from genre_core.models.base import ModelConfig
from genre_core.models.scaling import Scaling
from genre_core.models.training_data import TrainingData
from genre_core.training.exchange import FitTask


def prepare_fit(
    dataset: Dataset,
    config: ModelConfig,
    train: np.ndarray,
    test: np.ndarray,
    *,
    augmentations: Sequence[str] = (),
    augmented_tests: Sequence[str] = (),
    stop_after: int = 0,
) -> tuple[Scaling, FitTask]:
    """Prepare one fit.

    Parameters
    ----------
    train, test : row numbers of the dataset; `test` may be empty.
    augmentations : augmentations whose copies of the rows `train` are trained on too.
    augmented_tests : augmentations with which copies of the rows `test` are predicted too.
    stop_after : as in `TrainingData`.

    Returns
    -------
    The scaling, fitted on the whole training set, and the task for the worker process.
    """
    copies = [dataset.augmented.values(name, train) for name in augmentations]
    values = np.concatenate([dataset.values[train], *copies])
    scaling = _fit_scaling(config, dataset.feature_set, values)
    # Numbers are scaled here, in double precision; unscaled pictures take an eighth of the memory.
    scaled_later = dataset.feature_set.is_picture

    def inputs(segments: np.ndarray) -> np.ndarray:
        return segments if scaled_later else scaling.apply(segments)

    _, groups = np.unique(dataset.track[train], return_inverse=True)
    data = TrainingData(
        x_train=inputs(values),
        y_train=np.tile(dataset.labels[train], 1 + len(copies)),
        groups=np.tile(groups, 1 + len(copies)),
        x_test=inputs(dataset.values[test]),
        y_test=dataset.labels[test],
        mean=scaling.mean if scaled_later else np.zeros(1, np.float32),
        scale=scaling.scale if scaled_later else np.ones(1, np.float32),
        n_genres=len(dataset.genres),
        stop_after=stop_after,
    )
    tests = {name: inputs(dataset.augmented.values(name, test)) for name in augmented_tests}
    return scaling, FitTask(config, data, tests)


def _fit_scaling(config: ModelConfig, features: FeatureSet, values: np.ndarray) -> Scaling:
    """The feature scaling, fitted on the segments of a training set."""
    if not config.scales_features:
        return Scaling.identity(features.shape)
    log = np.isin(features.columns, features.log_columns) if config.log_transform else None
    # In a table of whole tracks the length of the file would give the genre away: in GTZAN it differs between genres.
    excluded = None if features.is_picture else np.isin(features.columns, features.excluded_columns)
    return Scaling.fit(values, log, excluded)
