"""Figures of a cross-validation: the accuracy of each fold, and the genres that each fold tests."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from genre_core import escaping
from genre_core.figures.evaluate import add_accuracies, finish_accuracies
from genre_core.figures.theme import NEUTRAL_COLOR, finish
from genre_core.runs import RunInfo
from genre_core.runs.folds import FoldFacts
from genre_core.wording import counted

_FEW, _MANY = "rgb(214,222,247)", "rgb(47,78,184)"
"""Color of one track and of the most; opaque, so that the color of the text works on a light and a dark page."""
_EMPTY_COLOR = "rgba(139,143,153,0.10)"
_WHITE_FROM = 0.75
"""From this share of the most tracks on, text is white."""


def fold_scores(info: RunInfo, folds: Sequence[FoldFacts]) -> go.Figure:
    """Draw the accuracy of each fold, per segment and per track, with 95 % confidence intervals.

    The first row is of all folds together.
    """
    rows = [("All folds", info.scores, info.ci95), *((f"Fold {fold.number}", fold.scores, fold.ci95) for fold in folds)]
    figure = go.Figure()
    add_accuracies(figure, rows)
    labels = [f"{name}<br>{counted(scores.tracks, 'track')}" for name, scores, _ in rows]
    labels[0] = f"<b>{labels[0]}</b>"
    return finish_accuracies(figure, labels, chance=1 / len(info.genres), height=90 + 72 * len(rows))


def fold_genres(folds: Sequence[FoldFacts], genres: Sequence[str]) -> go.Figure:
    """Draw the number of test tracks of each genre in each fold as a table; a 0 stands in an empty cell."""
    counts = np.array([[fold.genre_tracks[genre] for fold in folds] for genre in genres])
    strength = counts / max(counts.max(), 1)
    hover = [
        [
            f"{escaping.plotly(genre)}, fold {fold.number}: {counted(fold.genre_tracks[genre], 'test track')}"
            for fold in folds
        ]
        for genre in genres
    ]
    figure = go.Figure()
    for shown, colors in ((counts == 0, (_EMPTY_COLOR, _EMPTY_COLOR)), (counts > 0, (_FEW, _MANY))):
        figure.add_heatmap(
            z=np.where(shown, strength, np.nan),
            zmin=0,
            zmax=1,
            colorscale=[[0, colors[0]], [1, colors[1]]],
            showscale=False,
            xgap=2,
            ygap=2,
            customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
        )
    for (row, column), n in np.ndenumerate(counts):
        color = NEUTRAL_COLOR if n == 0 else "#ffffff" if strength[row, column] >= _WHITE_FROM else "#0b0f1a"
        figure.add_annotation(x=column, y=row, text=f"{n}", showarrow=False, font={"size": 13, "color": color})
    figure.update_xaxes(
        tickvals=list(range(len(folds))),
        ticktext=[f"{fold.number}" for fold in folds],
        title="Fold",
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        tickvals=list(range(len(genres))),
        ticktext=[escaping.plotly(genre) for genre in genres],
        autorange="reversed",
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_layout(dragmode=False, hovermode="closest")
    return finish(figure, height=90 + 30 * len(genres), legend=False).update_layout(margin_t=8)
