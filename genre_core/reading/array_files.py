"""Arrays of NumPy in files, read without pickle and without taking more memory than the file has bytes.

`numpy.load` reserves whatever the header of an array says before it reads the numbers, and unpacks compressed files of
any size.  Here the header must agree with the size of the content, and archives are those of `numpy.savez`, which
stores without compression.
"""

import io
import math
import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from genre_core.reading import limits
from genre_core.reading.archives import open_archive
from genre_core.reading.damage import reporting_damage

LARGEST = 1e30
"""Of numbers that are calculated with: products of several of them are still finite."""
_MOST_ARRAYS = 100
_NUMBERS_AND_TEXT = "biufU"
_MOST_HEADER_BYTES = 10_000
_LENGTH_BYTES = {(1, 0): 2, (2, 0): 4}
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_array(path: Path) -> np.ndarray:
    """The array in a .npy file, which can't be written to; DamagedFileError if it is missing or damaged."""
    with reporting_damage(path):
        limits.check_size(path.stat().st_size, limits.MOST_ARCHIVE_BYTES)
        return _array(path.read_bytes())


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays in a .npz file by their names, which can't be written to; DamagedFileError if it is missing or
    damaged."""
    with reporting_damage(path), open_archive(path) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST_ARRAYS:
            raise ValueError(f"it has more than {_MOST_ARRAYS} arrays")
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise ValueError("it is compressed")
        return {entry.filename.removesuffix(".npy"): _array(archive.read(entry)) for entry in entries}


def check_array(
    name: str, array: np.ndarray, shape: tuple[int | None, ...], *, kinds: str = "f", finite: bool = True
) -> np.ndarray:
    """Return an array that is as expected.

    Parameters
    ----------
    shape : the length of each dimension; None where any length above 0 is allowed.
    kinds : letters of `numpy.dtype.kind`.
    finite : whether all numbers must be finite, and none larger than LARGEST.

    Raises
    ------
    ValueError
        If it is not.
    """
    if array.dtype.kind not in kinds:
        raise ValueError(f"{name} has the type {array.dtype}")
    lengths = zip(array.shape, shape, strict=False)
    if array.ndim != len(shape) or not all(n == wanted if wanted is not None else n > 0 for n, wanted in lengths):
        wanted_shape = ", ".join("n" if n is None else str(n) for n in shape)
        raise ValueError(f"{name} has the shape ({', '.join(map(str, array.shape))}), not ({wanted_shape})")
    if finite and not (np.abs(array) <= LARGEST).all():
        raise ValueError(f"{name} has values that are no finite numbers")
    return array


def check_scale(name: str, array: np.ndarray, shape: tuple[int | None, ...]) -> np.ndarray:
    """Return numbers to divide by: like `check_array`, but above 0 and possibly infinite."""
    check_array(name, array, shape, finite=False)
    if not (array >= 1 / LARGEST).all():
        raise ValueError(f"{name} has values that are not above 0")
    return array


def read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Read the header of an array: its shape, whether it is in Fortran's order, and its type.

    Raises
    ------
    ValueError
        If it can't be read, or is larger than those that NumPy writes.
    """
    try:
        version = np.lib.format.read_magic(stream)
        length = stream.read(_LENGTH_BYTES[version])
        if int.from_bytes(length, "little") > _MOST_HEADER_BYTES:
            raise ValueError(f"it is larger than {_MOST_HEADER_BYTES} bytes")
        return _HEADERS[version](io.BytesIO(length + stream.read(int.from_bytes(length, "little"))))
    # numpy.lib.format documents no errors for a damaged header, which it parses as Python.
    except Exception as error:
        raise ValueError("the header of an array can't be read") from error


def _array(content: bytes) -> np.ndarray:
    stream = io.BytesIO(content)
    shape, fortran_order, dtype = read_header(stream)
    if dtype.kind not in _NUMBERS_AND_TEXT:
        raise ValueError("an array holds neither numbers nor text")
    if math.prod(shape) * dtype.itemsize != len(content) - stream.tell():
        raise ValueError("an array has another size than its header says")
    array = np.frombuffer(content, dtype, offset=stream.tell())
    return array.reshape(shape, order="F" if fortran_order else "C")
