"""How a worker process is given the task of one fit, and returns its result: as files in a folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from genre_core.models.base import ModelConfig
from genre_core.models.config import make_config
from genre_core.models.history import Epoch
from genre_core.models.training_data import TrainedModel, TrainingData

_CONFIG, _DATA = "config.json", "data.npz"
_PROBABILITIES, _HISTORY = "probabilities.npy", "history.json"


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
    history = json.dumps([asdict(epoch) for epoch in model.history])
    (folder / _HISTORY).write_text(history, encoding="utf-8")


def read_result(folder: Path) -> FitResult:
    """Read the result in a folder."""
    probabilities = np.load(folder / _PROBABILITIES, allow_pickle=False).astype(np.float64)
    history = [Epoch(**epoch) for epoch in json.loads((folder / _HISTORY).read_text(encoding="utf-8"))]
    return FitResult(probabilities, history)
