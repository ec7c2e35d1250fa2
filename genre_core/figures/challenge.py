"""Figures of a class challenge: the accuracy per track of every student, with its 95 % confidence interval."""

from collections.abc import Sequence

import plotly.graph_objects as go

from genre_core import escaping
from genre_core.classroom.challenges import Board, Outcome
from genre_core.evaluation import Interval
from genre_core.figures import theme
from genre_core.figures.dots import add_dots
from genre_core.wording import interval, score

_ROW_HEIGHT = 46
_OFFSET = 0.13


def board(shown: Board) -> go.Figure:
    """Draw the best submission of each student as scored on the validation set, the leader on top.

    Differences from the leader that are more than chance are gray.
    """
    figure = go.Figure()
    for name, color, chosen in (
        ("Leader", theme.CHOSEN_COLOR, [row.is_leader for row in shown.rows]),
        ("Difference is chance", theme.TRACK_COLOR, [row.is_chance and not row.is_leader for row in shown.rows]),
        ("Difference is more than chance", theme.NEUTRAL_COLOR, [not row.is_chance for row in shown.rows]),
    ):
        places = [place for place, is_chosen in enumerate(chosen) if is_chosen]
        rows = [shown.rows[place] for place in places]
        if rows:
            values, bounds = [row.accuracy for row in rows], [row.ci95 for row in rows]
            _add(figure, name, color, "diamond", places, values, bounds)
    return _finished(figure, [row.nickname for row in shown.rows])


def outcome(shown: Outcome) -> go.Figure:
    """Draw the accuracy of each student on the validation set and on the test set, best on the test set on top."""
    figure = go.Figure()
    places = [float(place) for place in range(len(shown.rows))]
    _add(
        figure,
        "Validation set",
        theme.TRAIN_COLOR,
        "circle",
        [place - _OFFSET for place in places],
        [row.valid_accuracy for row in shown.rows],
        [row.valid_ci95 for row in shown.rows],
    )
    _add(
        figure,
        "Test set",
        theme.TEST_COLOR,
        "diamond",
        [place + _OFFSET for place in places],
        [row.accuracy for row in shown.rows],
        [row.ci95 for row in shown.rows],
    )
    return _finished(figure, [row.nickname for row in shown.rows])


def _add(
    figure: go.Figure,
    name: str,
    color: str,
    symbol: str,
    places: Sequence[float],
    values: Sequence[float],
    bounds: Sequence[Interval],
) -> None:
    add_dots(
        figure,
        name,
        color=color,
        symbol=symbol,
        places=places,
        values=values,
        bounds=bounds,
        hover=[
            f"{score(value)} (95 % CI {interval(ci.low, ci.high)})" for value, ci in zip(values, bounds, strict=True)
        ],
    )


def _finished(figure: go.Figure, nicknames: Sequence[str]) -> go.Figure:
    figure.update_xaxes(title="Accuracy (tracks)", range=[-0.01, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(
        range=[len(nicknames) - 0.5, -0.7],
        tickvals=list(range(len(nicknames))),
        ticktext=[escaping.plotly(nickname) for nickname in nicknames],
        fixedrange=True,
    )
    figure.update_layout(dragmode=False)
    theme.finish(figure, height=140 + _ROW_HEIGHT * max(len(nicknames), 1))
    # Below the plot: on a phone it has several lines, which would cover the top.
    return figure.update_layout(
        margin={"t": 8, "b": 120},
        legend={"orientation": "v", "yref": "container", "y": 0, "yanchor": "bottom"},
    )
