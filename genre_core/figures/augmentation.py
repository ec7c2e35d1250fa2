"""Figure of a run's accuracy on the test set as it is and with each augmentation."""

import plotly.graph_objects as go

from genre_core import escaping
from genre_core.audio.augmentation import AUGMENTATIONS
from genre_core.figures.evaluate import add_accuracies, finish_accuracies
from genre_core.runs import RunInfo


def augmented_scores(info: RunInfo) -> go.Figure:
    """Draw the accuracy per segment and per track, with 95 % confidence intervals: of the clean test set in the first
    row, then with each augmentation.  Those with which the run was trained are bold.
    """
    rows = [("Clean", info.scores, info.ci95)]
    rows += [(augmentation_title(name), test.scores, test.ci95) for name, test in info.augmented.items()]
    trained = [True, *(name in info.augmentations for name in info.augmented)]
    labels = [
        f"<b>{label}</b>" if bold else label
        for label, bold in zip((_narrow(title) for title, *_ in rows), trained, strict=True)
    ]
    figure = go.Figure()
    add_accuracies(figure, rows)
    return finish_accuracies(figure, labels, chance=1 / len(info.genres), height=90 + 84 * len(rows))


def augmentation_title(name: str) -> str:
    """The title of an augmentation; the name of one that this version doesn't have."""
    return AUGMENTATIONS[name].title if name in AUGMENTATIONS else name


def _narrow(title: str) -> str:
    """A title as a tick label that is narrow enough for a phone: at most two words a line."""
    words = title.split()
    return escaping.plotly("\n".join(" ".join(words[i : i + 2]) for i in range(0, len(words), 2)))
