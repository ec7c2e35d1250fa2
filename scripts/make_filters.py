"""Make artifacts/bundled/musicnn/filters.npz again: the filters of MSD_musicnn, resampled to `wide-mel` pictures.

    python -m scripts.make_filters PACKAGE

PACKAGE is the same as for scripts/make_embedding.py.  `genre_core.models.musicnn` describes how the filters are used.
"""

import sys
from pathlib import Path
from typing import Any

import librosa
import numpy as np

from genre_core.features import wide_mel
from genre_core.models import musicnn
from scripts.make_embedding import EXPORTS
from scripts.networks.checkpoint import Checkpoint, open_package
from scripts.networks.musicnn import read, without_constant_filters

_COLUMN_FRAMES = 16_000 / 256 / wide_mel.COLUMNS_PER_SECOND
"""Frames of MSD_musicnn in the time of one column of a picture."""
_BANDS, _HIGHEST_HZ = 96, 8_000


def main(package: Path) -> None:
    checkpoint = Checkpoint(open_package(package), "MSD_musicnn")
    weights = without_constant_filters(read(checkpoint), EXPORTS["msd_musicnn"].max_change)
    front = [layer for layer in weights.front if layer.kernel.shape[-1]]
    arrays: dict[str, np.ndarray] = {
        "bands": _bands(),
        "gain": weights.input_gain[0],
        "shift": weights.input_shift[0],
        "front": np.array(len(front)),
        "pooled_gain": weights.pooled_gain,
        "pooled_shift": weights.pooled_shift,
        "layers": np.array(len(front) + len(weights.middle)),
    }
    for i, layer in enumerate((*front, *weights.middle)):
        # Except at the ends of a patch, the bias of a middle layer is the same in all frames.
        bias = layer.bias[len(layer.bias) // 2] if layer.bias.ndim == 2 else layer.bias
        resampled = musicnn.Layer(at_column_rate(layer.kernel, _COLUMN_FRAMES), bias, layer.gain, layer.shift)
        arrays |= {f"{name}_{i}": value for name, value in resampled._asdict().items()}
    stored: Any = {
        name: values.astype(np.int64 if values.dtype.kind == "i" else np.float32) for name, values in arrays.items()
    }
    np.savez_compressed(musicnn.FILE, **stored)


def at_column_rate(kernel: np.ndarray, factor: float) -> np.ndarray:
    """Resample a kernel over frames to one over columns, each as long as `factor` frames.

    Linear interpolation: each tap is distributed over the column before it and the one after it.

    Parameters
    ----------
    kernel : shape (frames, ...); its center is (frames - 1) // 2, as in TensorFlow.

    Returns
    -------
    shape (columns, ...), with an odd number of columns around the center.
    """
    positions = (np.arange(len(kernel)) - (len(kernel) - 1) // 2) / factor
    reach = int(np.ceil(np.abs(positions).max()))
    columns = np.zeros((2 * reach + 1, *kernel.shape[1:]))
    for position, tap in zip(positions, kernel, strict=True):
        before = int(np.floor(position))
        columns[reach + before] += (1 - (position - before)) * tap
        if position > before:
            columns[reach + before + 1] += (position - before) * tap
    return columns


def _bands() -> np.ndarray:
    """Weights that map the bands of a picture to those of MSD_musicnn, by interpolation: shape (128, 96)."""
    source, target = (
        librosa.hz_to_mel(librosa.mel_frequencies(n + 2, fmin=0.0, fmax=highest)[1:-1])
        for n, highest in ((wide_mel.BANDS, wide_mel.RATE / 2), (_BANDS, _HIGHEST_HZ))
    )
    below = np.clip(np.searchsorted(source, target) - 1, 0, wide_mel.BANDS - 2)
    share = np.clip((target - source[below]) / (source[below + 1] - source[below]), 0, 1)
    bands = np.zeros((wide_mel.BANDS, _BANDS))
    bands[below, np.arange(_BANDS)] = 1 - share
    bands[below + 1, np.arange(_BANDS)] = share
    return bands


if __name__ == "__main__":
    main(Path(sys.argv[1]))
