"""Figures of what a run predicted for its test part: confusion matrix, scores per genre, what the split does,
calibration, the votes of a track's segments, and the picture of a segment.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from genre_core.evaluation import Calibration, Evaluation
from genre_core.features import mel
from genre_core.figures.formatting import clock, percent, score
from genre_core.figures.theme import finish, genre_colors
from genre_core.runs import RunInfo

Show = Literal["counts", "row", "column"]

RIGHT = ("rgba(63,99,214,0.14)", "rgba(63,99,214,1)")
WRONG = ("rgba(214,73,20,0.16)", "rgba(214,73,20,1)")
"""Palest and fullest color of a cell: little is little of a color, on a light and on a dark page."""
_NOTHING_COLOR = "rgba(139,143,153,0.10)"
_FULL_TEXT, _NOTHING_TEXT = "#ffffff", "#8b8f99"
_FULL_FROM = 0.5  # from this share of the fullest color on, text is white; else it is the page's
_CHOSEN_COLOR = "#b026c9"
_SEGMENT_COLOR, _TRACK_COLOR = "#4f7bea", "#e8793a"
"""Of scores per segment and per track."""
_QUIET_COLOR = "#8b8f99"
_LEAST_NAMED = 0.1
"""A genre that is nowhere in a track more probable than this is one of the others."""
_TICKS_HZ = (250, 1000, 2000, 4000, 8000)
_LOUDNESS = [
    [i / 5, color]
    for i, color in enumerate(
        ("rgb(5,4,18)", "rgb(59,15,112)", "rgb(140,41,129)", "rgb(222,73,104)", "rgb(254,159,109)", "rgb(252,253,191)")
    )
]
"""Magma, in notation that Streamlit leaves alone: of hexadecimal colors it takes the darkest for its own."""


def confusion(
    evaluation: Evaluation,
    show: Show = "counts",
    chosen: tuple[str, str] | None = None,
    *,
    full: float | None = None,
    what: str = "segments",
) -> go.Figure:
    """The confusion matrix: true genres in rows, what they were heard as in columns.

    Parameters
    ----------
    show : counts of segments; or per cent of the row, that is of the segments of a genre; or per cent of the column,
        that is of the segments heard as a genre.
    chosen : (true genre, heard as) of the cell to frame.
    full : what a cell in full color shows, for figures that stand side by side; left out, the most that this one does.
    what : the things that are counted.

    Returns
    -------
    A figure whose last trace holds an invisible marker in the middle of each cell, with customdata
    [true genre, heard as], for clicks: heatmap cells give no selection event.  The nearest marker gets the click,
    so they need no size, and cells may have any.
    """
    genres, counts = evaluation.genres, evaluation.confusion
    values, texts = shown(counts, show)
    cells = [(row, column) for row in range(len(genres)) for column in range(len(genres))]
    right = np.eye(len(genres), dtype=bool)
    # Mistakes have a color of their own, and their own scale down to a quarter, or else few would be seen.
    full_right = full or max(float(values[right].max()), 1e-9)
    full_wrong = full or max(float(values[~right].max(initial=0)), float(values.max()) / 4, 1e-9)
    strength = values / np.where(right, full_right, full_wrong)
    figure = go.Figure()
    parts = (
        (counts == 0, (_NOTHING_COLOR, _NOTHING_COLOR)),
        ((counts > 0) & right, RIGHT),
        ((counts > 0) & ~right, WRONG),
    )
    for part, (palest, fullest) in parts:
        figure.add_heatmap(
            z=np.where(part, strength, np.nan),
            zmin=0,
            zmax=1,
            colorscale=[[0, palest], [1, fullest]],
            showscale=False,
            hoverinfo="skip",
            xgap=2,
            ygap=2,
        )
    # All at once: added one by one, a hundred annotations take most of a second.
    figure.update_layout(
        annotations=[
            {"x": column, "y": row, "text": texts[row, column], "showarrow": False}
            | {"font": cell_font(texts[row, column], counts[row, column] > 0, strength[row, column])}
            for row, column in cells
        ]
    )
    figure.add_scatter(
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        mode="markers",
        marker={"size": 6, "opacity": 0, "symbol": "square"},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[[genres[row], genres[column]] for row, column in cells],
        hovertext=[_cell_in_words(genres, counts, row, column, what) for row, column in cells],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    if chosen:
        row, column = genres.index(chosen[0]), genres.index(chosen[1])
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": _CHOSEN_COLOR, "width": 3},
        )
    names = {"tickvals": list(range(len(genres))), "ticktext": list(genres), "showgrid": False, "zeroline": False}
    span = len(genres) - 0.5
    figure.update_xaxes(names, title="heard as", range=[-0.5, span], tickangle=-60, fixedrange=True, ticks="")
    figure.update_yaxes(names, title="true genre", range=[span, -0.5], fixedrange=True, ticks="")
    # An infinite distance: wherever a click falls, the nearest marker is that of its cell.
    figure.update_layout(dragmode=False, hovermode="closest", hoverdistance=-1, hoverlabel_font_size=14)
    finish(figure, height=130 + 40 * max(len(genres), 4), legend=False)
    return figure.update_layout(margin_t=8)


def genre_scores(evaluation: Evaluation) -> go.Figure:
    """F1 of each genre as a bar, its precision and recall as marks; the best genre on top."""
    scores = evaluation.per_genre()
    scores = scores[scores["segments"] > 0].sort_values("f1", kind="stable")
    colors = genre_colors(evaluation.genres)
    figure = go.Figure()
    figure.add_bar(
        x=scores["f1"],
        y=scores["genre"],
        orientation="h",
        name="F1",
        showlegend=False,
        marker={"color": [colors[genre] for genre in scores["genre"]], "opacity": 0.75},
        hovertemplate="F1 of %{y}: %{x:.2f}<extra></extra>",
    )
    marks = (
        ("precision", "diamond", "right of what was heard as %{y}: %{x:.0%}"),
        ("recall", "circle", "found of all %{y}: %{x:.0%}"),
    )
    for name, symbol, words in marks:
        figure.add_scatter(
            x=scores[name],
            y=scores["genre"],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 11, "color": "#ffffff", "line": {"width": 2, "color": "#1c2333"}},
            hovertemplate=words + "<extra></extra>",
        )
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(fixedrange=True, showgrid=False)
    figure.update_layout(bargap=0.35, dragmode=False)
    return finish(figure, height=110 + 34 * len(scores))


def segment_probabilities(probabilities: Sequence[float], genres: Sequence[str], true_genre: str) -> go.Figure:
    """What was heard in one segment: a bar a genre, the most probable on top, the true genre in bold."""
    order = np.argsort(np.asarray(probabilities), kind="stable")
    colors = genre_colors(genres)
    names = [f"<b>{genres[i]} (true)</b>" if genres[i] == true_genre else genres[i] for i in order]
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


def split_scores(infos: Sequence[RunInfo], chosen: str) -> go.Figure:
    """The accuracy per segment and per track of runs under different splits, with their intervals: a row a run, the
    first on top, the name of the one that is `chosen` in bold."""
    rows = [_split_name(info, bold=info.name == chosen) for info in infos]
    figure = go.Figure()
    kinds = (
        ("segments right", "accuracy", "circle", _SEGMENT_COLOR, -0.2),
        ("tracks right", "track_accuracy", "diamond", _TRACK_COLOR, 0.24),
    )
    for name, score_name, symbol, color, offset in kinds:
        values = [getattr(info.scores, score_name) for info in infos]
        intervals = [info.ci95[score_name] for info in infos]
        figure.add_scatter(
            x=values,
            y=[place + offset for place in range(len(infos))],
            name=name,
            mode="markers+text",
            marker={"symbol": symbol, "size": 13, "color": color},
            text=[percent(value) for value in values],
            textposition="top center",
            textfont={"size": 14},
            cliponaxis=False,
            error_x={
                "type": "data",
                "array": [interval.high - value for interval, value in zip(intervals, values, strict=True)],
                "arrayminus": [value - interval.low for interval, value in zip(intervals, values, strict=True)],
                "color": color,
                "thickness": 2.5,
                "width": 6,
            },
            customdata=[
                [info.split.description, score(interval.low), score(interval.high), score(value), tested]
                for info, interval, value, tested in zip(
                    infos, intervals, values, [_tested(info, score_name) for info in infos], strict=True
                )
            ],
            hovertemplate="%{customdata[0]}<br><b>%{customdata[3]}</b> of %{customdata[4]} right<br>"
            "95 % interval: %{customdata[1]} to %{customdata[2]}<extra></extra>",
        )
    guess = 1 / len(infos[0].genres)
    figure.add_vline(x=guess, line={"color": _QUIET_COLOR, "width": 1.5, "dash": "dot"})
    # Inside the axes, at the foot: above them stands the legend.
    figure.add_annotation(
        x=guess, y=len(infos) - 0.52, text="guessing", showarrow=False, xanchor="left", yanchor="bottom", xshift=4
    )
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%", dtick=0.2, fixedrange=True, zeroline=False)
    figure.update_yaxes(
        tickvals=list(range(len(infos))),
        ticktext=rows,
        range=[len(infos) - 0.5, -0.62],
        fixedrange=True,
        showgrid=False,
        zeroline=False,
    )
    figure.update_layout(dragmode=False, hovermode="closest")
    return finish(figure, height=90 + 100 * len(infos))


def _split_name(info: RunInfo, *, bold: bool) -> str:
    """The split as a label, narrow enough for a phone."""
    name = _SHORT_NAMES[info.split.kind]
    tested = len(info.genres) - len(info.untested_genres)
    notes = [f"{info.split.folds} folds"] if info.split.folds else []
    notes += [f"{tested} of {len(info.genres)}<br>genres"] if info.untested_genres else []
    return "<br>".join([f"<b>{name}</b>" if bold else name, *notes])


_SHORT_NAMES = {
    "random": "random",
    "track": "by track",
    "artist": "by artist",
    "fault-filtered": "fault-<br>filtered",
    "column": "table's<br>own",
}


def _tested(info: RunInfo, score_name: str) -> str:
    return f"{info.scores.segments} segments" if score_name == "accuracy" else f"{info.scores.tracks} tracks"


def calibration(calibration: Calibration) -> go.Figure:
    """What a run said against what was right: a bar a bin, as high as the share of its segments that are right, with
    their number; a dot where bar and confidence should meet; and the diagonal on which both are the same."""
    bins = len(calibration.counts)
    filled = np.flatnonzero(calibration.counts)
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name="ideal",
        line={"color": _QUIET_COLOR, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )
    hover = [
        f"{calibration.counts[i]} segments of which it was<br>{percent(calibration.said[i])} sure: "
        f"<b>{percent(calibration.right[i])} right</b>"
        for i in filled
    ]
    figure.add_bar(
        x=(filled + 0.5) / bins,
        y=calibration.right[filled],
        width=0.92 / bins,
        name="right",
        marker={"color": _SEGMENT_COLOR},
        text=[f"{calibration.counts[i]}" for i in filled],
        textposition="outside",
        textfont={"size": 14},
        cliponaxis=False,
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=calibration.said[filled],
        y=calibration.said[filled],
        mode="markers",
        name="said",
        marker={"symbol": "circle-open", "size": 11, "color": _TRACK_COLOR, "line": {"width": 3}},
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    figure.update_xaxes(title="how sure it was", range=[0, 1.02], tickformat=".0%", dtick=0.2, fixedrange=True)
    figure.update_yaxes(title="right", range=[0, 1.1], tickformat=".0%", dtick=0.2, fixedrange=True)
    figure.update_layout(dragmode=False, hovermode="closest")
    finish(figure, height=400)
    return figure.update_layout(margin_r=28)  # room for the last tick


def track_votes(
    segments: pd.DataFrame, genres: Sequence[str], length_s: float, chosen: float | None = None
) -> go.Figure:
    """The probabilities of a track's segments over its time, one bar a segment, and above each bar its vote, with a
    tick where it is right.

    Parameters
    ----------
    segments : rows of `Evaluation.frame` of one track.
    length_s : of a segment.
    chosen : `start_s` of the segment to frame.

    Returns
    -------
    A figure in which the customdata of every bar is the `start_s` of its segment, for clicks.
    """
    colors = genre_colors(genres)
    middles = segments["start_s"] + length_s / 2
    starts = segments["start_s"].tolist()
    shares = segments[[f"p_{genre}" for genre in genres]].to_numpy()
    named = [i for i in np.argsort(-shares.sum(axis=0)) if shares[:, i].max() >= _LEAST_NAMED]
    others = np.setdiff1d(np.arange(len(genres)), named)
    parts: list[tuple[str, np.ndarray, dict[str, Any]]] = [
        (genres[i], shares[:, i], {"color": colors[genres[i]]}) for i in named
    ]
    if len(others):
        hatched = {"shape": "/", "fgcolor": _QUIET_COLOR, "bgcolor": "rgba(0,0,0,0)", "size": 6}
        parts.append(("others", shares[:, others].sum(axis=1), {"color": "rgba(0,0,0,0)", "pattern": hatched}))
    figure = go.Figure()
    for name, values, marker in parts:
        figure.add_bar(
            x=middles,
            y=values,
            width=0.94 * length_s,
            name=name,
            marker=marker | {"line": {"width": 0}},
            customdata=starts,
            text=[f"{clock(start)}, {name}: {percent(value)}" for start, value in zip(starts, values, strict=True)],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    right = (segments["genre"] == segments["predicted"]).tolist()
    figure.add_bar(
        x=middles,
        y=[0.14] * len(segments),
        base=1.05,
        width=0.94 * length_s,
        name="vote",
        showlegend=False,
        marker={"color": [colors[genre] for genre in segments["predicted"]], "line": {"width": 0}},
        customdata=starts,
        text=["✓" if one else "✗" for one in right],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"size": 15, "color": "#10131a"},
        hovertext=[f"{clock(start)}: {genre}" for start, genre in zip(starts, segments["predicted"], strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    if chosen is not None:
        figure.add_shape(
            type="rect", x0=chosen, x1=chosen + length_s, y0=0, y1=1.2, line={"color": _CHOSEN_COLOR, "width": 3}
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
        range=[0, 1.22], tickvals=[0, 0.5, 1], tickformat=".0%", showgrid=False, zeroline=False, fixedrange=True
    )
    figure.update_layout(barmode="stack", dragmode=False, hovermode="closest", legend_traceorder="normal")
    return finish(figure, height=300)


def segment_picture(picture: np.ndarray, start_s: float, length_s: float) -> go.Figure:
    """The mel picture of a segment: how loud it is at each pitch and moment.

    Parameters
    ----------
    picture : from `mel.picture`, shape (64, 64, 1), uint8.
    start_s, length_s : where the segment begins in its track, and how long it is.
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
            colorscale=_LOUDNESS,
            colorbar={"title": {"text": "dB"}, "thickness": 10, "tickvals": [0, -20, -40, -60, -80]},
            hovertemplate="%{x:.1f} s, %{customdata:.0f} Hz: %{z:.0f} dB<extra></extra>",
        )
    )
    places = np.interp(_TICKS_HZ, frequencies, np.arange(len(frequencies)))
    names = [f"{hz // 1000} kHz" if hz >= 1000 else f"{hz} Hz" for hz in _TICKS_HZ]
    figure.update_xaxes(title="seconds into the track", showgrid=False, fixedrange=True, zeroline=False, nticks=7)
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False, fixedrange=True, zeroline=False)
    figure.update_layout(dragmode=False)
    finish(figure, height=300, legend=False)
    return figure.update_layout(margin_t=12)


def shown(counts: np.ndarray, show: Show) -> tuple[np.ndarray, np.ndarray]:
    """Values of the cells and their texts; a share of nothing is 0."""
    if show == "counts":
        return counts.astype(float), counts.astype(str)
    total = counts.sum(axis=1, keepdims=True) if show == "row" else counts.sum(axis=0, keepdims=True)
    shares = counts / np.maximum(total, 1)
    texts = [[_short_percent(share) for share in row] for row in shares]
    return shares, np.array(texts)


def _short_percent(share: float) -> str:
    # Without the sign, so that ten cells fit a phone; "<1" rather than a 0 that isn't one.
    return "<1" if 0 < share < 0.005 else f"{100 * share:.0f}"


def cell_font(text: str, something: bool, strength: float) -> dict[str, str | int]:
    """The font of a cell's text, readable on its color."""
    size: dict[str, str | int] = {"size": 14 if len(text) < 4 else 11}
    if not something:
        return size | {"color": _NOTHING_TEXT}
    return size | {"color": _FULL_TEXT} if strength >= _FULL_FROM else size


def _cell_in_words(genres: tuple[str, ...], counts: np.ndarray, row: int, column: int, what: str) -> str:
    count, of_row, of_column = counts[row, column], counts[row].sum(), counts[:, column].sum()
    true, heard = genres[row], genres[column]
    said = f"<b>{count} of {of_row}</b> {true} {what}"
    said += f" ({percent(count / of_row)})" if of_row else ""
    said += f"<br>were heard as <b>{heard}</b>."
    return said + (f"<br>{percent(count / of_column)} of all that was<br>heard as {heard}." if of_column else "")
