"""Ranking and correlations, on tables whose result is known."""

import numpy as np
import pytest
from scipy.stats import f_oneway

from genre_core.errors import DatasetError
from genre_core.exploration import correlations, group_similar, rank_features, rows_of, segment_table, strongest_pairs
from tests.feature_table import make_dataset


def test_a_feature_that_determines_the_genre_has_eta_squared_one_and_noise_near_zero(rng: np.random.Generator) -> None:
    labels = np.repeat([0, 1, 2], 200)
    values = np.stack([labels * 5.0, rng.normal(size=600), np.full(600, 7.7)], axis=1)
    table = rank_features(values, labels, ("genre itself", "noise", "constant")).set_index("feature")
    assert table.index[0] == "genre itself"
    assert table.loc["genre itself", "eta_squared"] == pytest.approx(1)
    assert table.loc["genre itself", "f"] > 1e9
    assert table.loc["noise", "eta_squared"] < 0.02
    assert table.loc["constant", "eta_squared"] == 0


def test_f_equals_that_of_scipy(rng: np.random.Generator) -> None:
    labels = np.repeat([0, 1, 2], [30, 50, 20])
    values = rng.normal(size=(100, 4)) + labels[:, np.newaxis] * [0, 0.2, 1, 3]
    table = rank_features(values, labels, tuple("abcd")).set_index("feature").loc[list("abcd")]
    expected = [f_oneway(*(column[labels == kind] for kind in range(3))).statistic for column in values.T]
    np.testing.assert_allclose(table["f"], expected, rtol=1e-9)


def test_eta_squared_does_not_depend_on_the_unit(rng: np.random.Generator) -> None:
    labels = np.repeat([0, 1], 40)
    value = rng.normal(size=(80, 1)) + labels[:, np.newaxis]
    both = rank_features(np.hstack([value, 1e6 * value - 3e4]), labels, ("Hz", "mHz"))
    assert both["eta_squared"][0] == pytest.approx(both["eta_squared"][1])


def test_ranking_needs_two_genres() -> None:
    with pytest.raises(DatasetError, match="at least two genres"):
        rank_features(np.ones((4, 1)), np.zeros(4), ("a",))


def test_one_segment_per_genre_gives_no_nan() -> None:
    table = rank_features(np.array([[1.0], [2.0]]), np.array([0, 1]), ("a",))
    assert table["eta_squared"].tolist() == [1.0]
    assert not table["f"].isna().any()


def test_correlations_have_no_constants_and_find_opposites(rng: np.random.Generator) -> None:
    a = rng.normal(size=300)
    values = np.stack([a, -2 * a, np.full(300, 66149.0), rng.normal(size=300)], axis=1)
    matrix = correlations(values, ("a", "opposite", "length", "other"))
    assert matrix.columns.tolist() == ["a", "opposite", "other"]
    assert matrix.loc["a", "opposite"] == pytest.approx(-1)
    assert abs(matrix.loc["a", "other"]) < 0.2
    pair = strongest_pairs(matrix).iloc[0]
    assert {pair["feature"], pair["other"]} == {"a", "opposite"}


def test_grouping_puts_correlated_features_next_to_each_other_and_loses_none(rng: np.random.Generator) -> None:
    base = rng.normal(size=(200, 3))
    mixed = np.hstack([base, base + 0.05 * rng.normal(size=(200, 3))])
    matrix = correlations(mixed, ("a1", "b1", "c1", "a2", "b2", "c2"))
    grouped = group_similar(matrix)
    order = [name[0] for name in grouped.columns]
    assert sorted(grouped.columns) == sorted(matrix.columns)
    assert grouped.index.tolist() == grouped.columns.tolist()
    assert all(order[i] == order[i + 1] for i in (0, 2, 4))


@pytest.mark.parametrize("columns", [0, 1, 2])
def test_few_varying_features_are_no_error(rng: np.random.Generator, columns: int) -> None:
    matrix = correlations(rng.normal(size=(10, columns)), tuple("ab"[:columns]))
    assert group_similar(matrix).shape == (columns, columns)
    assert len(strongest_pairs(matrix)) == max(0, columns - 1)


def test_a_segment_table_lists_each_segment_once(rng: np.random.Generator) -> None:
    dataset = make_dataset(rng.normal(size=(6, 2)), ["a", "a", "b"] * 2, per_track=3)
    table = segment_table(dataset, [4, 0, 4], ("length",))
    assert table.columns.tolist() == ["track", "start_s", "genre", "length"]
    assert len(table) == 2
    assert segment_table(dataset, []).empty


def test_rows_of_genres(rng: np.random.Generator) -> None:
    dataset = make_dataset(rng.normal(size=(6, 2)), ["a", "b", "c"] * 2)
    assert rows_of(dataset, ("a", "c")).tolist() == [0, 2, 3, 5]
    assert rows_of(dataset, ()).tolist() == []
