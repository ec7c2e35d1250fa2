"""Figures of the segments of a track: their probabilities over time, and the mel spectrogram of one."""

from __future__ import annotations

from collections.abc import Sequence
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


def segment_probabilities(probabilities: Sequence[float], genres: Sequence[str], true_genre: str) -> go.Figure:
    """Draw the genre probabilities of one segment as bars, the largest on top and the true genre in bold."""
    order = np.argsort(np.asarray(probabilities), kind="stable")
    colors = genre_colors(genres)
    escaped = [escaping.plotly(genre) for genre in genres]
    names = [f"<b>{escaped[i]} (true)</b>" if genres[i] == true_genre else escaped[i] for i in order]
    figure = go.Figure()
    figure.add_bar(
        x=[probabilities[i] for i in order],
        y=names,
        orientation="h",
        marker={"color": [colors[genres[i]] for i in order]},
        text=[percent(probabilities[i]) for i in order],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    figure.update_xaxes(range=[0, 1.35], visible=False, fixedrange=True)
    figure.update_yaxes(fixedrange=True, showgrid=False)
    figure.update_layout(bargap=0.25, dragmode=False)
    finish(figure, height=20 + 26 * len(genres), legend=False)
    return figure.update_layout(margin_t=8)


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


def segment_spectrogram(picture: np.ndarray, start_s: float, length_s: float) -> go.Figure:
    """Draw the mel spectrogram of a segment.

    Parameters
    ----------
    picture : from `mel.picture`, shape (64, 64, 1), uint8.
    start_s, length_s : start of the segment in its track, and its duration, in seconds.
    """
    decibels = (picture[:, :, 0] / 255 - 1) * mel.RANGE_DB
    columns = decibels.shape[1]
    times = start_s + (np.arange(columns) + 0.5) * length_s / columns
    frequencies = mel.band_frequencies()
    figure = go.Figure(
        go.Heatmap(
            z=decibels.round(1),
            x=times.round(3),
            y=np.arange(len(frequencies)),
            customdata=np.repeat(frequencies.round()[:, None], columns, axis=1),
            zmin=-mel.RANGE_DB,
            zmax=0,
            colorscale=MAGMA,
            colorbar={"title": {"text": "dB"}, "thickness": 10, "tickvals": [0, -20, -40, -60, -80]},
            hovertemplate="%{x:.1f} s, %{customdata:.0f} Hz: %{z:.0f} dB<extra></extra>",
        )
    )
    places = np.interp(_TICKS_HZ, frequencies, np.arange(len(frequencies)))
    names = [frequency(hz) for hz in _TICKS_HZ]
    figure.update_xaxes(title="Time in the track (s)", showgrid=False, fixedrange=True, zeroline=False, nticks=7)
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False, fixedrange=True, zeroline=False)
    figure.update_layout(dragmode=False)
    finish(figure, height=300, legend=False)
    return figure.update_layout(margin_t=12)
