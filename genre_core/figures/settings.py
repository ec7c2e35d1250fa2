"""Figures of settings and scores: how the score of runs depends on the settings of their model."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import plotly.graph_objects as go

from genre_core import escaping
from genre_core.evaluation import SCORE_NAMES
from genre_core.figures import theme
from genre_core.models.settings import Layers, Number, format_value
from genre_core.runs import RunInfo
from genre_core.runs.comparison import setting_name, varied_settings

Score = Literal["track_accuracy", "accuracy", "macro_f1"]
DRAWN_SCORES: tuple[Score, ...] = get_args(Score)
"""The scores that can be drawn."""

_WORST_COLOR, _BEST_COLOR = "#e8793a", "#4f7bea"
_MAX_TICKS = 12


def parallel_coordinates(infos: Sequence[RunInfo], score: Score) -> go.Figure:
    """Draw each run as a line across the axes of the settings that vary and of the score.

    The line of the best run is blue, of the worst orange. The runs must be of one model. The values of a setting are
    equally spaced, in order.
    """
    dimensions = []
    if len(features := sorted({info.features for info in infos})) > 1:
        dimensions.append(
            {
                "label": "Feature set",
                "values": [features.index(info.features) for info in infos],
                "range": [-0.2, len(features) - 0.8],
                "tickvals": list(range(len(features))),
                "ticktext": features,
            }
        )
    for name in varied_settings(infos):
        values, texts = _ordered_values(infos, name)
        ticks = _ticks(texts)
        dimensions.append(
            {
                "label": setting_name(infos[0], name),
                "values": [values.index(getattr(info.config, name)) for info in infos],
                "range": [-0.2, len(texts) - 0.8],
                "tickvals": ticks,
                "ticktext": [texts[tick] for tick in ticks],
            }
        )
    scores = [getattr(info.scores, score) for info in infos]
    dimensions.append(
        {
            "label": SCORE_NAMES[score],
            "values": scores,
            "range": list(_score_range(scores)),
            "tickformat": _tick_format(score),
        }
    )
    figure = go.Figure()
    figure.add_parcoords(
        dimensions=dimensions,
        line={
            "color": scores,
            "colorscale": [[0, _WORST_COLOR], [0.5, theme.NEUTRAL_COLOR], [1, _BEST_COLOR]],
            "cmin": min(scores),
            "cmax": max(scores),
            "showscale": False,
        },
        labelfont={"size": 13, "color": theme.NEUTRAL_COLOR, "shadow": "none"},
        tickfont={"size": 13, "color": theme.NEUTRAL_COLOR, "shadow": "none"},
        rangefont={"size": 1, "color": "rgba(0,0,0,0)", "shadow": "none"},
        labelangle=-20,
        unselected={"line": {"color": theme.NEUTRAL_COLOR, "opacity": 0.12}},
    )
    # Plotly's own axes are black in every theme.
    for i in range(len(dimensions)):
        x = i / (len(dimensions) - 1) if len(dimensions) > 1 else 0
        line = {"color": theme.NEUTRAL_COLOR, "width": 1}
        figure.add_shape(type="line", xref="paper", yref="paper", x0=x, x1=x, y0=0, y1=1, line=line)
    theme.finish(figure, height=380, legend=False)
    return figure.update_layout(margin={"l": 44, "r": 44, "t": 84, "b": 16})


def setting_effect(infos: Sequence[RunInfo], setting: str, score: Score) -> go.Figure:
    """Draw the score of each run over the values of a setting, the mean score of each value as a line, and the best run
    as a star.

    The runs must be of one model. The values are equally spaced, in order.
    """
    values, texts = _ordered_values(infos, setting)
    scores = np.array([getattr(info.scores, score) for info in infos])
    places = np.array([values.index(getattr(info.config, setting)) for info in infos])
    means = [float(scores[places == place].mean()) for place in range(len(values))]
    best = int(np.argmax(scores))
    figure = go.Figure()
    figure.add_scatter(
        x=list(range(len(values))),
        y=means,
        mode="lines+markers",
        name="mean",
        line={"color": theme.TRAIN_COLOR, "width": 2.5},
        marker={"size": 9, "symbol": "line-ew", "line": {"width": 3, "color": theme.TRAIN_COLOR}},
        customdata=texts,
        hovertemplate="mean at %{customdata}: %{y:.3f}<extra></extra>",
    )
    hover = [
        f"{escaping.plotly(info.config.description)}: {value:.3f}" for info, value in zip(infos, scores, strict=True)
    ]
    others = [i for i in range(len(infos)) if i != best]
    figure.add_scatter(
        x=places[others],
        y=scores[others],
        mode="markers",
        name="run",
        marker={"size": 9, "color": theme.SEGMENT_COLOR, "opacity": 0.6},
        hovertext=[hover[i] for i in others],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=places[[best]],
        y=scores[[best]],
        mode="markers",
        name="best run",
        marker={"size": 15, "symbol": "star", "color": theme.CHOSEN_COLOR},
        hovertext=[hover[best]],
        hovertemplate="best run: %{hovertext}<extra></extra>",
    )
    ticks = _ticks(texts)
    figure.update_xaxes(
        title=setting_name(infos[0], setting),
        tickvals=ticks,
        ticktext=[texts[tick] for tick in ticks],
        range=[-0.5, len(texts) - 0.5],
        fixedrange=True,
    )
    figure.update_yaxes(range=_score_range(scores.tolist()), fixedrange=True, nticks=6)
    figure.update_yaxes(title=SCORE_NAMES[score], tickformat=_tick_format(score))
    figure.update_layout(dragmode=False, hovermode="closest")
    return theme.finish(figure, height=300)


def _ordered_values(infos: Sequence[RunInfo], setting: str) -> tuple[list[Any], list[str]]:
    """The values of a setting that occur, in order, and their texts."""
    known = infos[0].config.settings().get(setting)
    values = {getattr(info.config, setting) for info in infos}
    if known is None or isinstance(known, Number):
        ordered = sorted(values)
    elif isinstance(known, Layers):
        ordered = sorted(values, key=lambda layers: (len(layers), layers))
    else:
        ordered = [option for option in known.options if option in values]
    return ordered, [format_value(value) for value in ordered]


def _ticks(texts: Sequence[str]) -> list[int]:
    return list(range(len(texts)))[:: -(-len(texts) // _MAX_TICKS)]


def _tick_format(score: Score) -> str:
    return ".2f" if score == "macro_f1" else ".0%"


def _score_range(scores: Sequence[float]) -> tuple[float, float]:
    """An axis range that shows all scores, at least 0.05 wide so that small differences look small."""
    low, high = min(scores), max(scores)
    margin = max(0.1 * (high - low), (0.05 - (high - low)) / 2, 0.01)
    return max(low - margin, -0.01), min(high + margin, 1.01)
