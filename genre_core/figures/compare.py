"""Figures that compare runs: scores with confidence intervals, and learning curves.

Runs are named by their labels (`runs.run_labels`), which contain the split, since no score is shown without it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from genre_core import escaping
from genre_core.evaluation import SCORE_NAMES, interval_text
from genre_core.figures import theme
from genre_core.figures.dots import add_dots
from genre_core.figures.train import Quantity, thinned, update_quantity_axis
from genre_core.models.history import Epoch
from genre_core.runs import RunInfo, comparison, run_labels
from genre_core.wording import score

_LINE_COLORS = ("#4f7bea", "#e8793a", "#2f9e6e", "#c2255c", "#8a63d2", "#1f9bb5", "#a8772f", "#d65db1", "#6b7794")
_MAX_LINE, _MIN_LINE = 46, 12
"""Characters of a line of text that fits on a phone, and of the shortest line worth a break."""


def intervals(infos: Sequence[RunInfo]) -> go.Figure:
    """Draw the accuracy of each run, per segment and per track, with 95 % confidence intervals.

    Runs with the same test set are grouped under its name, best on top.
    """
    by_test_set: dict[str, list[RunInfo]] = {}
    for info in infos:
        by_test_set.setdefault(comparison.describe_test_set(info), []).append(info)
    labels = run_labels(infos)
    notes: list[dict[str, Any]] = []
    places: dict[str, float] = {}
    place = 0.0

    def note(text: str, y: float) -> None:
        position = {"x": 0, "xref": "paper", "xanchor": "left", "y": y, "showarrow": False, "align": "left"}
        notes.append(position | {"text": text, "font": {"size": 13}})

    for test_set, group in by_test_set.items():
        note(f"<b>{escaping.plotly(_wrapped(test_set))}</b>", place)
        place += 1
        for info in sorted(group, key=comparison.ranking_key, reverse=True):
            text = escaping.plotly(_wrapped(labels[info.name]))
            note(text, place)
            places[info.name] = place + (0.95 if "<br>" in text else 0.72)
            place = places[info.name] + 0.8
        place += 0.3
    figure = go.Figure()
    for key, color, symbol, offset in (
        ("accuracy", theme.SEGMENT_COLOR, "circle", -0.11),
        ("track_accuracy", theme.TRACK_COLOR, "diamond", 0.11),
    ):
        name = SCORE_NAMES[key]
        values = [getattr(info.scores, key) for info in infos]
        bounds = [info.ci95[key] for info in infos]
        add_dots(
            figure,
            name,
            color=color,
            symbol=symbol,
            places=[places[info.name] + offset for info in infos],
            values=values,
            bounds=bounds,
            hover=[
                f"{escaping.plotly(_wrapped(labels[info.name]))}<br>{name}: <b>{score(value)}</b> "
                f"(95 % CI {interval_text(key, ci)})"
                for info, value, ci in zip(infos, values, bounds, strict=True)
            ],
        )
    figure.update_xaxes(range=[-0.01, 1.02], tickformat=".0%", fixedrange=True, side="bottom")
    figure.update_yaxes(range=[place, -0.5], visible=False, fixedrange=True)
    figure.update_layout(annotations=notes, dragmode=False, hovermode="closest")
    theme.finish(figure, height=90 + round(40 * (place + 0.5)))
    return figure.update_layout(margin_r=24)


def curves(histories: Mapping[str, Sequence[Epoch]], quantity: Quantity) -> go.Figure:
    """Draw the test accuracy or test loss over the epochs, one line per run.

    Parameters
    ----------
    histories : the epochs of each run, by its label.
    """
    figure = go.Figure()
    for i, (label, epochs) in enumerate(histories.items()):
        tested = [epoch for epoch in epochs if getattr(epoch, f"test_{quantity}") is not None]
        shown = thinned(tested)
        figure.add_scatter(
            x=[epoch.epoch for epoch in shown],
            y=[getattr(epoch, f"test_{quantity}") for epoch in shown],
            name=escaping.plotly(_wrapped(label)),
            mode="lines",
            line={
                "color": _LINE_COLORS[i % len(_LINE_COLORS)],
                "dash": theme.LINE_DASHES[i // len(_LINE_COLORS) % len(theme.LINE_DASHES)],
                "width": 2.5,
            },
            hovertemplate="epoch %{x}: %{y:.3f}<extra></extra>",
        )
    figure.update_xaxes(title="Epoch", rangemode="tozero")
    update_quantity_axis(figure, quantity)
    legend_lines = sum(1 + _wrapped(label).count("\n") for label in histories)
    plot_height, legend_height = 300, 24 + 22 * legend_lines
    theme.finish(figure, height=plot_height + legend_height + 50)
    # Below the plot, one line per run: labels are too long for a phone to be side by side.
    return figure.update_layout(
        margin_t=8,
        legend={
            "orientation": "v", "x": 0, "y": -60 / plot_height, "yanchor": "top", "xanchor": "left", "font_size": 13
        },
    )  # fmt: skip


def _wrapped(text: str) -> str:
    """Break a text that is too long for a phone into two lines, between its parts."""
    if len(text) <= _MAX_LINE:
        return text
    for mark in (" · ", ", ", " "):
        if (end := text.rfind(mark, 0, _MAX_LINE + len(mark))) > _MIN_LINE:
            return f"{text[:end]}{mark.strip(' ·')}\n{text[end + len(mark) :]}"
    return text
