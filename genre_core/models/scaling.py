"""Feature scaling, fitted on the training set alone."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core.reading import reporting_damage
from genre_core.reading.array_files import check_array, check_scale, read_arrays

_MIN_LOG_INPUT = 1e-8


@dataclass(frozen=True, eq=False)
class Scaling:
    """Standardization of features, after an optional logarithm."""

    log: np.ndarray
    """shape (columns,), bool: the columns whose logarithm is taken first; empty for pictures."""
    mean: np.ndarray
    """What is subtracted: shape (columns,), or (height, 1, channels) for each band and channel of a picture."""
    scale: np.ndarray
    """What the difference is divided by; same shape as `mean`."""

    @staticmethod
    def fit(values: np.ndarray, log: np.ndarray | None = None, excluded: np.ndarray | None = None) -> "Scaling":
        """Fit a scaling that gives each column mean 0 and standard deviation 1.

        Parameters
        ----------
        values : shape (n, columns), or pictures of shape (n, height, width, channels).
        log : shape (columns,), bool: columns whose logarithm is taken first; None for no column.
        excluded : shape (columns,), bool: columns that become 0 in every row; None for no column.
        """
        if values.ndim > 2:
            bands = values.transpose(1, 3, 0, 2).reshape(values.shape[1], values.shape[3], -1)
            mean = bands.mean(axis=-1, dtype=np.float64)
            scale = np.array([[channel.std() for channel in band] for band in bands])
            scale = np.maximum(scale, 1.0)
            return Scaling(np.zeros(0, dtype=bool), *(array[:, None, :].astype(np.float32) for array in (mean, scale)))
        log = np.zeros(values.shape[1], dtype=bool) if log is None else log
        values = _log(values, log)
        mean, scale = values.mean(axis=0), values.std(axis=0)
        scale = np.where(scale < 1e-12 * np.maximum(np.abs(mean), 1), 1.0, scale)  # a constant column
        return Scaling(log, mean, scale if excluded is None else np.where(excluded, np.inf, scale))

    @staticmethod
    def identity(shape: tuple[int, ...]) -> "Scaling":
        """The scaling that leaves pictures of this shape unchanged."""
        bands = (shape[0], 1, shape[2])
        return Scaling(np.zeros(0, dtype=bool), np.zeros(bands, np.float32), np.ones(bands, np.float32))

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Scaled features, float32, of the same shape as `values`."""
        return ((_log(values, self.log) - self.mean) / self.scale).astype(np.float32)

    def save(self, path: Path) -> None:
        np.savez(path, log=self.log, mean=self.mean, scale=self.scale)

    @staticmethod
    def load(path: Path, shape: tuple[int, ...]) -> "Scaling":
        """Read the scaling of features of this shape (`FeatureSet.shape`).

        Raises DamagedFileError if the file is missing or damaged, or of other features.
        """
        arrays = read_arrays(path)
        with reporting_damage(path):
            scaled, logs = ((shape[0], 1, shape[2]), 0) if len(shape) == 3 else (shape, shape[0])
            mean = check_array("mean", arrays["mean"], scaled)
            scale = check_scale("scale", arrays["scale"], scaled)  # infinite for excluded columns
            # Runs of format 1 have no `log`.
            log = arrays.get("log", np.zeros(logs, dtype=bool))
            return Scaling(check_array("log", log, (logs,), kinds="b"), mean, scale)


def _log(values: np.ndarray, log: np.ndarray) -> np.ndarray:
    """The values, with the logarithm taken of the columns that `log` marks."""
    return np.where(log, np.log(np.maximum(values, _MIN_LOG_INPUT)), values) if log.any() else values
