"""Read mel spectrograms of whole tracks from an .npz file with the arrays `X` and `names`."""

import math
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

import numpy as np

from genre_core.audio import SEGMENT_SAMPLES
from genre_core.audio.augmentation import augmentation_seed
from genre_core.datasets.augmented import WITHOUT_AUDIO, AugmentedCopies
from genre_core.datasets.dataset import Dataset
from genre_core.errors import DatasetError
from genre_core.features import wide_mel
from genre_core.reading import limits
from genre_core.reading.archives import open_archive
from genre_core.reading.array_files import read_header

_SEGMENTS = 10
"""Whole segments in a track of 30 s."""
_SEGMENT_S = SEGMENT_SAMPLES / wide_mel.RATE


def read_pictures(source: Path | bytes, name: str) -> Dataset:
    """Read mel spectrograms of whole tracks as a dataset of the feature set `wide-mel`, ten segments per track.

    Parameters
    ----------
    source : a file or its content, with two arrays: `X`, shape (tracks, 128, 387), uint8, as made by
        `wide_mel.song_picture`; and `names`, shape (tracks,), such as blues.00000, with the genre before the dot.
    name : file name for messages.

    Raises
    ------
    DatasetError
        If the file can't be read or has other content.
    """
    try:
        songs, names = _read_arrays(source)
    except OSError as error:
        raise DatasetError(f"{name} can't be read: {error.strerror}.") from error
    except (ValueError, LookupError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is damaged"
        raise DatasetError(
            f"{name} can't be used as a file of pictures, since {reason}; it must be an .npz file with the arrays `X`, "
            f"uint8 of shape (tracks, {wide_mel.BANDS}, {wide_mel.TRACK_COLUMNS}), and `names`."
        ) from error
    starts_s = np.arange(_SEGMENTS) * _SEGMENT_S
    values = np.empty((len(songs) * _SEGMENTS, *wide_mel.SHAPE), np.uint8)
    for number, song in enumerate(songs):
        values[number * _SEGMENTS : (number + 1) * _SEGMENTS] = wide_mel.windows(song, starts_s + _SEGMENT_S / 2)
    genre = np.array([track.partition(".")[0] for track in names], dtype=str)
    return Dataset(
        name=name,
        features="wide-mel",
        values=values,
        genre=np.repeat(genre, _SEGMENTS),
        track=np.repeat(np.char.add(np.char.add(genre, "/"), names), _SEGMENTS),
        start_s=np.tile(starts_s, len(songs)),
        augmented=AugmentedCopies(WITHOUT_AUDIO, _Copies(songs, names)),
    )


@dataclass(frozen=True, eq=False)
class _Copies:
    """The augmented pictures of songs, computed in the mel domain when they are asked for."""

    songs: np.ndarray
    names: np.ndarray
    _done: dict[tuple[str, int], np.ndarray] = field(default_factory=dict)

    def __call__(self, augmentation: str, rows: np.ndarray) -> np.ndarray:
        """The pictures of some rows of the dataset, with an augmentation."""
        numbers, segments = np.divmod(rows, _SEGMENTS)
        pictures = np.empty((len(rows), *wide_mel.SHAPE), dtype=np.uint8)
        for number in np.unique(numbers):
            of_song = np.flatnonzero(numbers == number)
            centers_s = (segments[of_song] + 0.5) * _SEGMENT_S
            pictures[of_song] = wide_mel.windows(self._augmented(augmentation, int(number)), centers_s)
        return pictures

    def _augmented(self, augmentation: str, number: int) -> np.ndarray:
        # Imported when needed: it computes filters, and few datasets are files of pictures.
        from genre_core.features.wide_mel_augmentation import augment_picture

        if (augmentation, number) not in self._done:
            seed = augmentation_seed(str(self.names[number]))
            self._done[augmentation, number] = augment_picture(self.songs[number], augmentation, seed)
        return self._done[augmentation, number]


def _read_arrays(source: Path | bytes) -> tuple[np.ndarray, np.ndarray]:
    """The arrays `X` and `names`.  Their types and sizes are checked before they are unpacked."""
    with open_archive(source) as archive, archive.open("X.npy") as songs, archive.open("names.npy") as names:
        shape, fortran_order, kind = read_header(songs)
        names_shape, _, names_kind = read_header(names)
        if len(names_shape) != 1 or names_kind.kind not in "US" or not names_shape[0]:
            raise ValueError("`names` is no list with one name per track")
        if shape != (*names_shape, wide_mel.BANDS, wide_mel.TRACK_COLUMNS) or kind != np.uint8:
            raise ValueError(f"its pictures are {kind} of shape {shape}")
        taken = math.prod(shape) + names_shape[0] * _SEGMENTS * (math.prod(wide_mel.SHAPE) + 8 * names_kind.itemsize)
        if taken > limits.MOST_TABLE_BYTES or names_kind.itemsize > 4 * limits.MOST_TEXT_CHARACTERS:
            most = limits.size_text(limits.MOST_TABLE_BYTES)
            raise ValueError(f"it takes more than {most} of memory, which is the limit")
        order: Literal["C", "F"] = "F" if fortran_order else "C"
        return (
            _read_values(songs, kind, math.prod(shape)).reshape(shape, order=order),
            _read_values(names, names_kind, names_shape[0]).astype(str),
        )


def _read_values(stream: IO[bytes], kind: np.dtype, count: int) -> np.ndarray:
    content = stream.read(count * kind.itemsize + 1)
    if len(content) != count * kind.itemsize:
        raise ValueError("an array has another size than its header says")
    return np.frombuffer(content, kind)
