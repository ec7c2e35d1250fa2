"""The interface of all model types: what a model is trained on, and what a trained model can do.

`network.fit` trains the networks and `estimator.fit` the models of scikit-learn; both take a configuration and a
`TrainingData` and return a `TrainedModel`.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

import numpy as np

from genre_core.models.history import Epoch


@dataclass(frozen=True, eq=False)
class TrainingData:
    """The segments of a training set and a test set, as arrays."""

    x_train: np.ndarray
    """shape (n, *shape): float32 numbers or uint8 pictures, not scaled yet."""
    y_train: np.ndarray
    """shape (n,), int: index of the true genre."""
    groups: np.ndarray
    """shape (n,), int: the track of each training segment, for cross-validation within the training set."""
    x_test: np.ndarray
    """Like `x_train`; may have no rows."""
    y_test: np.ndarray
    mean: np.ndarray
    """The input of a model is (x - mean) / scale, fitted on the training set."""
    scale: np.ndarray
    n_genres: int
    stop_after: int = 0
    """The epoch after which to stop, while the learning rate follows the schedule of all epochs; 0 for the last."""

    def scaled(self, x: np.ndarray) -> np.ndarray:
        """The input of a model, float32."""
        return ((x - self.mean) / self.scale).astype(np.float32)

    def save(self, path: Path) -> None:
        np.savez(path, **{item.name: getattr(self, item.name) for item in fields(self)})

    @staticmethod
    def load(path: Path) -> "TrainingData":
        with np.load(path, allow_pickle=False) as file:
            arrays = {item.name: file[item.name] for item in fields(TrainingData)}
        return TrainingData(**arrays | {name: int(arrays[name]) for name in ("n_genres", "stop_after")})


class TrainedModel(Protocol):
    """A trained model."""

    parameters: int
    """Number of parameters: what the model has learned, or stores."""
    history: list[Epoch]
    """Results of each epoch; empty for a model without epochs."""

    def save(self, folder: Path) -> None:
        """Write the files that `models.serving` reads."""

    def probabilities(self, scaled: np.ndarray) -> np.ndarray:
        """Genre probabilities, shape (n, genres), of scaled inputs of shape (n, *shape)."""
