"""Figures of the pages Start and Explore.

`genres` are those to show, in this order; a genre keeps its color when others are hidden.  Where a point is a segment,
its `customdata` is the row of the segment in the dataset.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import plotly.graph_objects as go

from genre_core import escaping
from genre_core.datasets import Dataset
from genre_core.exploration import Projection, TrackPaths, describe_feature
from genre_core.figures.theme import LINE_DASHES, finish, genre_colors, genre_symbols

if TYPE_CHECKING:
    import pandas as pd

DistributionKind = Literal["Violin", "Box", "Histogram", "Cumulative"]
DISTRIBUTION_KINDS: tuple[DistributionKind, ...] = get_args(DistributionKind)

_MAX_SVG_POINTS = 3000  # with more, WebGL is faster than one SVG element per point
_HISTOGRAM_BINS = 40
_ROW_PX = 42
_BAR_PX = 24
_CELL_PX = 17
_CORRELATION_SCALE = [[0.0, "#3556c4"], [0.5, "rgba(128,128,128,0.06)"], [1.0, "#d9480f"]]
"""Blue for -1 and red for 1, with a transparent middle for light and dark pages."""


def distribution(dataset: Dataset, column: str, genres: Sequence[str], kind: DistributionKind) -> go.Figure:
    """The distribution of a feature in each genre: one row per genre, or for "Cumulative" one curve per genre."""
    values = dataset.values[:, dataset.columns.index(column)]
    by_genre = {genre: values[dataset.genre == genre] for genre in genres}
    colors = genre_colors(dataset.genres)
    figure = go.Figure()
    if kind == "Cumulative":
        dashes = dict(zip(dataset.genres, itertools.cycle(LINE_DASHES), strict=False))
        figure.add_traces(
            [_cumulative(genre, its_values, colors[genre], dashes[genre]) for genre, its_values in by_genre.items()]
        )
        figure.update_yaxes(
            title="Share of segments",
            tickvals=[0, 0.25, 0.5, 0.75, 1],
            ticktext=["0 %", "25 %", "50 %", "75 %", "100 %"],
            range=[0, 1.02],
        )
        finish(figure, height=480)
    else:
        # Plotly draws the first row at the bottom.
        figure.add_traces(_rows(kind, dict(reversed(by_genre.items())), colors))
        figure.update_layout(barmode="overlay", violinmode="overlay", boxmode="overlay")
        names = [escaping.plotly(genre) for genre in reversed(by_genre)]
        figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, showgrid=False)
        figure.update_yaxes(zeroline=False, range=[-0.6, len(by_genre) - 0.4])
        finish(figure, height=_ROW_PX * len(by_genre) + 90, legend=False)
    figure.update_xaxes(title=describe_feature(column).label, zeroline=False)
    return figure


def _rows(
    kind: DistributionKind, by_genre: dict[str, np.ndarray], colors: dict[str, str]
) -> list[go.Violin | go.Box | go.Bar]:
    if kind == "Histogram":
        return _histograms(by_genre, colors)
    rows: list[go.Violin | go.Box | go.Bar] = []
    for place, (genre, values) in enumerate(by_genre.items()):
        y = np.full(len(values), place)
        common = {
            "x": values,
            "y": y,
            "name": escaping.plotly(genre),
            "orientation": "h",
            "line": {"color": colors[genre], "width": 1.5},
        }
        if kind == "Box":
            rows.append(go.Box(**common, width=0.7, boxpoints="outliers", marker={"size": 4}, boxmean=True))
        else:
            rows.append(
                go.Violin(**common, width=0.95, points=False, box={"visible": True, "width": 0.25}, hoveron="violins")
            )
    return rows


def _histograms(by_genre: dict[str, np.ndarray], colors: dict[str, str]) -> list[go.Bar]:
    """Histograms in rows, over the same bins, each scaled to its own highest bar."""
    edges = np.histogram_bin_edges(np.concatenate(list(by_genre.values())), bins=_HISTOGRAM_BINS)
    rows = []
    for place, (genre, values) in enumerate(by_genre.items()):
        counts, _ = np.histogram(values, bins=edges)
        filled = np.flatnonzero(counts)
        rows.append(
            go.Bar(
                x=(edges[filled] + edges[filled + 1]) / 2,
                y=0.85 * counts[filled] / counts.max(),
                base=np.full(len(filled), place - 0.42),
                width=np.diff(edges)[filled],
                name=escaping.plotly(genre),
                marker={"color": colors[genre], "line": {"width": 0}},
                customdata=np.stack([counts[filled], edges[filled], edges[filled + 1]], axis=1),
                hovertemplate="%{customdata[0]} segments from %{customdata[1]:.4g} to %{customdata[2]:.4g}",
            )
        )
    return rows


def _cumulative(genre: str, values: np.ndarray, color: str, dash: str) -> go.Scatter:
    return go.Scatter(
        x=np.sort(values),
        y=np.arange(1, len(values) + 1) / len(values),
        name=escaping.plotly(genre),
        customdata=100 * np.arange(1, len(values) + 1) / len(values),
        mode="lines",
        line={"color": color, "width": 2, "shape": "hv", "dash": dash},
        hovertemplate="%{customdata:.0f} % of the segments: %{x:.4g} or less",
    )


def ranking(table: pd.DataFrame, chosen: str, most: int) -> go.Figure:
    """Bars of eta squared, the highest on top; `customdata` of a bar is its column.

    Parameters
    ----------
    table : as from `exploration.rank_features`.
    chosen : column whose bar is highlighted.
    most : number of bars, from the top.
    """
    table = table.head(most)
    features = table["feature"].tolist()
    figure = go.Figure(
        go.Bar(
            x=table["eta_squared"].to_numpy(),
            y=[describe_feature(feature).label for feature in features],
            customdata=features,
            orientation="h",
            marker={"color": ["#3556c4" if feature == chosen else "#7fb2f0" for feature in features]},
            text=[f"{share:.2f}" for share in table["eta_squared"]],
            textposition="auto",
            textfont={"size": 14},
            hovertemplate="%{y}<br>%{customdata}<br>Eta squared: %{x:.3f}<extra></extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(range=[0, 1], title="Eta squared", side="top")
    return finish(figure, height=_BAR_PX * len(features) + 90, legend=False)


def feature_scatter(
    dataset: Dataset, x: str, y: str, genres: Sequence[str], *, drag: str = "lasso", selected: Sequence[int] = ()
) -> go.Figure:
    """Two features against each other: one point per segment, colored by genre.

    Parameters
    ----------
    drag : what Plotly does when a pointer is dragged: its `dragmode`.
    selected : rows of the selected segments; all others are pale, if there are any.
    """
    columns = [dataset.columns.index(column) for column in (x, y)]
    figure = _points(dataset, np.arange(len(dataset.values)), dataset.values[:, columns], genres, selected)
    figure.update_xaxes(title=describe_feature(x).label, zeroline=False)
    figure.update_yaxes(title=describe_feature(y).label, zeroline=False)
    return finish(figure, height=560).update_layout(dragmode=drag)


def projection(
    dataset: Dataset, shown: Projection, genres: Sequence[str], *, drag: str = "lasso", selected: Sequence[int] = ()
) -> go.Figure:
    """A projection of segments to two dimensions, colored by genre; `drag` and `selected` as in `feature_scatter`."""
    figure = _points(dataset, shown.rows, shown.points, genres, selected)
    figure.update_xaxes(title=_axis_title(shown, 0), showticklabels=False, showgrid=False, zeroline=False)
    figure.update_yaxes(title=_axis_title(shown, 1), showticklabels=False, showgrid=False, zeroline=False)
    return finish(figure, height=600).update_layout(dragmode=drag)


def _axis_title(shown: Projection, axis: int) -> str | None:
    if shown.explained_variance is None:
        return None
    return f"Principal component {axis + 1} ({100 * shown.explained_variance[axis]:.0f} % of the variance)"


def _points(
    dataset: Dataset, rows: np.ndarray, points: np.ndarray, genres: Sequence[str], selected: Sequence[int]
) -> go.Figure:
    colors, symbols = genre_colors(dataset.genres), genre_symbols(dataset.genres)
    trace = go.Scattergl if len(rows) > _MAX_SVG_POINTS else go.Scatter
    figure = go.Figure()
    for genre in genres:
        here = np.flatnonzero(dataset.genre[rows] == genre)
        names = [escaping.plotly(f"{dataset.track[row]}, {dataset.start_s[row]:.0f} s") for row in rows[here]]
        figure.add_trace(
            trace(
                x=points[here, 0],
                y=points[here, 1],
                name=escaping.plotly(genre),
                mode="markers",
                marker={"color": colors[genre], "symbol": symbols[genre], "size": 7, "opacity": 0.9},
                text=names,
                customdata=rows[here],
                hovertemplate="%{text}<extra></extra>",
                selectedpoints=np.flatnonzero(np.isin(rows[here], selected)).tolist() if selected else None,
                unselected={"marker": {"opacity": 0.12}},
            )
        )
    return figure.update_layout(legend={"itemsizing": "constant"})


def correlation_matrix(matrix: pd.DataFrame) -> go.Figure:
    """Heat map of a matrix as from `exploration.correlations`; columns are in the same order as rows."""
    names = matrix.columns.tolist()
    labels = [describe_feature(name).label for name in names]
    figure = go.Figure(
        go.Heatmap(
            z=matrix.to_numpy().round(3),
            x=names,
            y=names,
            zmin=-1,
            zmax=1,
            colorscale=_CORRELATION_SCALE,
            colorbar={"orientation": "h", "y": 1.0, "yanchor": "bottom", "thickness": 12, "title": None},
            text=[[f"{row}<br>{column}" for column in labels] for row in labels],
            hovertemplate="%{text}<br>Correlation: %{z:.2f}<extra></extra>",
        )
    )
    figure.update_xaxes(showticklabels=False, showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False, dtick=1)
    return finish(figure, height=_CELL_PX * len(names) + 110, legend=False)


def moving_tracks(paths: TrackPaths, segment_s: float) -> go.Figure:
    """An animated projection in which every point is a track that moves from segment to segment while it plays.

    Parameters
    ----------
    segment_s : length of a segment in seconds.
    """
    genres = sorted(set(paths.genre.tolist()))
    colors, symbols = genre_colors(genres), genre_symbols(genres)
    members = {genre: np.flatnonzero(paths.genre == genre) for genre in colors}

    def points(step: int, *, with_style: bool) -> list[go.Scatter]:
        style = {
            genre: {
                "name": escaping.plotly(genre),
                "mode": "markers",
                "text": [escaping.plotly(track) for track in paths.track[here]],
                "marker": {"color": colors[genre], "symbol": symbols[genre], "size": 11, "opacity": 0.85},
                "hovertemplate": "%{text}<extra></extra>",
            }
            for genre, here in members.items()
        }
        return [
            go.Scatter(
                x=paths.points[here, step, 0], y=paths.points[here, step, 1], **(style[genre] if with_style else {})
            )
            for genre, here in members.items()
        ]

    steps = paths.points.shape[1]
    figure = go.Figure(
        data=points(0, with_style=True),
        frames=[
            go.Frame(data=points(step, with_style=False), name=f"{step * segment_s:.0f} s") for step in range(steps)
        ],
    )
    pace = {"frame": {"duration": 700, "redraw": False}, "transition": {"duration": 650, "easing": "linear"}}
    play = {"label": "▶ Play", "method": "animate", "args": [None, {**pace, "mode": "immediate"}]}
    place = {"x": 0, "xanchor": "left", "y": 0, "yanchor": "top", "pad": {"t": 8}}
    # Plotly paints an active button white, which makes the text of a dark theme unreadable.
    colors_of_button = {
        "bgcolor": "rgba(128,128,128,0.15)",
        "bordercolor": "rgba(128,128,128,0.4)",
        "showactive": False,
    }
    figure.update_layout(updatemenus=[{"type": "buttons", "buttons": [play], **place, **colors_of_button}])
    for update, axis in ((figure.update_xaxes, 0), (figure.update_yaxes, 1)):
        low, high = paths.points[..., axis].min(), paths.points[..., axis].max()
        margin = 0.04 * (high - low)
        update(range=[low - margin, high + margin], showticklabels=False, showgrid=False, zeroline=False)
    return finish(figure, height=520)
