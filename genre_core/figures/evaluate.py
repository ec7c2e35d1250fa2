"""Figures of what a run predicted for its test part: confusion matrix, scores per genre."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from genre_core.evaluation import Evaluation
from genre_core.figures.theme import finish, genre_colours
from genre_core.figures.words import percent

Show = Literal["counts", "row", "column"]

_RIGHT = ("#d3ddff", "#2f4fbe")
_WRONG = ("#ffd8c4", "#d0430f")
"""Palest and fullest colour of a cell: opaque, so that its text reads the same on a light and on a dark page."""
_NOTHING_COLOUR = "rgba(139,143,153,0.10)"
_PALE_TEXT, _FULL_TEXT, _NOTHING_TEXT = "#1c2333", "#ffffff", "#8b8f99"
_FULL_FROM = 0.6  # from this share of the fullest colour on, text is white
_CHOSEN_COLOUR = "#b026c9"


def confusion(evaluation: Evaluation, show: Show = "counts", chosen: tuple[str, str] | None = None) -> go.Figure:
    """The confusion matrix: true genres in rows, what they were heard as in columns.

    Parameters
    ----------
    show : counts of segments; or per cent of the row, that is of the segments of a genre; or per cent of the column,
        that is of the segments heard as a genre.
    chosen : (true genre, heard as) of the cell to frame.

    Returns
    -------
    A figure whose last trace holds an invisible marker in the middle of each cell, with customdata
    [true genre, heard as], for clicks: heatmap cells give no selection event.  The nearest marker gets the click,
    so they need no size, and cells may have any.
    """
    genres, counts = evaluation.genres, evaluation.confusion
    values, texts = _shown(counts, show)
    cells = [(row, column) for row in range(len(genres)) for column in range(len(genres))]
    right = np.eye(len(genres), dtype=bool)
    # Mistakes have a colour of their own, and their own scale down to a quarter, or else few would be seen.
    full_right = max(float(values[right].max()), 1e-9)
    full_wrong = max(float(values[~right].max(initial=0)), float(values.max()) / 4, 1e-9)
    strength = values / np.where(right, full_right, full_wrong)
    figure = go.Figure()
    parts = (
        (counts == 0, (_NOTHING_COLOUR, _NOTHING_COLOUR)),
        ((counts > 0) & right, _RIGHT),
        ((counts > 0) & ~right, _WRONG),
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
            | {"font": _font(texts[row, column], counts[row, column], strength[row, column])}
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
        hovertext=[_cell_in_words(genres, counts, row, column) for row, column in cells],
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
            line={"color": _CHOSEN_COLOUR, "width": 3},
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
    colours = genre_colours(evaluation.genres)
    figure = go.Figure()
    figure.add_bar(
        x=scores["f1"],
        y=scores["genre"],
        orientation="h",
        name="F1",
        showlegend=False,
        marker={"color": [colours[genre] for genre in scores["genre"]], "opacity": 0.75},
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
    colours = genre_colours(genres)
    names = [f"<b>{genres[i]} ✓</b>" if genres[i] == true_genre else genres[i] for i in order]
    figure = go.Figure()
    figure.add_bar(
        x=[probabilities[i] for i in order],
        y=names,
        orientation="h",
        marker={"color": [colours[genres[i]] for i in order]},
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


def _shown(counts: np.ndarray, show: Show) -> tuple[np.ndarray, np.ndarray]:
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


def _font(text: str, count: int, strength: float) -> dict[str, str | int]:
    colour = _NOTHING_TEXT if count == 0 else _FULL_TEXT if strength >= _FULL_FROM else _PALE_TEXT
    return {"size": 14 if len(text) < 4 else 11, "color": colour}


def _cell_in_words(genres: tuple[str, ...], counts: np.ndarray, row: int, column: int) -> str:
    count, of_row, of_column = counts[row, column], counts[row].sum(), counts[:, column].sum()
    true, heard = genres[row], genres[column]
    said = f"<b>{count} of {of_row}</b> {true} segments"
    said += f" ({percent(count / of_row)})" if of_row else ""
    said += f"<br>were heard as <b>{heard}</b>."
    return said + (f"<br>{percent(count / of_column)} of all that was<br>heard as {heard}." if of_column else "")
