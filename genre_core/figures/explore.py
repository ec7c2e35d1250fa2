"""Figures of the pages Start and Explore.

`genres` are those to show, out of the data set's; colors are given out over all of them, so that a genre keeps its
own when others are hidden.  Where segments are points, `customdata` of a point is its row in the data set.
"""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from genre_core.datasets import Dataset
from genre_core.exploration import GenreMap, TrackPaths, feature_words
from genre_core.figures.theme import finish, genre_colors

DistributionKind = Literal["Violin", "Box", "Histogram", "Cumulative"]
DISTRIBUTION_KINDS: tuple[DistributionKind, ...] = get_args(DistributionKind)

_MOST_SVG_POINTS = 3000  # beyond this WebGL draws faster than the browser lays out one element a point
_HISTOGRAM_BINS = 40
_ROW_PX = 42
_BAR_PX = 24
_CELL_PX = 17
_CORRELATION_SCALE = [[0.0, "#3556c4"], [0.5, "rgba(128,128,128,0.06)"], [1.0, "#d9480f"]]
"""Blue and red ends, and a middle through which the page shows, be it light or dark."""


def distribution(dataset: Dataset, column: str, genres: Sequence[str], kind: DistributionKind) -> go.Figure:
    """How a feature is distributed in each genre: a row a genre, or for "Cumulative" a curve a genre."""
    values = dataset.values[:, dataset.columns.index(column)]
    parts = {genre: values[dataset.genre == genre] for genre in genres}
    colors = genre_colors(dataset.genres)
    figure = go.Figure()
    if kind == "Cumulative":
        figure.add_traces([_cumulative(genre, part, colors[genre]) for genre, part in parts.items()])
        figure.update_yaxes(title="share of segments below", tickformat=".0%", range=[0, 1.02])
        finish(figure, height=480)
    else:
        # Plotly draws the first row at the bottom, people read from the top.
        figure.add_traces(_rows(kind, dict(reversed(parts.items())), colors))
        figure.update_layout(barmode="overlay", violinmode="overlay", boxmode="overlay")
        figure.update_yaxes(tickvals=list(range(len(parts))), ticktext=list(reversed(parts)), showgrid=False)
        figure.update_yaxes(zeroline=False, range=[-0.6, len(parts) - 0.4])
        finish(figure, height=_ROW_PX * len(parts) + 90, legend=False)
    figure.update_xaxes(title=feature_words(column).label, zeroline=False)
    return figure


def _rows(
    kind: DistributionKind, parts: dict[str, np.ndarray], colors: dict[str, str]
) -> list[go.Violin | go.Box | go.Bar]:
    if kind == "Histogram":
        return _histograms(parts, colors)
    rows: list[go.Violin | go.Box | go.Bar] = []
    for place, (genre, part) in enumerate(parts.items()):
        y = np.full(len(part), place)
        common = {"x": part, "y": y, "name": genre, "orientation": "h", "line": {"color": colors[genre], "width": 1.5}}
        if kind == "Box":
            rows.append(go.Box(**common, width=0.7, boxpoints="outliers", marker={"size": 4}, boxmean=True))
        else:
            rows.append(
                go.Violin(**common, width=0.95, points=False, box={"visible": True, "width": 0.25}, hoveron="violins")
            )
    return rows


def _histograms(parts: dict[str, np.ndarray], colors: dict[str, str]) -> list[go.Bar]:
    """Histograms one above the other, each scaled to its own highest bar, over the same bins."""
    everything = np.concatenate(list(parts.values()))
    edges = np.histogram_bin_edges(everything, bins=_HISTOGRAM_BINS)
    rows = []
    for place, (genre, part) in enumerate(parts.items()):
        counts, _ = np.histogram(part, bins=edges)
        filled = np.flatnonzero(counts)
        rows.append(
            go.Bar(
                x=(edges[filled] + edges[filled + 1]) / 2,
                y=0.85 * counts[filled] / counts.max(),
                base=np.full(len(filled), place - 0.42),
                width=np.diff(edges)[filled],
                name=genre,
                marker={"color": colors[genre], "line": {"width": 0}},
                customdata=np.stack([counts[filled], edges[filled], edges[filled + 1]], axis=1),
                hovertemplate="%{customdata[0]} segments<br>from %{customdata[1]:.4g} to %{customdata[2]:.4g}",
            )
        )
    return rows


def _cumulative(genre: str, part: np.ndarray, color: str) -> go.Scatter:
    return go.Scatter(
        x=np.sort(part),
        y=np.arange(1, len(part) + 1) / len(part),
        name=genre,
        mode="lines",
        line={"color": color, "width": 2, "shape": "hv"},
        hovertemplate="%{y:.0%} of the segments<br>up to %{x:.4g}",
    )


def ranking(table: pd.DataFrame, chosen: str) -> go.Figure:
    """Bars of eta squared from `exploration.rank_features`, the best on top; `customdata` is the feature's column."""
    features = table["feature"].tolist()
    figure = go.Figure(
        go.Bar(
            x=table["eta_squared"],
            y=[feature_words(feature).label for feature in features],
            customdata=features,
            orientation="h",
            marker={"color": ["#3556c4" if feature == chosen else "#7fb2f0" for feature in features]},
            text=[f"{share:.2f}" for share in table["eta_squared"]],
            textposition="auto",
            textfont={"size": 14},
            hovertemplate="%{y}<br>%{customdata}<br>eta squared %{x:.3f}<extra></extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(range=[0, 1], title="eta squared", side="top")
    return finish(figure, height=_BAR_PX * len(features) + 90, legend=False)


def feature_scatter(dataset: Dataset, x: str, y: str, genres: Sequence[str]) -> go.Figure:
    """Two features against each other: a point a segment, colored by genre."""
    columns = [dataset.columns.index(column) for column in (x, y)]
    figure = _points(dataset, np.arange(len(dataset.values)), dataset.values[:, columns], genres)
    figure.update_xaxes(title=feature_words(x).label, zeroline=False)
    figure.update_yaxes(title=feature_words(y).label, zeroline=False)
    return finish(figure, height=560)


def genre_map(dataset: Dataset, shown: GenreMap, genres: Sequence[str]) -> go.Figure:
    """A map of segments, colored by genre."""
    figure = _points(dataset, shown.rows, shown.points, genres)
    figure.update_xaxes(title=_map_axis(shown, 0), showticklabels=False, showgrid=False, zeroline=False)
    figure.update_yaxes(title=_map_axis(shown, 1), showticklabels=False, showgrid=False, zeroline=False)
    return finish(figure, height=600)


def _map_axis(shown: GenreMap, axis: int) -> str | None:
    return f"direction {axis + 1}: {100 * shown.shares[axis]:.0f} % of the variance" if shown.shares else None


def _points(dataset: Dataset, rows: np.ndarray, points: np.ndarray, genres: Sequence[str]) -> go.Figure:
    colors = genre_colors(dataset.genres)
    trace = go.Scattergl if len(rows) > _MOST_SVG_POINTS else go.Scatter
    figure = go.Figure()
    for genre in genres:
        here = np.flatnonzero(dataset.genre[rows] == genre)
        names = [f"{dataset.track[row]}, {dataset.start_s[row]:.0f} s" for row in rows[here]]
        figure.add_trace(
            trace(
                x=points[here, 0],
                y=points[here, 1],
                name=genre,
                mode="markers",
                marker={"color": colors[genre], "size": 7, "opacity": 0.75},
                text=names,
                customdata=rows[here],
                hovertemplate="%{text}<extra></extra>",
                unselected={"marker": {"opacity": 0.12}},
            )
        )
    return figure.update_layout(legend={"itemsizing": "constant"})


def correlation_map(matrix: pd.DataFrame) -> go.Figure:
    """Heat map of `exploration.correlations`; names stand left, columns run in the same order."""
    names = matrix.columns.tolist()
    figure = go.Figure(
        go.Heatmap(
            z=matrix.to_numpy().round(3),
            x=names,
            y=names,
            zmin=-1,
            zmax=1,
            colorscale=_CORRELATION_SCALE,
            colorbar={"orientation": "h", "y": 1.0, "yanchor": "bottom", "thickness": 12, "title": None},
            hovertemplate="%{x}<br>%{y}<br>correlation %{z:.2f}<extra></extra>",
        )
    )
    figure.update_xaxes(showticklabels=False, showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False, dtick=1)
    return finish(figure, height=_CELL_PX * len(names) + 110, legend=False)


def moving_tracks(paths: TrackPaths, segment_s: float) -> go.Figure:
    """A map on which every dot is a track; played, it moves from segment to segment as its seconds go by."""
    colors = genre_colors(sorted(set(paths.genre.tolist())))
    members = {genre: np.flatnonzero(paths.genre == genre) for genre in colors}

    def dots(step: int, *, whole: bool) -> list[go.Scatter]:
        described = {
            genre: {
                "name": genre,
                "mode": "markers",
                "text": paths.track[here],
                "marker": {"color": colors[genre], "size": 11, "opacity": 0.85},
                "hovertemplate": "%{text}<extra></extra>",
            }
            for genre, here in members.items()
        }
        return [
            go.Scatter(
                x=paths.points[here, step, 0], y=paths.points[here, step, 1], **(described[genre] if whole else {})
            )
            for genre, here in members.items()
        ]

    steps = paths.points.shape[1]
    figure = go.Figure(
        data=dots(0, whole=True),
        frames=[go.Frame(data=dots(step, whole=False), name=f"{step * segment_s:.0f} s") for step in range(steps)],
    )
    pace = {"frame": {"duration": 700, "redraw": False}, "transition": {"duration": 650, "easing": "linear"}}
    play = {"label": "▶ Play", "method": "animate", "args": [None, {**pace, "mode": "immediate"}]}
    place = {"x": 0, "xanchor": "left", "y": 0, "yanchor": "top", "pad": {"t": 8}}
    # Plotly paints an active button white, on which a dark theme's text can't be read.
    look = {"bgcolor": "rgba(128,128,128,0.15)", "bordercolor": "rgba(128,128,128,0.4)", "showactive": False}
    figure.update_layout(updatemenus=[{"type": "buttons", "buttons": [play], **place, **look}])
    for update, axis in ((figure.update_xaxes, 0), (figure.update_yaxes, 1)):
        low, high = paths.points[..., axis].min(), paths.points[..., axis].max()
        margin = 0.04 * (high - low)
        update(range=[low - margin, high + margin], showticklabels=False, showgrid=False, zeroline=False)
    return finish(figure, height=520)
