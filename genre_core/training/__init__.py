"""Training."""

from genre_core.training.trainer import State, Trainer, TrainingJob, check_features, expected_seconds

__all__ = [
    "State",
    "Trainer",
    "TrainingJob",
    "check_features",
    "expected_seconds",
]
