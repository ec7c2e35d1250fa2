"""The shrunk covariance against scikit-learn's."""

import numpy as np
import pytest
from sklearn.covariance import ledoit_wolf

from genre_core.models.covariance import shrunk_covariance


@pytest.mark.parametrize(("n", "columns"), [(5, 40), (40, 5), (500, 60)])
def test_it_is_that_of_scikit_learn(rng: np.random.Generator, n: int, columns: int) -> None:
    deviations = rng.normal(size=(n, columns)) @ rng.normal(size=(columns, columns))
    expected, _ = ledoit_wolf(deviations, assume_centered=True)
    np.testing.assert_allclose(shrunk_covariance(deviations), expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())


def test_rows_of_zeros_have_none() -> None:
    np.testing.assert_array_equal(shrunk_covariance(np.zeros((4, 3))), np.zeros((3, 3)))
