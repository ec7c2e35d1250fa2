"""Segments of a track: the figure of their probabilities over time, and what a playlist shows of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from genre_core import escaping
from genre_core.features import mel
from genre_core.figures.theme import CHOSEN_COLOR, MAGMA, NEUTRAL_COLOR, finish, genre_colors
from genre_core.wording import clock, frequency, percent

if TYPE_CHECKING:
    import pandas as pd

_MIN_NAMED = 0.1
"""Genres whose probability stays below this in all segments of a track are summed up as others."""
_TICKS_HZ = (250, 1000, 2000, 4000, 8000)
_MOST_SHARES, _LEAST_SHARE = 6, 0.01


@dataclass(frozen=True)
class GenreShare:
    """A bar of the predicted probabilities of a segment."""

    genre: str
    probability: float
    color: str
    is_true: bool


def genre_shares(probabilities: Sequence[float], genres: Sequence[str], true_genre: str) -> list[GenreShare]:
    """The probable genres of a segment, at most six, and its true genre; the most probable first."""
    colors = genre_colors(genres)
    order = np.argsort(-np.asarray(probabilities), kind="stable")
    return [
        GenreShare(genres[i], float(probabilities[i]), colors[genres[i]], genres[i] == true_genre)
        for rank, i in enumerate(order.tolist())
        if (rank < _MOST_SHARES and probabilities[i] >= _LEAST_SHARE) or genres[i] == true_genre
    ]


def frequency_ticks() -> list[tuple[float, str]]:
    """Heights in a picture of `mel.picture`, as shares from the bottom, and their frequencies."""
    bands = np.interp(_TICKS_HZ, mel.band_frequencies(), np.arange(mel.BANDS))
    return [((band + 0.5) / mel.BANDS, frequency(hz)) for band, hz in zip(bands.tolist(), _TICKS_HZ, strict=True)]


def magma_colors() -> list[tuple[int, int, int]]:
    """The colors of a picture of `mel.picture`, from the lowest level to the highest: red, green, blue."""
    return [tuple(int(color[place : place + 2], 16) for place in (1, 3, 5)) for color in MAGMA]  # type: ignore[misc]


def track_segments(
    segments: pd.DataFrame, genres: Sequence[str], length_s: float, chosen: float | None = None
) -> go.Figure:
    """Draw the probabilities of a track's segments over time.

    One stacked bar per segment; above it, the predicted genre as a color, with a check mark if it is correct.

    Parameters
    ----------
    segments : the rows of `Evaluation.to_frame` of one track.
    length_s : duration of a segment in seconds.
    chosen : `start_s` of the segment to outline.

    Returns
    -------
    A figure in which the customdata of every bar is the `start_s` of its segment, for clicks.
    """
    colors = genre_colors(genres)
    middles = segments["start_s"] + length_s / 2
    starts = segments["start_s"].tolist()
    shares = segments[[f"p_{genre}" for genre in genres]].to_numpy()
    named = [i for i in np.argsort(-shares.sum(axis=0)) if shares[:, i].max() >= _MIN_NAMED]
    others = np.setdiff1d(np.arange(len(genres)), named)
    layers: list[tuple[str, np.ndarray, dict[str, Any]]] = [
        (escaping.plotly(genres[i]), shares[:, i], {"color": colors[genres[i]]}) for i in named
    ]
    if len(others):
        hatching = {"shape": "/", "fgcolor": NEUTRAL_COLOR, "bgcolor": "rgba(0,0,0,0)", "size": 6}
        layers.append(("others", shares[:, others].sum(axis=1), {"color": "rgba(0,0,0,0)", "pattern": hatching}))
    style = {
        "x": middles,
        "width": 0.94 * length_s,
        "customdata": starts,
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
    figure = go.Figure()
    for name, values, marker in layers:
        figure.add_bar(
            y=values,
            name=name,
            marker=marker | {"line": {"width": 0}},
            text=[f"{clock(start)}, {name}: {percent(value)}" for start, value in zip(starts, values, strict=True)],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
            **style,
        )
    predicted = segments["predicted_genre"].tolist()
    correct = (segments["true_genre"] == segments["predicted_genre"]).tolist()
    figure.add_bar(
        y=[0.14] * len(segments),
        base=1.05,
        name="predicted genre",
        showlegend=False,
        marker={"color": [colors[genre] for genre in predicted], "line": {"width": 0}},
        text=["✓" if one else "✗" for one in correct],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"size": 15, "color": "#10131a"},
        hovertext=[
            f"{clock(start)}: predicted as {escaping.plotly(genre)}"
            for start, genre in zip(starts, predicted, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        **style,
    )
    if chosen is not None:
        figure.add_shape(
            type="rect", x0=chosen, x1=chosen + length_s, y0=0, y1=1.2, line={"color": CHOSEN_COLOR, "width": 3}
        )
    end = max(starts) + length_s
    ticks = np.unique(np.linspace(0, end, 6).round())
    figure.update_xaxes(
        range=[-0.02 * end, 1.02 * end],
        tickvals=ticks,
        ticktext=[clock(tick) for tick in ticks],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        title="Probability",
        range=[0, 1.22],
        tickvals=[0, 0.5, 1],
        tickformat=".0%",
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_layout(barmode="stack", dragmode=False, hovermode="closest", legend_traceorder="normal")
    return finish(figure, height=300)
