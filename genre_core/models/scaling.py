"""Bringing features to one scale before any model sees them; fitted on what the model learns from, and no more."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

_LEAST = 1e-8  # of what a logarithm is taken of


@dataclass(frozen=True, eq=False)
class Scaling:
    """What is done to the features of a segment."""

    log: np.ndarray
    """shape (columns,), bool: the columns of which the logarithm is taken first; empty for pictures."""
    mean: np.ndarray
    """What is subtracted then from each column, or each band and channel of a picture: shape (height, 1, channels)."""
    scale: np.ndarray
    """By what is divided then."""

    @staticmethod
    def fit(values: np.ndarray, log: np.ndarray | None = None, unheard: np.ndarray | None = None) -> "Scaling":
        """The scaling that gives each column mean 0 and deviation 1.

        Parameters
        ----------
        values : shape (n, columns), or pictures of shape (n, height, width, channels).
        log : shape (columns,), bool; None for no column.
        unheard : shape (columns,), bool: what becomes 0 whatever it is; None for no column.
        """
        if values.ndim > 2:
            bands = values.transpose(1, 3, 0, 2).reshape(values.shape[1], values.shape[3], -1)
            mean = bands.mean(axis=-1, dtype=np.float64)
            scale = np.array([[channel.std() for channel in band] for band in bands])
            scale = np.maximum(scale, 1.0)
            return Scaling(np.zeros(0, dtype=bool), *(part[:, None, :].astype(np.float32) for part in (mean, scale)))
        log = np.zeros(values.shape[1], dtype=bool) if log is None else log
        values = _logged(values, log)
        mean, scale = values.mean(axis=0), values.std(axis=0)
        scale = np.where(scale < 1e-12 * np.maximum(np.abs(mean), 1), 1.0, scale)  # a constant column
        return Scaling(log, mean, scale if unheard is None else np.where(unheard, np.inf, scale))

    @staticmethod
    def none(shape: tuple[int, ...]) -> "Scaling":
        """The scaling that leaves pictures of that shape as they are."""
        bands = (shape[0], 1, shape[2])
        return Scaling(np.zeros(0, dtype=bool), np.zeros(bands, np.float32), np.ones(bands, np.float32))

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Scaled features, float32, of the same shape as `values`."""
        return ((_logged(values, self.log) - self.mean) / self.scale).astype(np.float32)

    def save(self, path: Path) -> None:
        np.savez(path, log=self.log, mean=self.mean, scale=self.scale)

    @staticmethod
    def load(path: Path) -> "Scaling":
        with np.load(path, allow_pickle=False) as file:
            # Format 1 of a run knew no logarithms.
            log = file["log"] if "log" in file else np.zeros(len(file["mean"]), dtype=bool)
            return Scaling(log, file["mean"], file["scale"])


def _logged(values: np.ndarray, log: np.ndarray) -> np.ndarray:
    return np.where(log, np.log(np.maximum(values, _LEAST)), values) if log.any() else values
