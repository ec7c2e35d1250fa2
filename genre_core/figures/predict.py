"""Figures of a verdict: the probabilities of the genres, and the segments along the time axis."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from genre_core.figures.theme import finish, genre_colours
from genre_core.figures.words import clock, percent
from genre_core.prediction import SegmentVerdict, Verdict

_UNJUDGED_COLOUR = "#8b8f99"
_ENVELOPE_POINTS = 1200
_STRIP = 0.14
"""Height of the coloured strip below the waveform, which is 2 high: a genre shows there even when it's quiet."""
_LEAST_TICK_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


def envelope(samples: np.ndarray, points: int = _ENVELOPE_POINTS) -> np.ndarray:
    """The loudness of a clip for drawing: the largest absolute sample of each of `points` equal pieces, or of each
    sample if there are fewer, as a share of the largest of all.

    Parameters
    ----------
    samples : shape (n,), float32; n at least 1.

    Returns
    -------
    shape (min(n, points),), float32, 0 to 1.
    """
    starts = np.linspace(0, len(samples), min(points, len(samples)), endpoint=False).astype(int)
    peaks = np.maximum(np.maximum.reduceat(samples, starts), -np.minimum.reduceat(samples, starts))
    return peaks / max(float(peaks.max()), 1e-9)


def probabilities(verdict: Verdict) -> go.Figure:
    """A bar a genre, the most probable on top."""
    ranked = sorted(verdict.probabilities.items(), key=lambda item: item[1])
    colours = genre_colours(verdict.probabilities)
    figure = go.Figure()
    figure.add_bar(
        x=[share for _, share in ranked],
        y=[genre for genre, _ in ranked],
        orientation="h",
        marker={"color": [colours[genre] for genre, _ in ranked]},
        text=[percent(share) for _, share in ranked],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    figure.update_xaxes(range=[0, 1.35 * max(ranked[-1][1], 0.2)], visible=False, fixedrange=True)
    figure.update_yaxes(fixedrange=True, showgrid=False)
    figure.update_layout(bargap=0.25, dragmode=False)
    finish(figure, height=20 + 28 * len(ranked), legend=False)
    return figure.update_layout(margin_t=8)


def timeline(verdict: Verdict, loudness: np.ndarray) -> go.Figure:
    """The waveform with each segment in the colour of its genre, what was not judged in grey.

    Parameters
    ----------
    loudness : shape (n,), the `envelope` of the whole clip.

    Returns
    -------
    A figure with a bar for each segment, with customdata [its start in seconds] for clicks.
    """
    colours = genre_colours(verdict.probabilities)
    heard = {segment.genre for segment in verdict.segments if not segment.silent}
    genres = sorted(heard, key=lambda genre: -verdict.probabilities[genre])
    figure = go.Figure()
    unjudged = verdict.segments[-1].end_s
    wave = _Wave(loudness, verdict.duration_s)
    figure.add_scatter(**wave.outline([(unjudged, verdict.duration_s)]), fillcolor=_UNJUDGED_COLOUR, **_WAVE)
    for genre in genres:
        segments = [s for s in verdict.segments if s.genre == genre and not s.silent]
        _add_segments(figure, segments, genre, colours[genre], wave)
    silent = [s for s in verdict.segments if s.silent]
    if silent:
        _add_segments(figure, silent, "silent", _UNJUDGED_COLOUR, wave)
    ticks = _ticks(verdict.duration_s)
    figure.update_xaxes(
        range=[-0.008 * verdict.duration_s, 1.008 * verdict.duration_s],
        tickvals=ticks,
        ticktext=[clock(tick) for tick in ticks],
        fixedrange=True,
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(visible=False, range=[-1.05 - _STRIP, 1.05], fixedrange=True)
    figure.update_layout(barmode="overlay", bargap=0, dragmode=False, hovermode="closest", hoverlabel_font_size=14)
    return finish(figure, height=230)


_WAVE = {"fill": "toself", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}


@dataclass(frozen=True, eq=False)
class _Wave:
    """The envelope of a clip of `duration_s`, to be drawn in pieces."""

    loudness: np.ndarray
    duration_s: float

    def outline(self, spans: Sequence[tuple[float, float]]) -> dict[str, list[float | None]]:
        """The closed lines around the wave in each (start, end) in seconds, None between them."""
        x: list[float | None] = []
        y: list[float | None] = []
        for start_s, end_s in spans:
            first, last = (round(t / self.duration_s * len(self.loudness)) for t in (start_s, end_s))
            # Each value twice, at its beginning and its end: pieces then meet without a gap.
            edges = np.repeat(np.arange(first, last + 1), 2)[1:-1] * self.duration_s / len(self.loudness)
            height = np.repeat(self.loudness[first:last], 2)
            x += [*edges.tolist(), *edges[::-1].tolist(), None]
            y += [*height.tolist(), *(-height[::-1]).tolist(), None]
        return {"x": x, "y": y}


def _add_segments(figure: go.Figure, segments: Sequence[SegmentVerdict], name: str, colour: str, wave: _Wave) -> None:
    """The wave of these segments, a pale bar of the full height over it for the pointer, and a strip below."""
    figure.add_scatter(**wave.outline([(s.start_s, s.end_s) for s in segments]), fillcolor=colour, **_WAVE)
    shared = {
        "x": [(s.start_s + s.end_s) / 2 for s in segments],
        "width": [s.end_s - s.start_s for s in segments],
        "name": name,
        "legendgroup": name,
    }
    # Metal is grey too.
    pattern = {"shape": "/", "fgcolor": colour, "bgcolor": "rgba(0,0,0,0)"} if segments[0].silent else {"shape": ""}
    # A click must not grey out the others: selected or not, they look the same.
    for base, height, opacity in ((-1 - _STRIP, _STRIP, 1.0), (-1, 2, 0.3)):
        look = {"marker": {"opacity": opacity}}
        figure.add_bar(
            **shared,
            y=[height] * len(segments),
            base=base,
            marker={"color": colour, "opacity": opacity, "line": {"width": 0}, "pattern": pattern},
            selected=look,
            unselected=look,
            showlegend=base != -1,
            customdata=[[s.start_s] for s in segments],
            hovertext=[_in_words(s) for s in segments],
            hovertemplate="%{hovertext}<extra></extra>",
        )


def _in_words(segment: SegmentVerdict) -> str:
    when = f"{clock(segment.start_s)} to {clock(segment.end_s)}"
    if segment.silent:
        return f"{when}<br>silent, without a say"
    first, second = sorted(segment.probabilities.items(), key=lambda item: -item[1])[:2]
    said = f"{when}<br><b>{first[0]}</b> {percent(first[1])}"
    return said + (f"<br>then {second[0]} {percent(second[1])}" if second[1] >= 0.01 else "")


def _ticks(duration_s: float) -> list[int]:
    """About six round times."""
    step = next((step for step in _LEAST_TICK_S if duration_s / step <= 7), _LEAST_TICK_S[-1])
    return list(range(0, int(duration_s) + 1, step))
