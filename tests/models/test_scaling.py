"""Feature scaling."""

from pathlib import Path

import numpy as np

from genre_core.models.scaling import Scaling


def test_columns_get_mean_0_and_deviation_1(rng: np.random.Generator) -> None:
    values = rng.normal(5, 3, size=(200, 4))
    scaled = Scaling.fit(values).apply(values)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-5)


def test_the_logarithm_is_taken_of_marked_columns_alone(rng: np.random.Generator) -> None:
    values = rng.lognormal(size=(200, 2))
    scaling = Scaling.fit(values, log=np.array([True, False]))
    np.testing.assert_allclose(scaling.mean, [np.log(values[:, 0]).mean(), values[:, 1].mean()])


def test_excluded_and_constant_columns_become_0(rng: np.random.Generator) -> None:
    values = rng.normal(size=(50, 3))
    values[:, 2] = 7
    scaling = Scaling.fit(values, excluded=np.array([True, False, False]))
    np.testing.assert_array_equal(scaling.apply(values + np.array([1, 0, 0]))[:, [0, 2]], 0)


def test_pictures_are_scaled_by_band_and_channel(rng: np.random.Generator) -> None:
    pictures = rng.integers(0, 256, size=(20, 8, 6, 2), dtype=np.uint8)
    scaled = Scaling.fit(pictures).apply(pictures)
    np.testing.assert_allclose(scaled.mean(axis=(0, 2)), 0, atol=1e-5)
    np.testing.assert_array_equal(Scaling.identity((8, 6, 2)).apply(pictures), pictures)


def test_a_saved_scaling_is_the_same(rng: np.random.Generator, tmp_path: Path) -> None:
    values = rng.lognormal(size=(20, 3))
    scaling = Scaling.fit(values, log=np.array([True, False, True]))
    scaling.save(tmp_path / "scaler.npz")
    np.testing.assert_array_equal(Scaling.load(tmp_path / "scaler.npz", (3,)).apply(values), scaling.apply(values))
