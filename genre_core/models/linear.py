"""Linear models as their numbers alone.

What a logistic regression or a linear discriminant analysis computes is a matrix product and a softmax.  With its
numbers in a file of their own, a prediction loads neither skops nor scikit-learn, which take two seconds in every new
process.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from genre_core.models.calibration import apply_inverse_temperature, softmax
from genre_core.reading import reporting_damage
from genre_core.reading.array_files import check_array, check_scale, read_arrays

LINEAR_FILE = "linear.npz"
LEAST_CLASSES = 3
"""Models of two classes are left to scikit-learn, whose versions differ in how they compute their probabilities."""


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A linear model of three or more genres."""

    weights: np.ndarray
    """shape (classes, columns)."""
    intercepts: np.ndarray
    """shape (classes,)."""
    classes: np.ndarray
    """shape (classes,), int: the genre of each class, ascending; genres without training segments are missing."""
    inverse_temperature: float = 1.0
    """See `calibration`."""

    def probabilities(self, values: np.ndarray, n_genres: int) -> np.ndarray:
        """Genre probabilities, shape (n, genres), float64, of scaled features, shape (n, columns)."""
        logits = values @ self.weights.T + self.intercepts
        known = softmax(logits)
        if self.inverse_temperature != 1:
            known = apply_inverse_temperature(known, self.inverse_temperature)
        result = np.zeros((len(values), n_genres))
        result[:, self.classes] = known
        return result

    def save(self, folder: Path) -> None:
        """Write linear.npz."""
        np.savez(folder / LINEAR_FILE, **{field.name: getattr(self, field.name) for field in fields(self)})

    @staticmethod
    def load(path: Path) -> "LinearModel":
        """Read the model; DamagedFileError if the file is missing or damaged."""
        arrays = read_arrays(path)
        with reporting_damage(path):
            weights = check_array("weights", arrays["weights"], (None, None))
            of_classes = (len(weights),)
            classes = check_array("classes", arrays["classes"], of_classes, kinds="iu")
            if (np.diff(classes, prepend=-1) <= 0).any():
                raise ValueError("classes are not ascending")
            intercepts = check_array("intercepts", arrays["intercepts"], of_classes)
            inverse_temperature = float(check_scale("inverse_temperature", arrays["inverse_temperature"], ()))
            return LinearModel(weights, intercepts, classes, inverse_temperature)
