"""Figures of curves over the limit of a genre's probability: ROC and precision-recall."""

import plotly.graph_objects as go

from genre_core import escaping
from genre_core.evaluation.further import GenreCurves
from genre_core.figures.theme import LINE_DASHES, NEUTRAL_COLOR, finish, genre_colors
from genre_core.runs.curves import RunCurves

_MEAN_COLOR = "#7a808c"


def roc(curves: RunCurves) -> go.Figure:
    """Draw the ROC curve of each genre and their mean, and the diagonal of chance."""
    figure = _figure()
    _add_chance(figure, [0, 1])
    for curve, line in _lines(curves):
        figure.add_scatter(
            x=curve.false_positive_rate,
            y=curve.true_positive_rate,
            hovertemplate="%{y:.0%} of the genre found,<br>%{x:.0%} of the others too<extra>"
            f"{line['name']}<br>AUROC {curve.auroc:.2f}</extra>",
            **line,
        )
    figure.update_xaxes(title="False positive rate")
    figure.update_yaxes(title="True positive rate")
    return figure


def precision_recall(curves: RunCurves) -> go.Figure:
    """Draw the precision-recall curve of each genre and their mean, and the mean precision of chance."""
    figure = _figure()
    if curves.mean:
        _add_chance(figure, [curves.mean.share] * 2)
    for curve, line in _lines(curves):
        figure.add_scatter(
            x=curve.recall,
            y=curve.precision,
            hovertemplate="%{x:.0%} of the genre found,<br>%{y:.0%} of what is found is right<extra>"
            f"{line['name']}<br>Average precision {curve.average_precision:.2f}</extra>",
            **line,
        )
    # Steps: average precision takes for each recall the precision where it is reached.
    figure.update_traces(line_shape="vh")
    figure.update_xaxes(title="Recall")
    figure.update_yaxes(title="Precision")
    return figure


def _figure() -> go.Figure:
    figure = go.Figure()
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(range=[-0.01, 1.02], tickformat=".0%", dtick=0.2, fixedrange=True, zeroline=False)
    figure.update_layout(dragmode=False, hovermode="closest")
    finish(figure, height=520)
    return figure.update_layout(margin_r=28)  # room for the last tick


def _add_chance(figure: go.Figure, y: list[float]) -> None:
    line = {"color": NEUTRAL_COLOR, "width": 1.5, "dash": "longdashdot"}
    figure.add_scatter(x=[0, 1], y=y, mode="lines", name="Chance", line=line, hoverinfo="skip")


def _lines(curves: RunCurves) -> list[tuple[GenreCurves, dict[str, object]]]:
    """Each curve with the looks of its line; the mean last, above the others."""
    colors = genre_colors(curve.genre for curve in curves.genres)
    lines: list[tuple[GenreCurves, dict[str, object]]] = []
    for number, curve in enumerate(curves.genres):
        line = {"color": colors[curve.genre], "width": 2, "dash": LINE_DASHES[number % len(LINE_DASHES)]}
        lines.append((curve, {"name": escaping.plotly(curve.genre), "mode": "lines", "line": line}))
    if curves.mean:
        lines.append((curves.mean, {"name": "Mean", "mode": "lines", "line": {"color": _MEAN_COLOR, "width": 5}}))
    return lines
