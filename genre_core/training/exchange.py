"""How a worker process is given the task of one fit, and returns its result: as files in a folder."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.models.base import ModelConfig
from genre_core.models.config import make_config
from genre_core.models.history import Epoch, read_history, write_history
from genre_core.models.training_data import TrainedModel, TrainingData

_CONFIG, _DATA, _PROBABILITIES = "config.json", "data.npz", "probabilities.npy"
_AUGMENTED_TESTS, _AUGMENTED_PROBABILITIES = "augmented.npz", "augmented_probabilities.npz"


@dataclass(frozen=True, eq=False)
class FitTask:
    """A model to train, and the data to train and test it on."""

    config: ModelConfig
    data: TrainingData
    augmented_tests: dict[str, np.ndarray] = field(default_factory=dict)
    """For each augmentation the test set with it, like `data.x_test`; the model predicts them when it is trained."""


@dataclass(frozen=True, eq=False)
class FitResult:
    """The predictions and the learning curve of a trained model; the model's own files lie beside them."""

    probabilities: np.ndarray
    """shape (test segments, genres), float64."""
    history: list[Epoch]
    augmented: dict[str, np.ndarray]
    """For each of `FitTask.augmented_tests`, like `probabilities`."""


def write_task(folder: Path, task: FitTask) -> None:
    """Write a task to a folder."""
    config = {"model": task.config.model, "settings": task.config.values, "seed": task.config.seed}
    (folder / _CONFIG).write_text(json.dumps(config), encoding="utf-8")
    task.data.save(folder / _DATA)
    _write_arrays(folder / _AUGMENTED_TESTS, task.augmented_tests)


def read_task(folder: Path) -> FitTask:
    """Read the task in a folder."""
    config = make_config(**json.loads((folder / _CONFIG).read_text(encoding="utf-8")))
    return FitTask(config, TrainingData.load(folder / _DATA), _read_arrays(folder / _AUGMENTED_TESTS))


def write_result(folder: Path, model: TrainedModel, task: FitTask) -> None:
    """Write a trained model, its predictions for the test sets, and its learning curve."""
    data = task.data

    def predictions(segments: np.ndarray) -> np.ndarray:
        return model.probabilities(data.scaled(segments)) if len(segments) else np.zeros((0, data.n_genres))

    model.save(folder)
    np.save(folder / _PROBABILITIES, predictions(data.x_test))
    augmented = {name: predictions(segments) for name, segments in task.augmented_tests.items()}
    _write_arrays(folder / _AUGMENTED_PROBABILITIES, augmented)
    write_history(folder, model.history)


def read_result(folder: Path) -> FitResult:
    """Read the result in a folder."""
    probabilities = np.load(folder / _PROBABILITIES, allow_pickle=False).astype(np.float64)
    augmented = _read_arrays(folder / _AUGMENTED_PROBABILITIES)
    return FitResult(
        probabilities, read_history(folder), {name: array.astype(np.float64) for name, array in augmented.items()}
    )


def _write_arrays(path: Path, arrays: dict[str, Any]) -> None:
    np.savez(path, **arrays)


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file)
