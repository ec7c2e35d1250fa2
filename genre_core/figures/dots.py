"""Scores as dots with their 95 % confidence intervals, side by side: of runs, and of the students of a challenge."""

from collections.abc import Sequence

import plotly.graph_objects as go

from genre_core.evaluation import Interval


def add_dots(
    figure: go.Figure,
    name: str,
    *,
    color: str,
    symbol: str,
    places: Sequence[float],
    values: Sequence[float],
    bounds: Sequence[Interval],
    hover: Sequence[str],
) -> None:
    """Add dots of one kind, with a horizontal bar for each interval.

    Parameters
    ----------
    name : of the dots, in the legend.
    places : heights of the dots.
    values, bounds : the scores and their intervals, from 0 to 1.
    hover : texts of the dots, escaped.
    """
    figure.add_scatter(
        x=list(values),
        y=list(places),
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [max(ci.high - value, 0.0) for ci, value in zip(bounds, values, strict=True)],
            "arrayminus": [max(value - ci.low, 0.0) for ci, value in zip(bounds, values, strict=True)],
            "thickness": 2,
            "width": 4,
        },
        mode="markers",
        name=name,
        marker={"color": color, "size": 10, "symbol": symbol},
        hovertext=list(hover),
        hovertemplate="%{hovertext}<extra></extra>",
    )
