"""What goes into any model, and what comes out: the one interface of all kinds.

A kind is trained by a function `fit(config, parts, on_epoch=..., should_stop=...) -> Trained`: `network.fit` for
those that learn in epochs, `estimator.fit` for scikit-learn's.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

import numpy as np

from genre_core.models.history import Epoch


@dataclass(frozen=True, eq=False)
class TrainingData:
    """The segments to learn from and to be tested on."""

    x_train: np.ndarray
    """shape (n, *shape): float32 numbers, or uint8 pictures, unscaled."""
    y_train: np.ndarray
    """shape (n,), int: places in the list of genres."""
    group: np.ndarray
    """shape (n,), int: the track of each training segment, so that what is fitted inside the training part can keep a
    track together."""
    x_test: np.ndarray
    """Like `x_train`; may have no rows."""
    y_test: np.ndarray
    mean: np.ndarray
    """What a model is given is (x - mean) / scale; fitted on the training part."""
    scale: np.ndarray
    genres: int
    stop_after: int = 0
    """The epoch after which to end, of a schedule for all of them; 0 for the last."""

    def scaled(self, x: np.ndarray) -> np.ndarray:
        """float32, as a model takes it."""
        return ((x - self.mean) / self.scale).astype(np.float32)

    def save(self, path: Path) -> None:
        np.savez(path, **{item.name: getattr(self, item.name) for item in fields(self)})

    @staticmethod
    def load(path: Path) -> "TrainingData":
        with np.load(path, allow_pickle=False) as file:
            arrays = {item.name: file[item.name] for item in fields(TrainingData)}
        return TrainingData(**arrays | {name: int(arrays[name]) for name in ("genres", "stop_after")})


class Trained(Protocol):
    """A model that has learned."""

    parameters: int
    """How many numbers it has learned, or keeps."""
    history: list[Epoch]
    """What each epoch gave; empty for a model that learns in one go."""

    def save(self, folder: Path) -> None:
        """Write it as `serving` reads it."""

    def probabilities(self, scaled: np.ndarray) -> np.ndarray:
        """Scaled inputs, shape (n, *shape), to genre probabilities, shape (n, genres)."""
