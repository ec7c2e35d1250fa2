"""Confusion matrices, and the difference of two."""

from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from genre_core import escaping
from genre_core.evaluation import Evaluation
from genre_core.figures.theme import CHOSEN_COLOR, NEUTRAL_COLOR, finish
from genre_core.wording import percent, score

CellValue = Literal["counts", "row", "column"]
"""What the cells show: counts, or percent of the row (true genre) or of the column (predicted genre)."""

_GOOD_COLORS = ("rgb(214,222,247)", "rgb(47,78,184)")
_BAD_COLORS = ("rgb(250,219,206)", "rgb(186,58,10)")
"""Palest and strongest color of a cell; opaque, so that the color of its text works on a light and a dark page."""
_EMPTY_COLOR = "rgba(139,143,153,0.10)"
_TEXT_ON_STRONG, _TEXT_ON_PALE = "#ffffff", "#0b0f1a"
_STRONG_FROM = 0.75
"""From this share of the strongest color on, text is white; below, it is dark. The contrast is 3.9 or more."""
_MIN_COLOR_RANGE = 20.0
"""The strongest color of a difference stands for at least this many percentage points."""


def confusion_matrix(
    evaluation: Evaluation,
    show: CellValue = "counts",
    chosen: tuple[str, str] | None = None,
    *,
    max_value: float | None = None,
    counted: str = "true {genre} segments",
    verb: str = "predicted as",
) -> go.Figure:
    """Draw a confusion matrix: true genres in the rows, predicted genres in the columns.

    Parameters
    ----------
    chosen : (true genre, predicted genre) of the cell to outline.
    max_value : the value of the strongest color, for figures side by side; by default the largest value shown.
    counted, verb : words of the hover text, which reads "12 of 33 COUNTED VERB country (36 %)".

    Returns
    -------
    A figure whose last trace has an invisible marker in each cell, with customdata [true genre, predicted genre]. A
    click anywhere in a cell selects its marker; heatmap cells have no selection event.
    """
    genres, counts = evaluation.genres, evaluation.confusion
    values, texts = cell_values(counts, show)
    diagonal = np.eye(len(genres), dtype=bool)
    # Errors have a color scale of their own, down to a quarter of the largest value; otherwise few would be visible.
    max_correct = max_value or max(float(values[diagonal].max()), 1e-9)
    max_error = max_value or max(float(values[~diagonal].max(initial=0)), float(values.max()) / 4, 1e-9)
    strength = values / np.where(diagonal, max_correct, max_error)
    filled = counts > 0
    figure = go.Figure()
    for mask, (palest, strongest) in (
        (~filled, (_EMPTY_COLOR, _EMPTY_COLOR)),
        (filled & diagonal, _GOOD_COLORS),
        (filled & ~diagonal, _BAD_COLORS),
    ):
        _add_cells(figure, np.where(mask, strength, np.nan), (0, 1), [[0, palest], [1, strongest]])
    _add_texts(figure, texts, filled, strength)
    hover = [
        [_cell_text(genres, counts, row, column, show, counted, verb) for column in range(len(genres))]
        for row in range(len(genres))
    ]
    _add_markers(figure, genres, hover)
    if chosen:
        row, column = genres.index(chosen[0]), genres.index(chosen[1])
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": CHOSEN_COLOR, "width": 3},
        )
    return _finish_matrix(figure, genres)


def confusion_difference(first: Evaluation, second: Evaluation) -> go.Figure:
    """Draw the second confusion matrix minus the first, in percentage points of the true genre.

    Cells are blue where the second is better (more correct predictions, fewer errors) and orange where it is worse.
    Both must have the same genres. Rows that one of them has no segments of are left empty.
    """
    genres = first.genres
    first_shares, second_shares = (_row_shares(evaluation.confusion) for evaluation in (first, second))
    difference = 100 * (second_shares - first_shares)
    tested = np.isfinite(difference)
    improvement = np.where(np.eye(len(genres), dtype=bool), difference, -difference)
    max_value = max(float(np.abs(difference[tested]).max(initial=0)), _MIN_COLOR_RANGE)
    filled = tested & (np.abs(difference) >= 0.5)  # what rounds to 0 has no color
    figure = go.Figure()
    scale = [[0, _BAD_COLORS[1]], [0.5, _BAD_COLORS[0]], [0.5, _GOOD_COLORS[0]], [1, _GOOD_COLORS[1]]]
    for mask, colors in ((~filled, [[0, _EMPTY_COLOR], [1, _EMPTY_COLOR]]), (filled, scale)):
        cells = np.where(mask, np.where(tested, improvement, 0), np.nan)
        _add_cells(figure, cells, (-max_value, max_value), colors)
    texts = np.array([[_points(value) for value in row] for row in difference])
    _add_texts(figure, texts, filled, np.abs(difference) / max_value)
    hover = [
        [
            f"True <b>{true}</b>, predicted <b>{predicted}</b><br>"
            f"first run: {_share(first_shares[row, column])}<br>second run: {_share(second_shares[row, column])}"
            for column, predicted in enumerate(map(escaping.plotly, genres))
        ]
        for row, true in enumerate(map(escaping.plotly, genres))
    ]
    _add_markers(figure, genres, hover)
    return _finish_matrix(figure, genres)


def cell_values(counts: np.ndarray, show: CellValue) -> tuple[np.ndarray, np.ndarray]:
    """The values of the cells (counts, or shares from 0 to 1) and their texts; a share of nothing is 0."""
    if show == "counts":
        return counts.astype(float), counts.astype(str)
    total = counts.sum(axis=1, keepdims=True) if show == "row" else counts.sum(axis=0, keepdims=True)
    shares = counts / np.maximum(total, 1)
    return shares, np.array([[_short_percent(share) for share in row] for row in shares])


def _add_cells(
    figure: go.Figure, values: np.ndarray, value_range: tuple[float, float], colorscale: list[list[Any]]
) -> None:
    """Add colored cells; NaN is no cell."""
    figure.add_heatmap(
        z=values,
        zmin=value_range[0],
        zmax=value_range[1],
        colorscale=colorscale,
        showscale=False,
        hoverinfo="skip",
        xgap=2,
        ygap=2,
    )


def _add_texts(figure: go.Figure, texts: np.ndarray, filled: np.ndarray, strength: np.ndarray) -> None:
    # All at once: adding a hundred annotations one by one takes most of a second.
    figure.update_layout(
        annotations=[
            {"x": column, "y": row, "text": text, "showarrow": False}
            | {"font": _cell_font(text, bool(filled[row, column]), float(strength[row, column]))}
            for (row, column), text in np.ndenumerate(texts)
        ]
    )


def _cell_font(text: str, filled: bool, strength: float) -> dict[str, str | int]:
    font: dict[str, str | int] = {"size": {1: 14, 2: 14, 3: 12}.get(len(text), 11)}
    if not filled:
        return font | {"color": NEUTRAL_COLOR}
    return font | {"color": _TEXT_ON_STRONG if strength >= _STRONG_FROM else _TEXT_ON_PALE}


def _add_markers(figure: go.Figure, genres: tuple[str, ...], hover: list[list[str]]) -> None:
    """Add an invisible marker to each cell, for hovering and clicking."""
    cells = [(row, column) for row in range(len(genres)) for column in range(len(genres))]
    figure.add_scatter(
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        mode="markers",
        marker={"size": 6, "opacity": 0, "symbol": "square"},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[[genres[row], genres[column]] for row, column in cells],
        hovertext=[hover[row][column] for row, column in cells],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _finish_matrix(figure: go.Figure, genres: tuple[str, ...]) -> go.Figure:
    ticks = {"tickvals": list(range(len(genres))), "ticktext": [escaping.plotly(genre) for genre in genres]}
    axis = ticks | {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": ""}
    end = len(genres) - 0.5
    figure.update_xaxes(axis, title="Predicted genre", range=[-0.5, end], tickangle=-60)
    figure.update_yaxes(axis, title="True genre", range=[end, -0.5])
    # An infinite hover distance: wherever a click falls, the nearest marker is that of its cell.
    figure.update_layout(dragmode=False, hovermode="closest", hoverdistance=-1, hoverlabel_font_size=14)
    finish(figure, height=130 + 40 * max(len(genres), 4), legend=False)
    return figure.update_layout(margin_t=8)


def _cell_text(
    genres: tuple[str, ...], counts: np.ndarray, row: int, column: int, show: CellValue, counted: str, verb: str
) -> str:
    """As in: 12 of 33 true rock segments predicted as country (36 %)."""
    count, n_row, n_column = counts[row, column], counts[row].sum(), counts[:, column].sum()
    true, predicted = escaping.plotly(genres[row]), escaping.plotly(genres[column])
    text = f"<b>{count} of {n_row}</b> {counted.format(genre=f'<b>{true}</b>')}<br>{verb} <b>{predicted}</b>"
    text += f" ({percent(count / n_row)})" if n_row else ""
    if show == "column" and n_column:
        text += f"<br>{count} of {n_column} segments {verb} {predicted}<br>are {true} ({percent(count / n_column)})"
    return text


def _short_percent(share: float) -> str:
    # Without the sign, so that ten cells fit on a phone; "<1" rather than a 0 that is not one.
    return "<1" if 0 < share < 0.005 else f"{100 * share:.0f}"


def _row_shares(counts: np.ndarray) -> np.ndarray:
    """Counts as shares of their row; NaN in an empty row."""
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0, counts / np.maximum(total, 1), np.nan)


def _share(share: float) -> str:
    return score(float(share)) if np.isfinite(share) else "not tested"


def _points(difference: float) -> str:
    if not np.isfinite(difference):
        return "–"  # noqa: RUF001
    return f"{difference:+.0f}".replace("-", "−") if abs(difference) >= 0.5 else "0"  # noqa: RUF001
