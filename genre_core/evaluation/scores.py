"""The scores of a model on a set of segments, and their confidence intervals."""

from dataclasses import dataclass

from genre_core import wording

SCORES = ("accuracy", "track_accuracy", "macro_f1", "log_loss")
"""The scores, in the order in which they are shown."""
SCORE_NAMES = {
    "accuracy": "Accuracy (segments)",
    "track_accuracy": "Accuracy (tracks)",
    "macro_f1": "Macro F1",
    "log_loss": "Log loss",
}
"""Name of each score for people."""
ACCURACIES = ("accuracy", "track_accuracy")
"""The scores that are shares, shown in percent."""


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Scores:
    """Scores on a set of segments."""

    segments: int
    tracks: int
    accuracy: float
    """Share of segments predicted correctly."""
    track_accuracy: float
    """Share of tracks predicted correctly, by the mean of the probabilities of their segments."""
    macro_f1: float
    """Unweighted mean of the genres' F1."""
    log_loss: float
    """Mean cross-entropy per segment, in nats."""


def score_text(name: str, value: float) -> str:
    """A score as text: an accuracy as in "96.4 %", macro F1 and log loss as in "0.96"."""
    return wording.score(value) if name in ACCURACIES else f"{value:.2f}"


def interval_text(name: str, interval: Interval) -> str:
    """The confidence interval of a score as text, as in "93.8 to 96.2 %" or "0.93 to 0.96"."""
    if name in ACCURACIES:
        return wording.interval(interval.low, interval.high)
    return f"{interval.low:.2f} to {interval.high:.2f}"
