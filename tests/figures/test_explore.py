"""Figures of Start and Explore: what is drawn, in which colors, and what a click returns."""

import numpy as np
import plotly.graph_objects as go
import pytest

from genre_core import exploration
from genre_core.datasets import Dataset
from genre_core.features import paper
from genre_core.figures import explore as figures
from genre_core.figures.theme import genre_colors

GENRES = ("blues", "jazz", "polka")


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    rng = np.random.default_rng(7)
    genre = np.repeat(GENRES, 20)
    track = np.array([f"{g}/{i // 5}" for i, g in enumerate(genre)])
    return Dataset("made", "paper", rng.normal(size=(60, 58)), genre, track, np.arange(60) % 5 * 3.0)


def color(trace: go.Scatter) -> str:
    return str(trace.marker.color or trace.line.color)


@pytest.mark.parametrize("kind", figures.DISTRIBUTION_KINDS)
@pytest.mark.parametrize("shown", [GENRES, ("polka",), ("jazz", "blues")])
def test_a_distribution_has_a_trace_per_genre_in_its_color(
    dataset: Dataset, kind: figures.DistributionKind, shown: tuple[str, ...]
) -> None:
    figure = figures.distribution(dataset, "rolloff_mean", shown, kind)
    assert {trace.name: color(trace) for trace in figure.data} == {
        genre: genre_colors(GENRES)[genre] for genre in shown
    }
    assert figure.layout.xaxis.title.text == "Spectral roll-off, mean (Hz)"


def test_a_histogram_counts_every_segment(dataset: Dataset) -> None:
    for trace in figures.distribution(dataset, "tempo", GENRES, "Histogram").data:
        assert trace.customdata[:, 0].sum() == 20


@pytest.mark.parametrize("kind", figures.DISTRIBUTION_KINDS)
def test_a_constant_feature_can_be_drawn(kind: figures.DistributionKind) -> None:
    flat = Dataset("flat", "paper", np.ones((4, 58)), np.array(["a", "b"] * 2), np.array(list("wxyz")), np.zeros(4))
    assert len(figures.distribution(flat, "length", ("a", "b"), kind).data) == 2


def test_a_cumulative_curve_ends_at_one(dataset: Dataset) -> None:
    for trace in figures.distribution(dataset, "tempo", GENRES, "Cumulative").data:
        assert trace.y[-1] == 1
        assert (np.diff(trace.x) >= 0).all()


def test_the_ranking_highlights_the_chosen_feature_and_returns_columns(dataset: Dataset) -> None:
    table = exploration.rank_features(dataset.values, dataset.labels, dataset.columns).head(5)
    bars = figures.ranking(table, table["feature"][2], len(table)).data[0]
    assert list(bars.customdata) == table["feature"].tolist()
    assert [bars.marker.color.count(c) for c in (bars.marker.color[2], bars.marker.color[0])] == [1, 4]


def test_a_scatter_plot_returns_rows(dataset: Dataset) -> None:
    figure = figures.feature_scatter(dataset, "tempo", "rms_mean", ("jazz", "polka"))
    assert [trace.name for trace in figure.data] == ["jazz", "polka"]
    for trace in figure.data:
        rows = np.asarray(trace.customdata)
        assert (dataset.genre[rows] == trace.name).all()
        np.testing.assert_array_equal(trace.x, dataset.values[rows, paper.COLUMNS.index("tempo")])


def test_many_points_are_drawn_with_webgl(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    assert figures.feature_scatter(dataset, "tempo", "rms_mean", GENRES).data[0].type == "scatter"
    monkeypatch.setattr(figures, "_MAX_SVG_POINTS", 10)
    assert figures.feature_scatter(dataset, "tempo", "rms_mean", GENRES).data[0].type == "scattergl"


def test_a_projection_of_a_sample_returns_rows_of_the_dataset(dataset: Dataset) -> None:
    rows = np.array([1, 25, 58])
    shown = exploration.Projection("t-SNE", rows, np.array([[0.0, 1], [2, 3], [4, 5]]), None)
    figure = figures.projection(dataset, shown, GENRES)
    assert [trace.customdata.tolist() for trace in figure.data] == [[1], [25], [58]]
    assert figure.data[2].text[0] == f"{dataset.track[58]}, 9 s"


def test_the_correlation_matrix_has_a_cell_per_pair(dataset: Dataset) -> None:
    matrix = exploration.correlations(dataset.values, dataset.columns)
    heat = figures.correlation_matrix(matrix).data[0]
    assert heat.z.shape == (58, 58)
    assert list(heat.y) == list(paper.COLUMNS)


def test_moving_tracks_have_a_point_per_track_and_a_frame_per_segment(dataset: Dataset) -> None:
    paths = exploration.track_paths(dataset, exploration.project(dataset, "PCA"))
    figure = figures.moving_tracks(paths, 3.0)
    assert sum(len(trace.x) for trace in figure.data) == dataset.n_tracks
    assert len(figure.frames) == 5
    assert all(len(frame.data) == len(figure.data) for frame in figure.frames)
