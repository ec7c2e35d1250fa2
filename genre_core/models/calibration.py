"""Calibration of probabilities by temperature scaling (C. Guo et al., "On calibration of modern neural networks", ICML
2017).

Logits are multiplied by an inverse temperature, which is one over the temperature of that paper: below 1 it makes
predictions less confident, above 1 more.
"""

import numpy as np
import scipy

_MIN_PROBABILITY = 1e-7
_LOG_RANGE = (np.log(0.05), np.log(50.0))


def fit_inverse_temperature(logits: np.ndarray, labels: np.ndarray, *, prior: float = 0.0) -> float:
    """Find the inverse temperature with which the softmax of the logits fits the labels best.

    Parameters
    ----------
    logits : shape (n, classes): decision values, or logarithms of probabilities.
    labels : shape (n,), int: the true class of each row.
    prior : precision of a normal prior on the logarithm of the inverse temperature, with mean 0.  Without it, a few
        examples that are all correct would make the inverse temperature infinite.

    Returns
    -------
    A number between 0.05 and 50.
    """
    rows = np.arange(len(labels))

    def loss(log_inverse_temperature: float) -> float:
        log_probabilities = scipy.special.log_softmax(np.exp(log_inverse_temperature) * logits, axis=1)
        return prior * log_inverse_temperature**2 / 2 - float(log_probabilities[rows, labels].sum())

    return float(np.exp(scipy.optimize.minimize_scalar(loss, bounds=_LOG_RANGE, method="bounded").x))


def apply_inverse_temperature(probabilities: np.ndarray, inverse_temperature: float) -> np.ndarray:
    """Rescale probabilities of shape (..., classes); rows of the result sum to one."""
    return scipy.special.softmax(inverse_temperature * np.log(np.maximum(probabilities, _MIN_PROBABILITY)), axis=-1)
