"""Figures of several runs side by side: scores with intervals, curves, the difference of two confusion matrices, and
what the settings do.

A run is called by its label, which `labels` makes: it names the split, since no score is shown without it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from genre_core import escaping
from genre_core.evaluation import Evaluation
from genre_core.figures import theme
from genre_core.figures.evaluate import RIGHT, WRONG, cell_font
from genre_core.figures.formatting import score as in_percent
from genre_core.models.config import Layers, Number, format_value
from genre_core.models.history import Epoch
from genre_core.runs import RunInfo, comparison

Score = Literal["track_accuracy", "accuracy", "macro_f1"]
SCORES: dict[Score, str] = {
    "track_accuracy": "Tracks right",
    "accuracy": "Segments right",
    "macro_f1": "Macro F1",
}
"""The scores that can be drawn, and what they are called."""

_COLORS = ("#4f7bea", "#e8793a", "#2f9e6e", "#c2255c", "#8a63d2", "#1f9bb5", "#a8772f", "#d65db1", "#6b7794")
_DASHES = ("solid", "dash", "dot", "dashdot")
_SEGMENTS_COLOR, _TRACKS_COLOR = "#4f7bea", "#e8793a"  # as on Evaluate
_NOTHING_COLOR = "rgba(139,143,153,0.10)"
_GRAY = "#8b8f99"
_LEAST_FULL = 20.0  # points of difference that the fullest color stands for, at least
_BEST_COLOR = "#b026c9"
_WORST_LINE, _BEST_LINE = "#e8793a", "#4f7bea"
_LONGEST_LABEL, _LEAST_LINE = 46, 12  # characters
_MOST_TICKS = 12
_MOST_POINTS = 200  # of a curve


def title(info: RunInfo) -> str:
    """What a run is called: its title, or its settings where it has none but the number that a sweep gave it."""
    numbered = bool(info.sweep) and info.title.startswith(info.sweep)
    return info.description if numbered or not info.title else info.title


def labels(infos: Sequence[RunInfo]) -> dict[str, str]:
    """What each run is called in figures, by its name: its title or settings, and its split; no two the same."""
    said = {info.name: f"{_cut(title(info))} · {info.split.description}" for info in infos}
    texts = list(said.values())
    again = {name for name, text in said.items() if texts.count(text) > 1}
    for info in infos:
        if info.name in again:
            said[info.name] += f" · {datetime.fromisoformat(info.created).astimezone():%H:%M:%S}"
    texts = list(said.values())
    return {name: f"{text} · {name[-4:]}" if texts.count(text) > 1 else text for name, text in said.items()}


def intervals(infos: Sequence[RunInfo]) -> go.Figure:
    """Accuracy per segment and per track of each run with its 95 % interval; runs of one test stand together, under
    the name of the test, the best on top."""
    by_test: dict[str, list[RunInfo]] = {}
    for info in infos:
        by_test.setdefault(comparison.test_of(info), []).append(info)
    names = labels(infos)
    notes: list[dict[str, Any]] = []
    places: dict[str, float] = {}
    place = 0.0

    def note(text: str, at: float, **font: Any) -> None:
        notes.append(
            {"x": 0, "xref": "paper", "xanchor": "left", "y": at, "text": text, "showarrow": False, "align": "left"}
            | {"font": {"size": 13} | font}
        )

    for test, group in by_test.items():
        note(f"<b>{escaping.plotly(_wrapped(test))}</b>", place)
        place += 1
        for info in sorted(group, key=lambda info: info.scores.track_accuracy, reverse=True):
            note(escaping.plotly(_wrapped(names[info.name].removesuffix(f" · {info.split.description}"))), place)
            places[info.name] = place + 0.62
            place += 1.35
        place += 0.3
    figure = go.Figure()
    for name, score, color, symbol, shift in (
        ("segments right", "accuracy", _SEGMENTS_COLOR, "circle", -0.11),
        ("tracks right", "track_accuracy", _TRACKS_COLOR, "diamond", 0.11),
    ):
        values = [getattr(info.scores, score) for info in infos]
        known = [info.ci95[score] for info in infos]
        figure.add_scatter(
            x=values,
            y=[places[info.name] + shift for info in infos],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [max(i.high - v, 0.0) for i, v in zip(known, values, strict=True)],
                "arrayminus": [max(v - i.low, 0.0) for i, v in zip(known, values, strict=True)],
                "thickness": 2,
                "width": 4,
            },
            mode="markers",
            name=name,
            marker={"color": color, "size": 10, "symbol": symbol},
            hovertext=[
                f"{escaping.plotly(names[info.name])}<br>{name}: {in_percent(v)} "
                f"({in_percent(i.low)} to {in_percent(i.high)})"
                for info, v, i in zip(infos, values, known, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.update_xaxes(range=[-0.01, 1.02], tickformat=".0%", fixedrange=True, side="bottom")
    figure.update_yaxes(range=[place, -0.5], visible=False, fixedrange=True)
    figure.update_layout(annotations=notes, dragmode=False, hovermode="closest")
    theme.finish(figure, height=90 + round(40 * (place + 0.5)))
    return figure.update_layout(margin_r=24)


def curves(histories: Mapping[str, Sequence[Epoch]], quantity: Literal["accuracy", "loss"]) -> go.Figure:
    """Accuracy or loss on the test part over the epochs, a line a run.

    Parameters
    ----------
    histories : the epochs of each run, by its label.
    """
    figure = go.Figure()
    for i, (label, epochs) in enumerate(histories.items()):
        tested = [epoch for epoch in epochs if getattr(epoch, f"test_{quantity}") is not None]
        step = max(1, -(-len(tested) // _MOST_POINTS))
        shown = [*tested[::step], *(tested[-1:] if len(tested) % step != 1 % step else [])]
        figure.add_scatter(
            x=[epoch.epoch for epoch in shown],
            y=[getattr(epoch, f"test_{quantity}") for epoch in shown],
            name=escaping.plotly(_wrapped(label)),
            mode="lines",
            line={
                "color": _COLORS[i % len(_COLORS)],
                "dash": _DASHES[i // len(_COLORS) % len(_DASHES)],
                "width": 2.5,
            },
            hovertemplate="epoch %{x}: %{y:.3f}<extra></extra>",
        )
    figure.update_xaxes(title="epoch", rangemode="tozero")
    if quantity == "accuracy":
        figure.update_yaxes(title="test accuracy", range=[0, 1.02], tickformat=".0%")
    else:
        figure.update_yaxes(title="test loss", rangemode="tozero")
    lines = sum(1 + _wrapped(label).count("<br>") for label in histories)
    plot, legend = 300, 24 + 22 * lines
    theme.finish(figure, height=plot + legend + 50)
    # Below the plot, a line a run: names are too long for a phone to stand side by side.
    return figure.update_layout(
        margin_t=8,
        legend={"orientation": "v", "x": 0, "y": -60 / plot, "yanchor": "top", "xanchor": "left", "font_size": 13},
    )


def confusion_difference(first: Evaluation, second: Evaluation) -> go.Figure:
    """The second run's confusion matrix less the first one's, in points of per cent of each true genre.

    Blue where the second is better: more heard right on the diagonal, fewer mistakes beside it; orange where it is
    worse.  Both must have the same genres; a genre that one of them was not tested on is left empty.
    """
    genres = first.genres
    difference = 100 * (_shares(second.confusion) - _shares(first.confusion))
    tested = np.isfinite(difference)
    diagonal = np.eye(len(genres), dtype=bool)
    better = np.where(diagonal, difference, -difference)
    full = max(float(np.abs(difference[tested]).max(initial=0)), _LEAST_FULL)
    # As it is told: what rounds to nothing is nothing.
    something = tested & (np.abs(difference) >= 0.5)
    figure = go.Figure()
    for part, scale in (
        (~something, [[0, _NOTHING_COLOR], [1, _NOTHING_COLOR]]),
        (something, [[0, WRONG[1]], [0.5, WRONG[0]], [0.5, RIGHT[0]], [1, RIGHT[1]]]),
    ):
        figure.add_heatmap(
            z=np.where(part, np.where(tested, better, 0), np.nan),
            zmin=-full,
            zmax=full,
            colorscale=scale,
            showscale=False,
            hoverinfo="skip",
            xgap=2,
            ygap=2,
        )
    cells = [(row, column) for row in range(len(genres)) for column in range(len(genres))]
    texts = [_points(difference[cell]) for cell in cells]
    figure.update_layout(
        annotations=[
            {"x": column, "y": row, "text": text, "showarrow": False}
            | {"font": cell_font(text, bool(something[row, column]), abs(difference[row, column]) / full)}
            for (row, column), text in zip(cells, texts, strict=True)
        ]
    )
    shares = [_shares(evaluation.confusion) for evaluation in (first, second)]
    figure.add_scatter(
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        mode="markers",
        marker={"size": 6, "opacity": 0},
        hovertext=[
            f"<b>{escaping.plotly(genres[row])}</b> heard as <b>{escaping.plotly(genres[column])}</b><br>"
            f"first run: {_share(shares[0][row, column])}<br>second run: {_share(shares[1][row, column])}"
            for row, column in cells
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    names = {"tickvals": list(range(len(genres))), "ticktext": [escaping.plotly(genre) for genre in genres]}
    names |= {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": ""}
    span = len(genres) - 0.5
    figure.update_xaxes(names, title="heard as", range=[-0.5, span], tickangle=-60)
    figure.update_yaxes(names, title="true genre", range=[span, -0.5])
    figure.update_layout(dragmode=False, hovermode="closest", hoverdistance=-1)
    theme.finish(figure, height=130 + 40 * max(len(genres), 4), legend=False)
    return figure.update_layout(margin_t=8)


def varied(infos: Sequence[RunInfo]) -> list[str]:
    """The settings in which runs of one model differ; the seed counts as one."""
    settings = [*infos[0].config.settings(), "seed"] if infos else []
    return [name for name in settings if len({getattr(info.config, name) for info in infos}) > 1]


def parallel(infos: Sequence[RunInfo], score: Score) -> go.Figure:
    """Parallel coordinates: an axis for each setting that varies and one for the score, a line a run: blue for the
    best, orange for the worst.

    The runs must be of one model.  The values of a setting stand at equal distances, in order.
    """
    dimensions = []
    if len(features := sorted({info.features for info in infos})) > 1:
        dimensions.append(
            {
                "label": "Features",
                "values": [features.index(info.features) for info in infos],
                "range": [-0.2, len(features) - 0.8],
                "tickvals": list(range(len(features))),
                "ticktext": features,
            }
        )
    for name in varied(infos):
        values, texts = _ordered(infos, name)
        ticks = list(range(len(texts)))[:: -(-len(texts) // _MOST_TICKS)]
        dimensions.append(
            {
                "label": _label(infos[0], name),
                "values": [values.index(getattr(info.config, name)) for info in infos],
                "range": [-0.2, len(texts) - 0.8],
                "tickvals": ticks,
                "ticktext": [texts[tick] for tick in ticks],
            }
        )
    scores = [getattr(info.scores, score) for info in infos]
    low, high = _with_room(scores)
    dimensions.append(
        {
            "label": SCORES[score],
            "values": scores,
            "range": [low, high],
            "tickformat": ".2f" if score == "macro_f1" else ".0%",
        }
    )
    figure = go.Figure()
    figure.add_parcoords(
        dimensions=dimensions,
        line={
            "color": scores,
            "colorscale": [[0, _WORST_LINE], [0.5, _GRAY], [1, _BEST_LINE]],
            "cmin": min(scores),
            "cmax": max(scores),
            "showscale": False,
        },
        labelfont={"size": 13, "color": _GRAY, "shadow": "none"},
        tickfont={"size": 13, "color": _GRAY, "shadow": "none"},
        rangefont={"size": 1, "color": "rgba(0,0,0,0)", "shadow": "none"},
        labelangle=-20,
        unselected={"line": {"color": _GRAY, "opacity": 0.12}},
    )
    theme.finish(figure, height=380, legend=False)
    return figure.update_layout(margin={"l": 44, "r": 44, "t": 84, "b": 16})


def influence(infos: Sequence[RunInfo], setting: str, score: Score) -> go.Figure:
    """What a setting does: the score of each run over its values, their mean as a line, the best run as a star.

    The runs must be of one model; the values stand at equal distances, in order.
    """
    values, texts = _ordered(infos, setting)
    scores = np.array([getattr(info.scores, score) for info in infos])
    places = np.array([values.index(getattr(info.config, setting)) for info in infos])
    means = [float(scores[places == place].mean()) for place in range(len(values))]
    best = int(np.argmax(scores))
    style = {"customdata": texts, "hovertemplate": "mean at %{customdata}: %{y:.3f}<extra></extra>"}
    figure = go.Figure()
    figure.add_scatter(
        x=list(range(len(values))),
        y=means,
        mode="lines+markers",
        name="mean",
        line={"color": theme.TRAIN_COLOR, "width": 2.5},
        marker={"size": 9, "symbol": "line-ew", "line": {"width": 3, "color": theme.TRAIN_COLOR}},
        **style,
    )
    hover = [
        f"{escaping.plotly(info.config.description)}: {value:.3f}" for info, value in zip(infos, scores, strict=True)
    ]
    others = [i for i in range(len(infos)) if i != best]
    figure.add_scatter(
        x=places[others],
        y=scores[others],
        mode="markers",
        name="a run",
        marker={"size": 9, "color": _SEGMENTS_COLOR, "opacity": 0.6},
        hovertext=[hover[i] for i in others],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=places[[best]],
        y=scores[[best]],
        mode="markers",
        name="the best",
        marker={"size": 15, "symbol": "star", "color": _BEST_COLOR},
        hovertext=[hover[best]],
        hovertemplate="the best: %{hovertext}<extra></extra>",
    )
    ticks = list(range(len(texts)))[:: -(-len(texts) // _MOST_TICKS)]
    figure.update_xaxes(
        title=_label(infos[0], setting),
        tickvals=ticks,
        ticktext=[texts[tick] for tick in ticks],
        range=[-0.5, len(texts) - 0.5],
        fixedrange=True,
    )
    figure.update_yaxes(range=_with_room(scores.tolist()), fixedrange=True, nticks=6)
    figure.update_yaxes(title=SCORES[score].lower(), tickformat=".2f" if score == "macro_f1" else ".0%")
    figure.update_layout(dragmode=False, hovermode="closest")
    return theme.finish(figure, height=300)


def _ordered(infos: Sequence[RunInfo], setting: str) -> tuple[list[Any], list[str]]:
    """The values of a setting that occur, in order, and how each is told."""
    known = infos[0].config.settings().get(setting)
    values = {getattr(info.config, setting) for info in infos}
    if known is None or isinstance(known, Number):
        ordered = sorted(values)
    elif isinstance(known, Layers):
        ordered = sorted(values, key=lambda layers: (len(layers), layers))
    else:
        ordered = [option for option in known.options if option in values]
    return ordered, [format_value(value) for value in ordered]


def _label(info: RunInfo, setting: str) -> str:
    known = info.config.settings().get(setting)
    return known.label if known else "Seed"


def _with_room(scores: Sequence[float]) -> tuple[float, float]:
    """A range that shows all scores, and is never so narrow that it makes much of little."""
    low, high = min(scores), max(scores)
    room = max(0.1 * (high - low), (0.05 - (high - low)) / 2, 0.01)
    return max(low - room, -0.01), min(high + room, 1.01)


def _shares(counts: np.ndarray) -> np.ndarray:
    """Of each row; not a number where it is empty."""
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0, counts / np.maximum(total, 1), np.nan)


def _share(share: float) -> str:
    return in_percent(float(share)) if np.isfinite(share) else "not tested"


def _points(difference: float) -> str:
    if not np.isfinite(difference):
        return "–"  # noqa: RUF001
    return f"{difference:+.0f}".replace("-", "−") if abs(difference) >= 0.5 else "0"  # noqa: RUF001


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1].rstrip(' :,.')}…"


def _wrapped(text: str) -> str:
    """On two lines at most, at a place between its parts, where it is too long for a phone."""
    if len(text) <= _LONGEST_LABEL:
        return text
    for mark in (" · ", ", ", " "):
        if (end := text.rfind(mark, 0, _LONGEST_LABEL + len(mark))) > _LEAST_LINE:
            return f"{text[:end]}{mark.strip(' ·')}<br>{text[end + len(mark) :]}"
    return text
