"""Making probabilities as sure as they are right (temperature scaling: C. Guo et al., "On calibration of modern neural
networks", ICML 2017).

The sharpness is one over Guo's temperature: below 1 it takes sureness away.
"""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

_LEAST = 1e-7
_RANGE = (np.log(0.05), np.log(50.0))


def sharpness(values: np.ndarray, labels: np.ndarray, *, prior: float = 0.0) -> float:
    """The factor of the values that makes their softmax fit the labels best.

    Parameters
    ----------
    values : shape (n, classes): decision values, or logarithms of probabilities.
    labels : shape (n,), int: the true class of each.
    prior : how strongly it is held to 1, in inverse variances of its logarithm: with few examples, all of them right,
        the best factor would be without bound.
    """
    rows = np.arange(len(labels))

    def loss(log_sharpness: float) -> float:
        shares = log_softmax(np.exp(log_sharpness) * values, axis=1)
        return prior * log_sharpness**2 / 2 - float(shares[rows, labels].sum())

    return float(np.exp(minimize_scalar(loss, bounds=_RANGE, method="bounded").x))


def sharpened(shares: np.ndarray, sharpness: float) -> np.ndarray:
    """Probabilities of shape (..., classes) made sharper; rows sum to one."""
    return softmax(sharpness * np.log(np.maximum(shares, _LEAST)), axis=-1)
