"""Evaluation."""

from genre_core.evaluation.evaluation import SCORES, Calibration, ConfusedPair, Evaluation, Interval, Scores

__all__ = [
    "SCORES",
    "Calibration",
    "ConfusedPair",
    "Evaluation",
    "Interval",
    "Scores",
]
