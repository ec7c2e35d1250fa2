"""Evaluation: scores of predictions with confidence intervals, the confusion matrix, and calibration.

`Evaluation` holds the predictions for labeled segments and computes everything else from them, except what is seldom
asked for: `further` has further scores and curves, `paired` the difference of two evaluations.
"""

from genre_core.evaluation.evaluation import Calibration, ConfusedPair, Evaluation
from genre_core.evaluation.scores import (
    ACCURACIES,
    SCORE_NAMES,
    SCORES,
    Interval,
    Scores,
    interval_text,
    score_text,
)

__all__ = [
    "ACCURACIES",
    "SCORES",
    "SCORE_NAMES",
    "Calibration",
    "ConfusedPair",
    "Evaluation",
    "Interval",
    "Scores",
    "interval_text",
    "score_text",
]
