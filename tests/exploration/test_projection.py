"""Projections to two dimensions, on data whose shape is known."""

import numpy as np
import pytest

from genre_core.datasets import Dataset
from genre_core.errors import DatasetError
from genre_core.exploration import (
    MIN_SEGMENTS,
    PROJECTION_METHODS,
    Projection,
    ProjectionMethod,
    project,
    projection,
    stratified_sample,
    track_paths,
)
from tests.feature_table import make_dataset


def test_pca_of_a_plane_keeps_distances_and_all_variance(rng: np.random.Generator) -> None:
    # Orthogonal columns of the same variance: a plane, with known shares of the variance.
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    plane = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    shown = project(make_dataset(plane, ["a", "b"] * 50), "PCA")
    assert shown.explained_variance == pytest.approx((0.5, 0.5))
    np.testing.assert_allclose(np.linalg.norm(shown.points, axis=1), np.sqrt(2), rtol=1e-6)


def test_pca_finds_the_only_direction_of_copies(rng: np.random.Generator) -> None:
    line = rng.normal(size=(60, 1))
    shown = project(make_dataset(line * [1, -3, 100], ["a", "b"] * 30), "PCA")
    assert shown.explained_variance == pytest.approx((1, 0), abs=1e-9)
    assert abs(np.corrcoef(shown.points[:, 0], line[:, 0])[0, 1]) == pytest.approx(1)


def test_tsne_keeps_clusters_apart_and_is_deterministic(rng: np.random.Generator) -> None:
    values = np.concatenate([rng.normal(size=(30, 5)), rng.normal(size=(30, 5)) + 30])
    dataset = make_dataset(values, ["a"] * 30 + ["b"] * 30)
    shown = project(dataset, "t-SNE")
    a, b = shown.points[:30], shown.points[30:]
    gap = np.linalg.norm(a.mean(axis=0) - b.mean(axis=0))
    assert gap > a.std(axis=0).max() + b.std(axis=0).max()
    assert shown.explained_variance is None
    np.testing.assert_array_equal(shown.points, project(dataset, "t-SNE").points)


@pytest.mark.parametrize("method", PROJECTION_METHODS)
def test_a_projection_of_the_fewest_segments_is_finite_and_of_fewer_refused(
    rng: np.random.Generator, method: ProjectionMethod
) -> None:
    few = make_dataset(rng.normal(size=(MIN_SEGMENTS, 3)), ["a", "b", "a", "b", "a"])
    assert np.isfinite(project(few, method).points).all()
    with pytest.raises(DatasetError, match="at least 5 segments"):
        project(make_dataset(rng.normal(size=(4, 3)), ["a", "b"] * 2), method)


def test_a_projection_of_identical_segments_is_finite() -> None:
    shown = project(make_dataset(np.ones((6, 2)), ["a", "b"] * 3), "PCA")
    assert np.isfinite(shown.points).all()
    assert shown.explained_variance == (0, 0)


@pytest.mark.parametrize("most", [10, 99, 100, 500])
def test_a_sample_keeps_the_proportions(most: int) -> None:
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    rows = stratified_sample(labels, most)
    assert len(rows) <= most
    assert (np.diff(rows) > 0).all()
    expected = np.array([60, 30, 10]) * min(1, most / 100)
    assert (np.abs(np.bincount(labels[rows], minlength=3) - expected) <= 1).all()


def test_tsne_samples_a_large_dataset(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "MAX_TSNE_SEGMENTS", 40)
    shown = project(make_dataset(rng.normal(size=(80, 3)), ["a", "b"] * 40), "t-SNE")
    assert len(shown.rows) == 40
    assert shown.points.shape == (40, 2)


def test_tracks_are_followed_in_time_and_stay_where_they_end(rng: np.random.Generator) -> None:
    # Two tracks of three segments and one of two, rows shuffled.
    starts = np.array([0.0, 3, 6, 0, 3, 6, 0, 3])
    track = np.array(["a/1"] * 3 + ["a/2"] * 3 + ["b/1"] * 2)
    order = rng.permutation(8)
    dataset = Dataset(
        "made", "paper", np.zeros((8, 58)), np.array([t[0] for t in track])[order], track[order], starts[order]
    )
    points = np.stack([starts, np.zeros(8)], axis=1)[order]
    paths = track_paths(dataset, Projection("PCA", np.arange(8), points, (1.0, 0.0)))
    assert paths.track.tolist() == ["a/1", "a/2", "b/1"]
    assert paths.genre.tolist() == ["a", "a", "b"]
    assert paths.points[:, :, 0].tolist() == [[0, 3, 6], [0, 3, 6], [0, 3, 3]]
