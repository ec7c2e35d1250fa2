"""Training: from a dataset and a configuration to a run, by way of a worker process.

    dataset ── split ── scaling ──> worker process ──> model, predictions ──> Run on disk
                                        └── epochs ──> TrainingJob

- `Trainer.start` starts a training and returns a `TrainingJob`, which shows its progress and can stop it.
- The module `sweep` tries many configurations within a time budget.
- The module `single` has `train`, which trains one configuration and waits for its run.
- `expected_seconds` estimates the duration; `check_features` says whether a model takes a feature set.

TensorFlow is loaded in the worker process alone.
"""

from genre_core.training.checks import check_features
from genre_core.training.duration import expected_seconds
from genre_core.training.job import State, TrainingJob
from genre_core.training.trainer import Trainer

__all__ = [
    "State",
    "Trainer",
    "TrainingJob",
    "check_features",
    "expected_seconds",
]
