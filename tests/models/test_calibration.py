"""Temperature scaling: probabilities become as high as they are right, and the order of the classes stays."""

import numpy as np
import pytest

from genre_core.models.calibration import apply_inverse_temperature, fit_inverse_temperature


def draw_labels(rng: np.random.Generator, logits: np.ndarray) -> np.ndarray:
    """A label for each row, drawn with the softmax of its logits."""
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.array([rng.choice(len(row), p=row) for row in probabilities])


@pytest.mark.parametrize("true", [0.3, 1.0, 4.0])
def test_the_inverse_temperature_that_drew_the_labels_is_found(rng: np.random.Generator, true: float) -> None:
    logits = rng.standard_normal((4000, 5))
    assert fit_inverse_temperature(logits, draw_labels(rng, true * logits)) == pytest.approx(true, rel=0.12)


def test_a_prior_bounds_the_fit_to_a_few_correct_examples() -> None:
    logits = np.eye(3)[[0, 1, 2, 0]] * 2.0
    labels = np.array([0, 1, 2, 0])
    assert fit_inverse_temperature(logits, labels) > 10
    assert 1 < fit_inverse_temperature(logits, labels, prior=1.0) < 5


@pytest.mark.parametrize("inverse_temperature", [0.3, 1.0, 3.0])
def test_rescaled_probabilities_keep_their_order_and_their_sum(inverse_temperature: float) -> None:
    probabilities = np.array([[0.5, 0.3, 0.2, 0.0]])
    rescaled = apply_inverse_temperature(probabilities, inverse_temperature)
    np.testing.assert_allclose(rescaled.sum(axis=1), 1)
    assert list(rescaled[0].argsort()) == list(probabilities[0].argsort())


def test_an_inverse_temperature_of_1_changes_nothing() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2, 0.0]])
    np.testing.assert_allclose(apply_inverse_temperature(probabilities, 1.0), probabilities, atol=1e-6)
