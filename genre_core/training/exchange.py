"""How a worker process is given the task of one fit, and returns its result: as files in a folder."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core.models.base import ModelConfig
from genre_core.models.config import make_config
from genre_core.models.history import Epoch, read_history, write_history
from genre_core.models.training_data import TrainedModel, TrainingData

_CONFIG, _DATA, _PROBABILITIES = "config.json", "data.npz", "probabilities.npy"


@dataclass(frozen=True, eq=False)
class FitTask:
    """A model to train, and the data to train and test it on."""

    config: ModelConfig
    data: TrainingData


@dataclass(frozen=True, eq=False)
class FitResult:
    """The predictions and the learning curve of a trained model; the model's own files lie beside them."""

    probabilities: np.ndarray
    """shape (test segments, genres), float64."""
    history: list[Epoch]


def write_task(folder: Path, task: FitTask) -> None:
    """Write a task to a folder."""
    config = {"model": task.config.model, "settings": task.config.values, "seed": task.config.seed}
    (folder / _CONFIG).write_text(json.dumps(config), encoding="utf-8")
    task.data.save(folder / _DATA)


def read_task(folder: Path) -> FitTask:
    """Read the task in a folder."""
    config = make_config(**json.loads((folder / _CONFIG).read_text(encoding="utf-8")))
    return FitTask(config, TrainingData.load(folder / _DATA))


def write_result(folder: Path, model: TrainedModel, data: TrainingData) -> None:
    """Write a trained model, its predictions for the test set, and its learning curve."""
    model.save(folder)
    n_test = len(data.x_test)
    probabilities = model.probabilities(data.scaled(data.x_test)) if n_test else np.zeros((0, data.n_genres))
    np.save(folder / _PROBABILITIES, probabilities)
    write_history(folder, model.history)


def read_result(folder: Path) -> FitResult:
    """Read the result in a folder."""
    probabilities = np.load(folder / _PROBABILITIES, allow_pickle=False).astype(np.float64)
    return FitResult(probabilities, read_history(folder))
