"""Make artifacts/bundled/musicnn/filters.npz again: MSD_musicnn's filters, at the pace of `wide-mel` pictures.

    python -m scripts.make_filters PACKAGE

PACKAGE is that of scripts/make_embedding.py.  `genre_core.models.musicnn` says what becomes of the filters.
"""

import sys
from pathlib import Path

import librosa
import numpy as np

from genre_core.features import wide_mel
from genre_core.models import musicnn
from scripts.make_embedding import open_weights, without_silent

_COLUMN_FRAMES = 16_000 / 256 / wide_mel.COLUMNS_A_SECOND
"""Frames that musicnn hears in the time of a column."""
_BANDS, _HIGHEST_HZ = 96, 8_000


def main(package: Path) -> None:
    weights = without_silent(open_weights(package))
    front = [layer for layer in weights.front if layer.kernel.shape[-1]]
    said: dict[str, np.ndarray] = {
        "bands": _bands(),
        "gain": weights.input_gain[0],
        "shift": weights.input_shift[0],
        "front": np.array(len(front)),
        "pooled_gain": weights.pooled_gain,
        "pooled_shift": weights.pooled_shift,
        "layers": np.array(len(front) + len(weights.middle)),
    }
    for i, layer in enumerate((*front, *weights.middle)):
        # Away from the ends of a patch, the bias of the middle is the same in all frames.
        bias = layer.bias[len(layer.bias) // 2] if layer.bias.ndim == 2 else layer.bias
        numbers = musicnn.Layer(at_pace(layer.kernel, _COLUMN_FRAMES), bias, layer.gain, layer.shift)
        said |= {f"{name}_{i}": value for name, value in numbers._asdict().items()}
    np.savez_compressed(
        musicnn.FILE, **{k: v.astype(np.int64 if v.dtype.kind == "i" else np.float32) for k, v in said.items()}
    )


def at_pace(kernel: np.ndarray, factor: float) -> np.ndarray:
    """A kernel over frames as one over columns, each as long as `factor` frames.

    What lies between two columns is taken as a straight line, so each tap is shared between the column before and the
    one after.

    Parameters
    ----------
    kernel : shape (frames, ...); its middle is (frames - 1) // 2, as TensorFlow has it.

    Returns
    -------
    shape (columns, ...), of an odd number of columns, the middle one its middle.
    """
    places = (np.arange(len(kernel)) - (len(kernel) - 1) // 2) / factor
    reach = int(np.ceil(np.abs(places).max()))
    columns = np.zeros((2 * reach + 1, *kernel.shape[1:]))
    for place, tap in zip(places, kernel, strict=True):
        before = int(np.floor(place))
        columns[reach + before] += (1 - (place - before)) * tap
        if place > before:
            columns[reach + before + 1] += (place - before) * tap
    return columns


def _bands() -> np.ndarray:
    """How the bands of a picture become musicnn's: each is a mix of the two nearest, shape (128, 96)."""
    ours, theirs = (
        librosa.hz_to_mel(librosa.mel_frequencies(n + 2, fmin=0.0, fmax=highest)[1:-1])
        for n, highest in ((wide_mel.BANDS, wide_mel.RATE / 2), (_BANDS, _HIGHEST_HZ))
    )
    below = np.clip(np.searchsorted(ours, theirs) - 1, 0, wide_mel.BANDS - 2)
    share = np.clip((theirs - ours[below]) / (ours[below + 1] - ours[below]), 0, 1)
    bands = np.zeros((wide_mel.BANDS, _BANDS))
    bands[below, np.arange(_BANDS)] = 1 - share
    bands[below + 1, np.arange(_BANDS)] = share
    return bands


if __name__ == "__main__":
    main(Path(sys.argv[1]))
