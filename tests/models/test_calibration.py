"""Calibration: probabilities become as sure as they are right, and no class changes places."""

import numpy as np
import pytest

from genre_core.models.calibration import sharpened, sharpness


def drawn(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """A label for each row, drawn by the softmax of its values."""
    shares = np.exp(values) / np.exp(values).sum(axis=1, keepdims=True)
    return np.array([rng.choice(len(row), p=row) for row in shares])


@pytest.mark.parametrize("true", [0.3, 1.0, 4.0])
def test_the_sharpness_that_labels_were_drawn_with_is_found(rng, true):
    values = rng.standard_normal((4000, 5))
    assert sharpness(values, drawn(rng, true * values)) == pytest.approx(true, rel=0.12)


def test_a_prior_bounds_what_few_examples_would_make_infinite(rng):
    values = np.eye(3)[[0, 1, 2, 0]] * 2.0
    labels = np.array([0, 1, 2, 0])
    assert sharpness(values, labels) > 10
    assert 1 < sharpness(values, labels, prior=1.0) < 5


def test_sharpening_keeps_the_order_and_the_sum():
    shares = np.array([[0.5, 0.3, 0.2, 0.0]])
    for factor in (0.3, 1.0, 3.0):
        out = sharpened(shares, factor)
        np.testing.assert_allclose(out.sum(axis=1), 1)
        assert list(out[0].argsort()) == list(shares[0].argsort())
    np.testing.assert_allclose(sharpened(shares, 1.0), shares, atol=1e-6)
