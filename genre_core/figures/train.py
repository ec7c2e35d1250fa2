"""Figures of a training: how loss and accuracy change from epoch to epoch."""

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from genre_core.figures import theme
from genre_core.models.history import Epoch

_MOST_POINTS = 200

Quantity = Literal["accuracy", "loss"]


def curve(epochs: Sequence[Epoch], quantity: Quantity, *, total: int | None = None) -> go.Figure:
    """Accuracy or loss on the training and the test part over the epochs.

    Parameters
    ----------
    epochs : what is known so far; may be empty.
    total : epochs that are to come in all, so that the axis stands still while the curves grow.
    """
    step = max(1, -(-len(epochs) // _MOST_POINTS))
    shown = [*epochs[::step], *(epochs[-1:] if len(epochs) % step != 1 % step else [])]
    figure = go.Figure()
    parts = (("training part", quantity, theme.TRAIN_COLOR), ("test part", f"test_{quantity}", theme.TEST_COLOR))
    for name, attribute, color in parts:
        figure.add_scatter(
            x=[epoch.epoch for epoch in shown],
            y=[getattr(epoch, attribute) for epoch in shown],  # None where nothing is tested: no line
            name=name,
            mode="lines",
            line={"color": color, "width": 2.5},
            hovertemplate="epoch %{x}: %{y:.3f}<extra>" + name + "</extra>",
        )
    last = total or (epochs[-1].epoch if epochs else 1)
    figure.update_xaxes(title="epoch", range=[0, max(last, 2)])
    if quantity == "accuracy":
        figure.update_yaxes(title="accuracy", range=[0, 1.02], tickformat=".0%")
    else:
        figure.update_yaxes(title="loss", rangemode="tozero")
    return theme.finish(figure, height=280)
