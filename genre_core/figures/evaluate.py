"""Figures of an evaluation: accuracy by split, scores per genre, calibration."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from genre_core import escaping
from genre_core.evaluation import SCORE_NAMES, Calibration, Evaluation, Interval, Scores, interval_text
from genre_core.figures.theme import NEUTRAL_COLOR, SEGMENT_COLOR, TRACK_COLOR, finish, genre_colors
from genre_core.runs import RunInfo
from genre_core.wording import percent, score

_SHORT_SPLIT_NAMES = {
    "random": "random",
    "track": "track",
    "artist": "artist",
    "fault-filtered": "fault-<br>filtered",
    "column": "pre-<br>defined",
}


def split_scores(infos: Sequence[RunInfo], chosen: str) -> go.Figure:
    """Draw the accuracy of runs under different splits, per segment and per track, with 95 % confidence intervals.

    One row per run, the first on top; the name of the run `chosen` is bold.
    """
    figure = go.Figure()
    add_accuracies(figure, [(info.split.description, info.scores, info.ci95) for info in infos])
    rows = [_split_name(info, bold=info.name == chosen) for info in infos]
    return finish_accuracies(figure, rows, chance=1 / len(infos[0].genres), height=90 + 100 * len(infos))


def add_accuracies(figure: go.Figure, rows: Sequence[tuple[str, Scores, Mapping[str, Interval]]]) -> None:
    """Add the accuracies per segment and per track of each row, with 95 % confidence intervals; the first row is 0.

    Parameters
    ----------
    rows : for each row its name in hover texts, its scores and their intervals.
    """
    for key, symbol, color, offset in (
        ("accuracy", "circle", SEGMENT_COLOR, -0.2),
        ("track_accuracy", "diamond", TRACK_COLOR, 0.24),
    ):
        name = SCORE_NAMES[key]
        values = [getattr(scores, key) for _, scores, _ in rows]
        intervals = [ci95[key] for _, _, ci95 in rows]
        figure.add_scatter(
            x=values,
            y=[row + offset for row in range(len(rows))],
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
                [escaping.plotly(row), score(value), _test_size(scores, key), interval_text(key, interval)]
                for (row, scores, _), interval, value in zip(rows, intervals, values, strict=True)
            ],
            hovertemplate="%{customdata[0]}<br>" + name + ": <b>%{customdata[1]}</b> of %{customdata[2]}<br>"
            "95 % CI: %{customdata[3]}<extra></extra>",
        )


def finish_accuracies(figure: go.Figure, rows: Sequence[str], *, chance: float, height: int) -> go.Figure:
    """Add the accuracy of chance and the axes to a figure of `add_accuracies`, with a tick label for each row."""
    figure.add_vline(x=chance, line={"color": NEUTRAL_COLOR, "width": 1.5, "dash": "dot"})
    # At the bottom of the plot, since the legend is above it.
    figure.add_annotation(
        x=chance, y=len(rows) - 0.52, text="chance", showarrow=False, xanchor="left", yanchor="bottom", xshift=4
    )
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%", dtick=0.2, fixedrange=True, zeroline=False)
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=list(rows),
        range=[len(rows) - 0.5, -0.62],
        fixedrange=True,
        showgrid=False,
        zeroline=False,
    )
    figure.update_layout(dragmode=False, hovermode="closest")
    return finish(figure, height=height)


def _split_name(info: RunInfo, *, bold: bool) -> str:
    """The split as a tick label that is narrow enough for a phone."""
    name = _SHORT_SPLIT_NAMES[info.split.kind]
    tested = len(info.genres) - len(info.untested_genres)
    notes = [f"{info.split.folds} folds"] if info.split.folds else []
    notes += [f"{tested} of {len(info.genres)}<br>genres"] if info.untested_genres else []
    return "<br>".join([f"<b>{name}</b>" if bold else name, *notes])


def _test_size(scores: Scores, key: str) -> str:
    return f"{scores.segments} segments" if key == "accuracy" else f"{scores.tracks} tracks"


def genre_scores(evaluation: Evaluation) -> go.Figure:
    """Draw the F1 of each genre as a bar, with precision and recall as markers; the highest F1 on top."""
    scores = evaluation.per_genre()
    scores = scores[scores["segments"] > 0].sort_values("f1", kind="stable")
    colors = genre_colors(evaluation.genres)
    names = [escaping.plotly(genre) for genre in scores["genre"]]
    figure = go.Figure()
    figure.add_bar(
        x=scores["f1"],
        y=names,
        orientation="h",
        name="F1",
        showlegend=False,
        marker={"color": [colors[genre] for genre in scores["genre"]], "opacity": 0.75},
        hovertemplate="F1 of %{y}: %{x:.2f}<extra></extra>",
    )
    for key, symbol in (("precision", "diamond"), ("recall", "circle")):
        name = key.capitalize()
        figure.add_scatter(
            x=scores[key],
            y=names,
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 11, "color": "#ffffff", "line": {"width": 2, "color": "#1c2333"}},
            hovertemplate=name + " of %{y}: %{x:.0%}<extra></extra>",
        )
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(fixedrange=True, showgrid=False)
    figure.update_layout(bargap=0.35, dragmode=False)
    return finish(figure, height=110 + 34 * len(scores))


def calibration(calibration: Calibration) -> go.Figure:
    """Draw a reliability diagram.

    A bar for each bin with segments, as high as their accuracy and labeled with their number; a circle where the bar
    would end with perfect calibration; and the diagonal of perfect calibration.
    """
    n_bins = len(calibration.counts)
    filled = np.flatnonzero(calibration.counts)
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name="Perfect calibration",
        line={"color": NEUTRAL_COLOR, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )
    hover = [
        f"{calibration.counts[i]} segments<br>mean confidence: {percent(calibration.confidence[i])}<br>"
        f"accuracy: <b>{percent(calibration.accuracy[i])}</b>"
        for i in filled
    ]
    figure.add_bar(
        x=(filled + 0.5) / n_bins,
        y=calibration.accuracy[filled],
        width=0.92 / n_bins,
        name="Accuracy",
        marker={"color": SEGMENT_COLOR},
        text=[f"{calibration.counts[i]}" for i in filled],
        # At the base, where no circle covers them; a bar that is too low for its number has it above.
        textposition=["inside" if calibration.accuracy[i] > 0.1 else "outside" for i in filled],
        insidetextanchor="start",
        insidetextfont={"size": 14, "color": "#0b0f1a"},
        outsidetextfont={"size": 14},
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=calibration.confidence[filled],
        y=calibration.confidence[filled],
        mode="markers",
        name="Mean confidence",
        marker={"symbol": "circle-open", "size": 11, "color": TRACK_COLOR, "line": {"width": 3}},
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    figure.update_xaxes(title="Confidence", range=[0, 1.02], tickformat=".0%", dtick=0.2, fixedrange=True)
    figure.update_yaxes(title="Accuracy (segments)", range=[0, 1.1], tickformat=".0%", dtick=0.2, fixedrange=True)
    figure.update_layout(dragmode=False, hovermode="closest")
    finish(figure, height=400)
    return figure.update_layout(margin_r=28)  # room for the last tick
