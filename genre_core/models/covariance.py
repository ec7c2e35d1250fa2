"""Covariances of few samples, shrunk towards a multiple of the identity.

O. Ledoit and M. Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", Journal of Multivariate
Analysis 88(2), 2004.  `sklearn.covariance` has it too, but scikit-learn takes a second to load in every new process
that predicts a song.
"""

import numpy as np


def shrunk_covariance(deviations: np.ndarray) -> np.ndarray:
    """The covariance of rows whose mean is 0, shape (n, columns): shape (columns, columns), as of
    `sklearn.covariance.ledoit_wolf(deviations, assume_centered=True)`."""
    n, columns = deviations.shape
    covariance = deviations.T @ deviations / n
    mean_variance = np.trace(covariance) / columns
    identity = mean_variance * np.eye(columns)
    distance = ((covariance - identity) ** 2).sum()
    # The mean squared distance of the rows' own products from their mean.
    error = (((deviations**2).sum(axis=1) ** 2).mean() - (covariance**2).sum()) / n
    share = min(error / distance, 1.0) if distance > 0 else 0.0
    shrunk: np.ndarray = (1 - share) * covariance + share * identity
    return shrunk
