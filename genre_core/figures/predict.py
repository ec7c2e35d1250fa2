"""Figures of the page Predict: probabilities, the timeline of a song, tags, and explanations."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from genre_core.escaping import plotly
from genre_core.features.embedding import TagKind
from genre_core.figures.theme import NEUTRAL_COLOR, TEST_COLOR, TRAIN_COLOR, finish, genre_colors
from genre_core.prediction import SegmentPrediction, SongPrediction
from genre_core.prediction.explanation import Contribution, PictureExplanation
from genre_core.wording import clock, percent

_CHANGE_COLOR = "#495057"
_STRIP = 0.14
"""Height of the colored strip below the waveform, whose height is 2: it shows the genre of quiet passages too."""
_PALE = 0.35
"""Opacity of the wave of silent and out-of-domain segments."""
_WAVE_SHARE = 0.85
"""Height of the loudest part of the waveform relative to the shade behind it, so that the shade stays visible."""
_LEAST_TICK_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


def probabilities(shares: Mapping[str, float], baseline: Mapping[str, float] | None = None) -> go.Figure:
    """A bar for each genre, the most probable on top.

    Parameters
    ----------
    shares : the probability of each genre.
    baseline : other probabilities of the same genres, shown as a line on each bar.
    """
    ranked = sorted(shares.items(), key=lambda item: item[1])
    genres = [plotly(genre) for genre, _ in ranked]
    colors = genre_colors(shares)
    gap = "\u00a0\u00a0" if baseline else ""  # room for the line at the end of a bar
    figure = go.Figure()
    figure.add_bar(
        x=[share for _, share in ranked],
        y=genres,
        orientation="h",
        marker={"color": [colors[genre] for genre, _ in ranked]},
        text=[f"{gap}{percent(share)}" for _, share in ranked],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    if baseline:
        figure.add_scatter(
            x=[baseline[genre] for genre, _ in ranked],
            y=genres,
            mode="markers",
            marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": TEST_COLOR}},
            customdata=[percent(baseline[genre]) for genre, _ in ranked],
            hovertemplate="%{y}, unchanged song: %{customdata}<extra></extra>",
        )
    highest = max(*shares.values(), *(baseline or shares).values(), 0.2)
    figure.update_xaxes(range=[0, 1.35 * highest], visible=False, fixedrange=True)
    figure.update_yaxes(fixedrange=True, showgrid=False)
    figure.update_layout(bargap=0.25, dragmode=False)
    finish(figure, height=20 + 28 * len(ranked), legend=False)
    return figure.update_layout(margin_t=8)


def tags(prediction: SongPrediction, kinds: Collection[TagKind], most: int = 6) -> go.Figure:
    """A bar for each of the most probable tags of these kinds, the first on top."""
    shown = [tag for tag in prediction.tags if tag.kind in kinds][:most][::-1]
    figure = go.Figure()
    figure.add_bar(
        x=[tag.score for tag in shown],
        y=[tag.tag for tag in shown],
        orientation="h",
        marker={"color": TRAIN_COLOR},
        text=[percent(tag.score) for tag in shown],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    # All kinds have the same scale.
    figure.update_xaxes(range=[0, 1.35 * max(prediction.tags[0].score, 0.2)], visible=False, fixedrange=True)
    figure.update_yaxes(fixedrange=True, showgrid=False)
    figure.update_layout(bargap=0.3, dragmode=False)
    finish(figure, height=20 + 28 * len(shown), legend=False)
    return figure.update_layout(margin_t=8)


def contributions(parts: Sequence[Contribution], genre: str, most: int = 10) -> go.Figure:
    """A bar for each of the first contributions: to the right if it counts for the genre, to the left if against."""
    shown = list(parts)[:most][::-1]
    reach = 1.5 * max(max((abs(part.effect) for part in shown), default=0.0), 0.1)
    figure = go.Figure()
    figure.add_bar(
        x=[part.effect for part in shown],
        y=[part.title for part in shown],
        orientation="h",
        marker={"color": [TEST_COLOR if part.effect < 0 else genre_colors([genre])[genre] for part in shown]},
        text=[f"{part.effect:+.1f}" for part in shown],
        textposition="outside",
        cliponaxis=False,
        customdata=[[f"{part.deviation:+.1f}"] for part in shown],
        hovertemplate="%{y}<br>effect on log2 odds: %{text}<br>difference from the training mean: %{customdata[0]} "
        "standard deviations<extra></extra>",
    )
    figure.update_xaxes(range=[-reach, reach], showticklabels=False, showgrid=False, fixedrange=True, zeroline=True)
    figure.update_yaxes(fixedrange=True, showgrid=False)
    figure.update_layout(bargap=0.3, dragmode=False)
    finish(figure, height=30 + 28 * len(shown), legend=False)
    return figure.update_layout(margin_t=8)


def occlusion(picture: np.ndarray, explanation: PictureExplanation, start_s: float, end_s: float) -> go.Figure:
    """A spectrogram picture in gray, and over it in color the effect of each block on the genre.

    Parameters
    ----------
    picture : shape (height, width, channels), uint8; its first channel is drawn.
    start_s, end_s : the time that it spans.
    """
    rows, columns = explanation.effects.shape
    height, width = picture.shape[:2]
    figure = go.Figure()
    times = np.linspace(start_s, end_s, width, endpoint=False) + (end_s - start_s) / width / 2
    figure.add_heatmap(z=picture[:, :, 0], x=times, colorscale="Greys_r", showscale=False, hoverinfo="skip")
    reach = max(float(np.abs(explanation.effects).max()), 0.1)
    figure.add_heatmap(
        z=explanation.effects,
        x=start_s + (np.arange(columns) + 0.5) * (end_s - start_s) / columns,
        y=(np.arange(rows) + 0.5) * height / rows - 0.5,
        zmin=-reach,
        zmax=reach,
        colorscale=[(0.0, TEST_COLOR), (0.5, "rgba(255,255,255,0)"), (1.0, "#2f9e44")],
        opacity=0.6,
        text=[[f"{effect:+.1f}" for effect in row] for row in explanation.effects],
        hovertemplate="effect on log2 odds: %{text}<extra></extra>",
        colorbar={"title": {"text": "log2 odds"}, "tickformat": "+.1f", "thickness": 12},
    )
    figure.update_xaxes(fixedrange=True, showgrid=False, title="Time (s)", nticks=6)
    figure.update_yaxes(visible=False, fixedrange=True)
    figure.update_layout(dragmode=False)
    finish(figure, height=320, legend=False)
    return figure.update_layout(margin_t=8)


def timeline(prediction: SongPrediction, envelope: np.ndarray | None = None) -> go.Figure:
    """The segments of a song in the colors of their genres, with a line at each genre change.

    Segments that overlap meet halfway. Silent segments, and time between segments, are gray. Sections that are
    out-of-domain are pale and hatched.

    Parameters
    ----------
    prediction : of the song.
    envelope : shape (n,), the `audio.analysis.envelope` of the whole clip, drawn as a waveform; without it the colors
        fill the figure.
    """
    colors = genre_colors(prediction.probabilities)
    cells = _cells(prediction.segments)
    shown = {cell.segment.genre for cell in cells if not cell.segment.silent}
    genres = sorted(shown, key=lambda genre: -prediction.probabilities[genre])
    figure = go.Figure()
    wave = None if envelope is None else _Wave(envelope, prediction.duration_s)
    if wave:
        gaps = [(one.end_s, other.start_s) for one, other in itertools.pairwise(cells) if one.end_s < other.start_s]
        gaps.append((cells[-1].end_s, prediction.duration_s))
        figure.add_scatter(**wave.outline(gaps), fillcolor=NEUTRAL_COLOR, **_WAVE)
    sounding = [cell for cell in cells if not cell.segment.silent]
    for genre in genres:
        of_genre = [cell for cell in sounding if cell.segment.genre == genre]
        in_domain = [cell for cell in of_genre if not cell.segment.is_out_of_domain]
        out_of_domain = [cell for cell in of_genre if cell.segment.is_out_of_domain]
        if in_domain:
            _add_cells(figure, in_domain, genre, colors[genre], wave)
        if out_of_domain:
            _add_cells(figure, out_of_domain, genre, colors[genre], wave, hatch="x", in_legend=not in_domain)
    if any(cell.segment.is_out_of_domain for cell in sounding):
        figure.add_bar(
            x=[None],
            y=[None],
            name="Out-of-domain",
            marker={"color": NEUTRAL_COLOR, "pattern": _hatched(NEUTRAL_COLOR, "x")},
        )
    silent = [cell for cell in cells if cell.segment.silent]
    if silent:
        _add_cells(figure, silent, "silent", NEUTRAL_COLOR, wave, hatch="/")
    for i, change in enumerate(prediction.changes):
        figure.add_vline(x=change.time_s, line={"width": 2, "dash": "dash", "color": _CHANGE_COLOR})
        figure.add_annotation(
            x=change.time_s,
            y=1.05 - 0.35 * (i % 3),  # neighbors do not cover each other
            text=f"{clock(change.time_s)} → {plotly(change.to_genre)}",
            hovertext=f"{plotly(change.from_genre)} → {plotly(change.to_genre)}, "
            f"confidence {percent(change.confidence)}",
            showarrow=False,
            xanchor="right" if change.time_s > 0.8 * prediction.duration_s else "left",
            yanchor="top",
            bgcolor=_CHANGE_COLOR,
            borderpad=3,
            font={"size": 13, "color": "#ffffff"},
        )
    ticks = _ticks(prediction.duration_s)
    figure.update_xaxes(
        range=[0, prediction.duration_s],
        tickvals=ticks,
        ticktext=[clock(tick) for tick in ticks],
        fixedrange=True,
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(visible=False, range=[-1.05 - _STRIP, 1.05], fixedrange=True)
    figure.update_layout(barmode="overlay", bargap=0, dragmode=False, hovermode="closest", hoverlabel_font_size=14)
    return finish(figure, height=230)


@dataclass(frozen=True)
class _Cell:
    """A segment and its place on the timeline."""

    segment: SegmentPrediction
    start_s: float
    end_s: float


def _cells(segments: Sequence[SegmentPrediction]) -> list[_Cell]:
    meet = [(one.end_s + other.start_s) / 2 for one, other in itertools.pairwise(segments)]
    begins = [segments[0].start_s, *(max(at, s.start_s) for at, s in zip(meet, segments[1:], strict=True))]
    ends = [*(min(at, s.end_s) for at, s in zip(meet, segments[:-1], strict=True)), segments[-1].end_s]
    return [_Cell(*cell) for cell in zip(segments, begins, ends, strict=True)]


_WAVE = {"fill": "toself", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}


@dataclass(frozen=True, eq=False)
class _Wave:
    """The envelope of a clip of `duration_s`, drawn in pieces."""

    envelope: np.ndarray
    duration_s: float

    def outline(self, spans: Sequence[tuple[float, float]]) -> dict[str, list[float | None]]:
        """Closed outlines of the wave in each (start, end) in seconds, separated by None."""
        x: list[float | None] = []
        y: list[float | None] = []
        for start_s, end_s in spans:
            first, last = (round(t / self.duration_s * len(self.envelope)) for t in (start_s, end_s))
            # Each value twice, at its start and its end, so that pieces meet without a gap.
            edges = np.repeat(np.arange(first, last + 1), 2)[1:-1] * self.duration_s / len(self.envelope)
            height = _WAVE_SHARE * np.repeat(self.envelope[first:last], 2)
            x += [*edges.tolist(), *edges[::-1].tolist(), None]
            y += [*height.tolist(), *(-height[::-1]).tolist(), None]
        return {"x": x, "y": y}


def _add_cells(
    figure: go.Figure,
    cells: Sequence[_Cell],
    name: str,
    color: str,
    wave: _Wave | None,
    *,
    hatch: str = "",
    in_legend: bool = True,
) -> None:
    """The wave of these segments, a pale bar of full height over it for the pointer, and a strip below it.

    Without a wave, a bar of full height. What does not count is hatched, and its wave is pale.
    """
    if wave:
        outline = wave.outline([(cell.start_s, cell.end_s) for cell in cells])
        figure.add_scatter(**outline, fillcolor=color, opacity=_PALE if hatch else 1.0, **_WAVE)
    bars = ((-1 - _STRIP, _STRIP, 1.0), (-1, 2, 0.3)) if wave else ((-1, 2, 1.0),)
    for i, (base, height, opacity) in enumerate(bars):
        figure.add_bar(
            x=[(cell.start_s + cell.end_s) / 2 for cell in cells],
            width=[cell.end_s - cell.start_s for cell in cells],
            y=[height] * len(cells),
            base=base,
            name=plotly(name),
            legendgroup=name,
            # Colors of genres may be near gray, so what does not count is hatched.
            marker={"color": color, "opacity": opacity, "line": {"width": 0}, "pattern": _hatched(color, hatch)},
            showlegend=in_legend and i == 0,
            hovertext=[_hover(cell.segment) for cell in cells],
            hovertemplate="%{hovertext}<extra></extra>",
        )


def _hatched(color: str, hatch: str) -> dict[str, str]:
    return {"shape": hatch, "fgcolor": color, "bgcolor": "rgba(0,0,0,0)"} if hatch else {"shape": ""}


def _hover(segment: SegmentPrediction) -> str:
    when = f"{clock(segment.start_s)} to {clock(segment.end_s)}"
    if segment.silent:
        return f"{when}<br>silent, not counted"
    first, second = sorted(segment.probabilities.items(), key=lambda item: -item[1])[:2]
    nearest = "out-of-domain section, no genre<br>nearest: " if segment.is_out_of_domain else ""
    text = f"{when}<br>{nearest}<b>{plotly(first[0])}</b> {percent(first[1])}"
    return text + (f"<br>then {plotly(second[0])} {percent(second[1])}" if second[1] >= 0.01 else "")


def _ticks(duration_s: float) -> list[int]:
    """About six round times."""
    step = next((step for step in _LEAST_TICK_S if duration_s / step <= 7), _LEAST_TICK_S[-1])
    return list(range(0, int(duration_s) + 1, step))
