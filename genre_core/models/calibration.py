"""Calibration of probabilities by temperature scaling (C. Guo et al., "On calibration of modern neural networks", ICML
2017).

Logits are multiplied by an inverse temperature, which is one over the temperature of that paper: below 1 it makes
predictions less confident, above 1 more.
"""

import numpy as np

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
    import scipy  # what a downloaded run predicts with needs no SciPy

    rows = np.arange(len(labels))

    def loss(log_inverse_temperature: float) -> float:
        log_probabilities = scipy.special.log_softmax(np.exp(log_inverse_temperature) * logits, axis=1)
        return prior * log_inverse_temperature**2 / 2 - float(log_probabilities[rows, labels].sum())

    return float(np.exp(scipy.optimize.minimize_scalar(loss, bounds=_LOG_RANGE, method="bounded").x))


def apply_inverse_temperature(probabilities: np.ndarray, inverse_temperature: float) -> np.ndarray:
    """Rescale probabilities of shape (..., classes); rows of the result sum to one."""
    return softmax(inverse_temperature * np.log(np.maximum(probabilities, _MIN_PROBABILITY)))


def calibrate_mean(
    mean_probabilities: np.ndarray, n_effective: float, inverse_temperature: float, segments_per_track: float
) -> np.ndarray:
    """Calibrate the mean probabilities of a song's segments by what calibrates the tracks of a test set.

    The mean over many segments is underconfident: it is correct more often than its probability says; that of one
    segment is not. The correction therefore grows with the logarithm of the number of segments, and is complete for a
    song with as many segments as the test tracks.

    Parameters
    ----------
    mean_probabilities : shape (genres,).
    n_effective : number of segments that do not overlap, at least 1.
    inverse_temperature : of the tracks of the test set.
    segments_per_track : mean number of segments of those tracks.
    """
    weight = min(np.log(max(n_effective, 1.0)) / np.log(segments_per_track), 1.0) if segments_per_track > 1 else 1.0
    return apply_inverse_temperature(mean_probabilities, inverse_temperature**weight)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities from logits, shape (..., classes); rows sum to one."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: np.ndarray = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return shares
