"""Figures of the page Train: learning curves."""

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from genre_core.figures import theme
from genre_core.models.history import Epoch

_MAX_POINTS = 200
"""Points of a curve."""

Quantity = Literal["accuracy", "loss"]


def learning_curve(
    epochs: Sequence[Epoch],
    quantity: Quantity,
    *,
    total_epochs: int | None = None,
    evaluated_on: Literal["Test set", "Validation set"] = "Test set",
) -> go.Figure:
    """Accuracy or loss over the epochs, on the training set and on the test set.

    Parameters
    ----------
    epochs : the epochs so far; may be empty.
    quantity : what is drawn.
    total_epochs : number of epochs to come in all, which fixes the axis while the curves grow.
    evaluated_on : the set that the epochs were evaluated on.
    """
    shown = thinned(epochs)
    figure = go.Figure()
    curves = (
        ("Training set", quantity, theme.TRAIN_COLOR, "dash"),
        (evaluated_on, f"test_{quantity}", theme.TEST_COLOR, "solid"),
    )
    value_format = ".1%" if quantity == "accuracy" else ".3f"
    for name, attribute, color, dash in curves:
        figure.add_scatter(
            x=[epoch.epoch for epoch in shown],
            y=[getattr(epoch, attribute) for epoch in shown],  # None without a test set: no line
            name=name,
            mode="lines",
            line={"color": color, "width": 2.5, "dash": dash},
            hovertemplate=f"Epoch %{{x}}: %{{y:{value_format}}}<extra>{name}</extra>",
        )
    last = total_epochs or (epochs[-1].epoch if epochs else 1)
    figure.update_xaxes(title="Epoch", range=[0, max(last, 2)])
    update_quantity_axis(figure, quantity)
    return theme.finish(figure, height=280)


def thinned(epochs: Sequence[Epoch]) -> list[Epoch]:
    """Every n-th epoch and the last, few enough to draw."""
    step = max(1, -(-len(epochs) // _MAX_POINTS))
    return [*epochs[::step], *(epochs[-1:] if len(epochs) % step != 1 % step else [])]


def update_quantity_axis(figure: go.Figure, quantity: Quantity) -> None:
    """Set title, range and ticks of the vertical axis of learning curves."""
    if quantity == "accuracy":
        figure.update_yaxes(title="Accuracy (segments)", range=[0, 1.02], tickformat=".0%")
    else:
        figure.update_yaxes(title="Loss (cross-entropy)", rangemode="tozero")
