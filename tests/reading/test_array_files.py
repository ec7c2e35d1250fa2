"""Arrays are read as numpy.load reads them, and never beyond the size of their file."""

import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genre_core.errors import DamagedFileError
from genre_core.reading.array_files import check_array, read_array, read_arrays

ARRAYS = {
    "a": np.arange(6.0).reshape(2, 3),
    "b": np.array(3, np.float32),
    "c": np.array(["x", "yz"]),
    "d": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "e": np.zeros((0, 4), bool),
}


def test_arrays_are_those_of_numpy(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", **ARRAYS)  # type: ignore[arg-type]
    read = read_arrays(tmp_path / "some.npz")
    assert set(read) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.save(tmp_path / "one.npy", array)
        for found in (read[name], read_array(tmp_path / "one.npy")):
            np.testing.assert_array_equal(found, array, strict=True)


def test_compressed_and_pickled_arrays_are_refused(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "small.npz", a=np.zeros(50_000_000))
    np.save(tmp_path / "objects.npy", np.array([{}]), allow_pickle=True)
    tracemalloc.start()
    try:
        with pytest.raises(DamagedFileError, match="it is compressed"):
            read_arrays(tmp_path / "small.npz")
        with pytest.raises(DamagedFileError, match="neither numbers nor text"):
            read_array(tmp_path / "objects.npy")
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


def test_a_header_that_promises_more_than_the_file_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.npy"
    np.save(path, np.zeros(1000))
    path.write_bytes(path.read_bytes().replace(b"(1000,)", b"(9**9,)"[:7]))
    with pytest.raises(DamagedFileError, match="header"):
        read_array(path)
    np.save(path, np.zeros(1000))
    path.write_bytes(path.read_bytes().replace(b"(1000,)", b"(9999,)"))
    with pytest.raises(DamagedFileError, match="another size than its header says"):
        read_array(path)


def test_archives_of_many_entries_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.npz", "w") as archive:
        for i in range(200):
            archive.writestr(f"{i}.npy", b"")
    with pytest.raises(DamagedFileError, match="more than 100 arrays"):
        read_arrays(tmp_path / "many.npz")


def test_an_array_is_checked_for_type_shape_and_values() -> None:
    array = np.ones((2, 3))
    assert check_array("x", array, (None, 3)) is array
    for wrong, message in (
        (array.astype(int), "x has the type int64"),
        (array[:, :2], r"x has the shape \(2, 2\), not \(n, 3\)"),
        (array[:0], r"x has the shape \(0, 3\)"),
        (array * np.nan, "no finite numbers"),
    ):
        with pytest.raises(ValueError, match=message):
            check_array("x", wrong, (None, 3))
