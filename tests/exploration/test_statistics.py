"""Ranking, correlations and maps, on tables whose answer is known."""

import numpy as np
import pytest

from genre_core import exploration as e
from genre_core.datasets import Dataset
from genre_core.errors import DatasetError
from genre_core.features import paper


def make_dataset(values: np.ndarray, genre: list[str], per_track: int = 1) -> Dataset:
    """A data set of which only the first columns vary; the rest of the 58 are zero."""
    padded = np.zeros((len(values), len(paper.COLUMNS)))
    padded[:, : values.shape[1]] = values
    place = np.arange(len(values))
    track = np.array([f"{g}/{i // per_track}" for i, g in zip(place, genre, strict=True)])
    return Dataset("made", "paper", padded, np.array(genre), track, (place % per_track) * 3.0)


def test_a_feature_that_is_the_genre_has_eta_squared_one_and_noise_near_zero(rng):
    labels = np.repeat([0, 1, 2], 200)
    values = np.stack([labels * 5.0, rng.normal(size=600), np.full(600, 7.7)], axis=1)
    table = e.rank_features(values, labels, ("genre itself", "noise", "constant")).set_index("feature")
    assert table.index[0] == "genre itself"
    assert table.loc["genre itself", "eta_squared"] == pytest.approx(1)
    assert table.loc["genre itself", "f"] > 1e9
    assert table.loc["noise", "eta_squared"] < 0.02
    assert table.loc["constant", "eta_squared"] == 0


def test_f_is_that_of_scipy(rng):
    from scipy.stats import f_oneway

    labels = np.repeat([0, 1, 2], [30, 50, 20])
    values = rng.normal(size=(100, 4)) + labels[:, np.newaxis] * [0, 0.2, 1, 3]
    table = e.rank_features(values, labels, tuple("abcd")).set_index("feature").loc[list("abcd")]
    expected = [f_oneway(*(column[labels == kind] for kind in range(3))).statistic for column in values.T]
    np.testing.assert_allclose(table["f"], expected, rtol=1e-9)


def test_eta_squared_does_not_depend_on_the_unit(rng):
    labels = np.repeat([0, 1], 40)
    value = rng.normal(size=(80, 1)) + labels[:, np.newaxis]
    both = e.rank_features(np.hstack([value, 1e6 * value - 3e4]), labels, ("Hz", "mHz"))
    assert both["eta_squared"][0] == pytest.approx(both["eta_squared"][1])


def test_ranking_one_genre_is_refused():
    with pytest.raises(DatasetError, match="at least two genres"):
        e.rank_features(np.ones((4, 1)), np.zeros(4), ("a",))


def test_one_segment_a_genre_gives_no_nan():
    table = e.rank_features(np.array([[1.0], [2.0]]), np.array([0, 1]), ("a",))
    assert table["eta_squared"].tolist() == [1.0]
    assert not table["f"].isna().any()


def test_correlations_leave_out_constants_and_know_opposites(rng):
    a = rng.normal(size=300)
    values = np.stack([a, -2 * a, np.full(300, 66149.0), rng.normal(size=300)], axis=1)
    matrix = e.correlations(values, ("a", "opposite", "length", "other"))
    assert matrix.columns.tolist() == ["a", "opposite", "other"]
    assert matrix.loc["a", "opposite"] == pytest.approx(-1)
    assert abs(matrix.loc["a", "other"]) < 0.2
    pair = e.strongest_pairs(matrix).iloc[0]
    assert {pair["feature"], pair["other"]} == {"a", "opposite"}


def test_grouping_puts_alike_features_side_by_side_and_loses_none(rng):
    base = rng.normal(size=(200, 3))
    mixed = np.hstack([base, base + 0.05 * rng.normal(size=(200, 3))])
    matrix = e.correlations(mixed, ("a1", "b1", "c1", "a2", "b2", "c2"))
    grouped = e.group_similar(matrix)
    order = [name[0] for name in grouped.columns]
    assert sorted(grouped.columns) == sorted(matrix.columns)
    assert grouped.index.tolist() == grouped.columns.tolist()
    assert all(order[i] == order[i + 1] for i in (0, 2, 4))


@pytest.mark.parametrize("columns", [0, 1, 2])
def test_few_varying_features_are_no_error(rng, columns):
    matrix = e.correlations(rng.normal(size=(10, columns)), tuple("ab"[:columns]))
    assert e.group_similar(matrix).shape == (columns, columns)
    assert len(e.strongest_pairs(matrix)) == max(0, columns - 1)


def test_pca_of_a_plane_keeps_distances_and_all_variance(rng):
    # Orthogonal columns with one variance each: a plane, whose two shares are known.
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    plane = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    shown = e.make_map(make_dataset(plane, ["a", "b"] * 50), "PCA")
    assert shown.shares == pytest.approx((0.5, 0.5))
    np.testing.assert_allclose(np.linalg.norm(shown.points, axis=1), np.sqrt(2), rtol=1e-6)


def test_pca_finds_the_one_direction_of_copies(rng):
    line = rng.normal(size=(60, 1))
    shown = e.make_map(make_dataset(line * [1, -3, 100], ["a", "b"] * 30), "PCA")
    assert shown.shares == pytest.approx((1, 0), abs=1e-9)
    assert abs(np.corrcoef(shown.points[:, 0], line[:, 0])[0, 1]) == pytest.approx(1)


def test_tsne_keeps_clusters_apart_and_is_the_same_each_time(rng):
    values = np.concatenate([rng.normal(size=(30, 5)), rng.normal(size=(30, 5)) + 30])
    dataset = make_dataset(values, ["a"] * 30 + ["b"] * 30)
    shown = e.make_map(dataset, "t-SNE")
    a, b = shown.points[:30], shown.points[30:]
    gap = np.linalg.norm(a.mean(axis=0) - b.mean(axis=0))
    assert gap > a.std(axis=0).max() + b.std(axis=0).max()
    assert shown.shares is None
    np.testing.assert_array_equal(shown.points, e.make_map(dataset, "t-SNE").points)


@pytest.mark.parametrize("method", e.MAP_METHODS)
def test_a_map_of_the_fewest_segments_is_finite_and_of_fewer_refused(rng, method):
    few = make_dataset(rng.normal(size=(e.FEWEST_MAP_SEGMENTS, 3)), ["a", "b", "a", "b", "a"])
    assert np.isfinite(e.make_map(few, method).points).all()
    with pytest.raises(DatasetError, match="at least 5 segments"):
        e.make_map(make_dataset(rng.normal(size=(4, 3)), ["a", "b"] * 2), method)


def test_a_map_of_segments_that_are_all_the_same_is_finite():
    shown = e.make_map(make_dataset(np.ones((6, 2)), ["a", "b"] * 3), "PCA")
    assert np.isfinite(shown.points).all()
    assert shown.shares == (0, 0)


@pytest.mark.parametrize("most", [10, 99, 100, 500])
def test_a_sample_keeps_the_proportions(most):
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    rows = e.stratified_sample(labels, most)
    assert len(rows) <= most
    assert (np.diff(rows) > 0).all()
    expected = np.array([60, 30, 10]) * min(1, most / 100)
    assert (np.abs(np.bincount(labels[rows], minlength=3) - expected) <= 1).all()


def test_tsne_samples_a_large_set(rng, monkeypatch):
    monkeypatch.setattr(e, "MOST_TSNE_SEGMENTS", 40)
    shown = e.make_map(make_dataset(rng.normal(size=(80, 3)), ["a", "b"] * 40), "t-SNE")
    assert len(shown.rows) == 40
    assert shown.points.shape == (40, 2)


def test_tracks_are_followed_in_time_and_stay_where_they_end(rng):
    # Two tracks of three segments and one of two, rows shuffled.
    starts = np.array([0.0, 3, 6, 0, 3, 6, 0, 3])
    track = np.array(["a/1"] * 3 + ["a/2"] * 3 + ["b/1"] * 2)
    order = rng.permutation(8)
    dataset = Dataset(
        "made", "paper", np.zeros((8, 58)), np.array([t[0] for t in track])[order], track[order], starts[order]
    )
    points = np.stack([starts, np.zeros(8)], axis=1)[order]
    paths = e.track_paths(dataset, e.GenreMap("PCA", np.arange(8), points, (1.0, 0.0)))
    assert paths.track.tolist() == ["a/1", "a/2", "b/1"]
    assert paths.genre.tolist() == ["a", "a", "b"]
    assert paths.points[:, :, 0].tolist() == [[0, 3, 6], [0, 3, 6], [0, 3, 3]]


def test_a_segment_table_lists_each_segment_once(rng):
    dataset = make_dataset(rng.normal(size=(6, 2)), ["a", "a", "b"] * 2, per_track=3)
    table = e.segment_table(dataset, [4, 0, 4], ("length",))
    assert table.columns.tolist() == ["track", "start_s", "genre", "length"]
    assert len(table) == 2
    assert e.segment_table(dataset, []).empty


def test_rows_of_genres(rng):
    dataset = make_dataset(rng.normal(size=(6, 2)), ["a", "b", "c"] * 2)
    assert e.rows_of(dataset, ("a", "c")).tolist() == [0, 2, 3, 5]
    assert e.rows_of(dataset, ()).tolist() == []


def test_every_column_of_the_paper_has_words():
    words = [e.feature_words(column) for column in paper.COLUMNS]
    assert all(word.meaning.endswith(".") for word in words)
    assert len({word.label for word in words}) == len(paper.COLUMNS)
    assert e.feature_words("spectral_centroid_mean").label == "Spectral centroid, mean (Hz)"


@pytest.mark.parametrize("column", ["", "tag 7", "rms_median", "mfcc_mean", "mfccx_var"])
def test_an_unknown_column_keeps_its_name(column):
    assert e.feature_words(column) == e.FeatureWords(column, "")
