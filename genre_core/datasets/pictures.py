"""Read mel spectrograms of whole tracks from an .npz file with the arrays `X` and `names`."""

import io
import math
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from genre_core.audio import SEGMENT_SAMPLES
from genre_core.audio.augmentation import augmentation_seed
from genre_core.datasets.augmented import WITHOUT_AUDIO, AugmentedCopies
from genre_core.datasets.dataset import Dataset
from genre_core.errors import DatasetError
from genre_core.features import wide_mel

_MAX_BYTES = 200_000_000
"""Per array: 4000 tracks, whose windows take 1.6 GB in all."""
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
        content = source if isinstance(source, bytes) else source.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            _check_sizes(file, name)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            songs, names = arrays["X"], arrays["names"].astype(str)
    except (OSError, ValueError, TypeError, LookupError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise DatasetError(
            f"{name} can't be read as a file of pictures; it must be an .npz file with the arrays `X` and `names`."
        ) from error
    if names.ndim != 1 or len(names) == 0:
        raise DatasetError(f"{name} has no track names; the array `names` must hold one name per track.")
    if songs.shape != (len(names), wide_mel.BANDS, wide_mel.TRACK_COLUMNS) or songs.dtype != np.uint8:
        raise DatasetError(
            f"The pictures in {name} are {songs.dtype} of shape {songs.shape}; they must be uint8 of shape (tracks, "
            f"{wide_mel.BANDS}, {wide_mel.TRACK_COLUMNS})."
        )
    starts_s = np.arange(_SEGMENTS) * _SEGMENT_S
    genre = np.array([track.partition(".")[0] for track in names], dtype=str)
    return Dataset(
        name=name,
        features="wide-mel",
        values=np.concatenate([wide_mel.windows(song, starts_s + _SEGMENT_S / 2) for song in songs]),
        genre=np.repeat(genre, _SEGMENTS),
        track=np.repeat(np.char.add(np.char.add(genre, "/"), names), _SEGMENTS),
        start_s=np.tile(starts_s, len(songs)),
        augmented=AugmentedCopies(WITHOUT_AUDIO, _copies_of_songs(songs, names)),
    )


def _copies_of_songs(songs: np.ndarray, names: np.ndarray) -> Callable[[str, np.ndarray], np.ndarray]:
    """The function that gives the augmented pictures of some rows, computed in the mel domain."""

    @cache
    def augmented(augmentation: str, number: int) -> np.ndarray:
        # Imported when needed: it computes filters, and few datasets are files of pictures.
        from genre_core.features.wide_mel_augmentation import augment_picture

        return augment_picture(songs[number], augmentation, augmentation_seed(str(names[number])))

    def load(augmentation: str, rows: np.ndarray) -> np.ndarray:
        numbers, segments = np.divmod(rows, _SEGMENTS)
        pictures = np.empty((len(rows), *wide_mel.SHAPE), dtype=np.uint8)
        for number in np.unique(numbers):
            of_song = np.flatnonzero(numbers == number)
            centers_s = (segments[of_song] + 0.5) * _SEGMENT_S
            pictures[of_song] = wide_mel.windows(augmented(augmentation, int(number)), centers_s)
        return pictures

    return load


def _check_sizes(file: zipfile.ZipFile, name: str) -> None:
    """Refuse arrays that are larger than memory, or claim to be, before they are unpacked."""
    for entry in file.infolist():
        with file.open(entry) as content:
            np.lib.format.read_magic(content)
            shape, _, kind = np.lib.format.read_array_header_1_0(content)
        if max(entry.file_size, math.prod(shape) * kind.itemsize) > _MAX_BYTES:
            raise DatasetError(
                f"{name} unpacks to more than {_MAX_BYTES // 1_000_000} MB, which is the limit; use fewer tracks."
            )
