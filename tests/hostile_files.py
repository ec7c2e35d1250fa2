"""Files that are small and unfold to gigabytes or hours, or are otherwise made to do harm; for tests and fuzzing.

Each collection maps a name to a function that makes the content of the file, always the same.  `measured` reads files
in a process of its own and says how much memory that took.
"""

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from genre_core.features import FEATURE_SETS, paper, wide_mel
from tests.audio_files import encoded, sine

Make = Callable[[], bytes]
PROJECT = Path(__file__).parents[1]
ROWS = 1_000_000
SILENT_S = 10 * 3600
"""Of audio that unfolds to hours."""


def hostile_tables() -> dict[str, Make]:
    """Tables by their file names, all to be refused but `accepted-…`."""
    return {
        "accepted-constants.parquet": partial(_parquet, ROWS),
        "accepted-repeated-texts.parquet": partial(_parquet, 200_000, track=_repeated("x" * 300, 200_000)),
        "accepted-pictures.parquet": partial(_pictures, 50_000, FEATURE_SETS["mel"].shape),
        "accepted-constants.csv": partial(_csv, 200_000),
        "accepted-large-pages.parquet": partial(_parquet, 900_000, data_page_size=1 << 30, use_dictionary=False),
        "accepted-row-groups.parquet": partial(_parquet, 300, row_group_size=1),
        "too-many-rows.parquet": partial(_parquet, 3 * ROWS),
        "unneeded-columns.parquet": partial(_with_unneeded_columns, 300_000, [f"x{i}" for i in range(300)]),
        "long-text.parquet": partial(_parquet, ROWS, track=_repeated("x" * 10_000_000, ROWS)),
        "long-texts.parquet": partial(_parquet, ROWS, track=_repeated("x" * 1000, ROWS)),
        "four-byte-texts.parquet": partial(_parquet, ROWS, track=_repeated("\U0001f3b8" * 300, ROWS)),
        "delta-texts.parquet": lambda: _parquet(ROWS, track=_growing(), use_dictionary=False, column_encoding=_DELTA),
        "one-page.parquet": lambda: _parquet(2, track=["x" * 200_000_000, "y"], use_dictionary=False),
        "lying-page.parquet": _with_lying_page,
        "nested.parquet": lambda: _parquet(100_000, genre=[[["a"] * 100]] * 100_000),
        "deep.parquet": lambda: _parquet(10, genre=_nested(90)),
        "deeper.parquet": partial(_footer_of_depth, 100_000),
        "structs.parquet": lambda: _parquet(10, tempo=[{"a": 1.0}] * 10),
        "long-name.parquet": partial(_with_unneeded_columns, 10, ["y" * 20_000_000]),
        "names.parquet": partial(_with_unneeded_columns, 10, ["y" * 1000 + str(i) for i in range(50)]),
        "many-columns.parquet": partial(_with_unneeded_columns, 10, [f"c{i}" for i in range(40_000)]),
        "many-groups.parquet": partial(_parquet, 3000, row_group_size=1),
        "long-footer.parquet": lambda: b"PAR1" + b"\0" * 100_000_000 + struct.pack("<I", 100_000_000) + b"PAR1",
        "long-pictures.parquet": partial(_pictures, 50_000, (1000, 1000)),
        "times.parquet": lambda: _parquet(10, start_s=np.full(10, 1e300)),
        "no-utf-8.parquet": lambda: _parquet(10, track=_invalid_utf_8(10)),
        "genres.parquet": lambda: _parquet(5000, genre=[f"g{i}" for i in range(5000)]),
        "columns.csv": lambda: b"," * 50_000_000 + b"\n",
        "long-line.csv": lambda: _csv(2) + b"," * 100_000_000,
        "long-name.csv": lambda: b"y" * 50_000_000 + b",a\n1,2\n",
        "open-quote.csv": lambda: _csv(2) + b'"' + b"\n" * 100_000_000,
        "long-text.csv": lambda: _csv(100_000, longest=100_000),
        "empty-lines.csv": lambda: _csv(2) + b"\n" * 100_000_000,
        "digits.csv": lambda: _csv(20).replace(b".19.wav", b"." + b"9" * 280 + b".wav"),
        "lengths.csv": lambda: _csv(20).replace(b",66149,", b",1e300,"),
        "zero-lengths.csv": lambda: _csv(20).replace(b",66149,", b",0,"),
        "nul.csv": lambda: b"\0" * 10_000_000,
    }


def hostile_pictures() -> dict[str, Make]:
    """Files of pictures (.npz) by their file names, all to be refused but `accepted-…`."""
    songs = np.zeros((2, wide_mel.BANDS, wide_mel.TRACK_COLUMNS), np.uint8)
    names = np.array(["blues.00000", "jazz.00001"])
    many = np.repeat(names, 1250)
    large = np.zeros((2500, *songs.shape[1:]), np.uint8)
    return {
        "accepted.npz": lambda: _npz(X=_npy(large), names=_npy(many)),
        "accepted-fortran.npz": lambda: _npz(X=_npy(np.asfortranarray(songs)), names=_npy(names)),
        "songs.npz": lambda: _npz(X=_npy(np.repeat(large, 2, axis=0)), names=_npy(np.repeat(many, 2))),
        "header.npz": lambda: _npz(X=_long_npy_header(300_000_000), names=b""),
        "long-names.npz": lambda: _npz(X=_npy(songs), names=_npy(np.array(["blues.0", "j." + "x" * 50_000_000]))),
        "claimed.npz": lambda: _npz(X=_npy_header((2**50, 128, 387), "|u1"), names=_npy_header((2**50,), "<U11")),
        "objects.npz": lambda: _npz(X=_npy_header((2, 128, 387), "|O"), names=_npy(names)),
        "structured.npz": lambda: _npz(X=_npy_header((2, 128, 387), "|V1000000000"), names=_npy(names)),
        "files.npz": lambda: _npz(X=_npy(songs), names=_npy(names), **{f"f{i}": b"" for i in range(60_000)}),
        "other.npz": lambda: _npz(X=_npy(songs), names=_npy(names), other=b"\0" * 700_000_000),
        "lzma.npz": lambda: _npz(zipfile.ZIP_LZMA, X=_npy(songs), names=_npy(names)),
        "twice.npz": lambda: _npz(X=_npy(songs), names=_npy(names)).replace(b"names.npy", b"X.npy\0\0\0\0"),
    }


def hostile_models() -> dict[str, Make]:
    """Archives of skops (model.skops) by a name each, all to be refused."""
    array = _npy(np.zeros(10_000_000))
    item = (
        '{"__class__": "ndarray", "__module__": "numpy", "__loader__": "NdArrayNode", "type": "numpy", "file": "a.npy"}'
    )

    def model(document: str, **files: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("schema.json", document)
            for name, content in files.items():
                archive.writestr(f"{name}.npy", content)
        return stream.getvalue()

    return {
        "unfolds": lambda: model(item, a=b"\0" * 400_000_000),
        "names-an-array-often": lambda: model(f"[{', '.join([item] * 200)}]", a=array),
        "document": lambda: model("[" + "[]," * 10_000_000 + "[]]"),
        "deep": lambda: model("[" * 1_000_000 + "]" * 1_000_000),
        "nested-archive": lambda: model(item, a=model(item, a=b"\0" * 100_000_000)),
        "files": lambda: model(item, **{f"f{i}": b"" for i in range(60_000)}),
        "no-document": lambda: _npz(a=array),
    }


def hostile_audio() -> dict[str, Make]:
    """Audio by file names: hours of silence or tone, and many channels at high rates, in few bytes.

    `silent-…` must be refused, all others can be decoded up to the limits.
    """
    return {
        "silent-hours.flac": partial(_repeated_flac, SILENT_S, 22_050, 1),
        "silent-channels.flac": partial(_repeated_flac, 1200, 655_350, 8),
        "silent-hours.mp3": partial(_repeated_mp3, np.zeros(44_100, np.float32), SILENT_S),
        "tone-hours.mp3": partial(_repeated_mp3, sine(1, 44_100), SILENT_S),
        "silent.opus": lambda: encoded(np.zeros(1000 * 8000, np.float32), 8000, "OGG", "OPUS"),
        "silent-255-channels.ogg": lambda: encoded(np.zeros((40_000, 255), np.float32), 8000, "OGG", "VORBIS"),
        "silent-1024-channels.wav": partial(_wav_header, 1024, 768_000, 0x7FFF_0000, content=4_000_000),
        "silent-claimed-length.wav": partial(_wav_header, 1, 44_100, 0x7FFF_0000, content=1_000_000),
    }


def hostile_files() -> dict[str, Make]:
    """Every file, by a name that says its kind."""
    models = {f"{name}.skops": make for name, make in hostile_models().items()}
    return hostile_tables() | hostile_pictures() | hostile_audio() | models


@dataclass(frozen=True)
class Reading:
    """What became of a file that was read."""

    name: str
    error: str
    """The message of a GenreLabError; empty if it could be used, and a traceback's last line for any other error."""
    is_sentence: bool
    """Whether it was used, or refused with a GenreLabError."""
    peak_mb: float
    """The most memory that the process had while it was read."""
    cpu_s: float
    """Computing time; the process is killed after 20 s."""
    deeds: list[str]
    """What was run, connected or written outside of the process's own folders."""
    left: list[str]
    """Temporary files that are still there."""


def measured(paths: Iterable[Path]) -> Iterator[Reading]:
    """Read files in a process of its own, each by its suffix as the app does, and measure what that takes (Linux)."""
    command = [sys.executable, "-m", "tests.hostile_process"]
    pipe = subprocess.PIPE
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"OMP_NUM_THREADS": "1", "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=PROJECT, env=environment) as process:
            assert process.stdin and process.stdout
            for path in paths:
                print(path, file=process.stdin, flush=True)
                line = process.stdout.readline()
                if not line:
                    raise AssertionError(f"{path} killed the process that read it, or took too long")
                yield Reading(**json.loads(line), left=[place.name for place in Path(folder).iterdir()])


def sparse(path: Path, size: int, start: bytes = b"") -> Path:
    """Write a file that takes no space on disk: `start`, and zeros up to `size` bytes."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)
    return path


def wav_start(channels: int = 2, rate: int = 44_100) -> bytes:
    """The header of a WAV file that is larger than it can say."""
    return _wav_header(channels, rate, 0xFFFF_FF00, content=0)


# --- tables ---------------------------------------------------------------------------------------------------------

_DELTA = {"track": "DELTA_BYTE_ARRAY"}


def _parquet(rows: int, *, features: str = "paper", **other: Any) -> bytes:
    """A feature table whose features are 1, with other columns, or other options of pyarrow's writer."""
    options = {name: other.pop(name) for name in list(other) if name in _OPTIONS}
    ones = pa.array(np.ones(rows))
    columns: dict[str, Any] = {
        "genre": pa.DictionaryArray.from_arrays(pa.array((np.arange(rows) % 2).astype(np.int32)), ["blues", "rock"]),
        "track": _repeated("blues/1", rows),
        "start_s": ones,
        **dict.fromkeys(FEATURE_SETS[features].columns, ones),
    }
    return _written(pa.table(columns | other), features, **options)


def _with_unneeded_columns(rows: int, names: list[str]) -> bytes:
    unneeded: dict[str, Any] = dict.fromkeys(names, pa.array(np.ones(rows)))
    return _parquet(rows, **unneeded)


_OPTIONS = ("use_dictionary", "column_encoding", "data_page_size", "row_group_size")


def _pictures(rows: int, shape: tuple[int, ...]) -> bytes:
    picture = pa.array([bytes(int(np.prod(shape)))], pa.binary())
    pictures = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), picture)
    return _parquet(rows, features="mel", picture=pictures)


def _written(table: pa.Table, features: str, **options: Any) -> bytes:
    metadata = f"features={features} version={FEATURE_SETS[features].version} segment_samples=66149"
    stream, row_group_size = io.BytesIO(), options.pop("row_group_size", None)
    # Without Arrow's schema: a column that was made from a dictionary is read as one of plain values.
    with pq.ParquetWriter(stream, table.schema, store_schema=False, compression="zstd", **options) as writer:
        writer.write_table(table, row_group_size)
        writer.add_key_value_metadata({"genre_lab": metadata})
    return stream.getvalue()


def _repeated(text: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))


def _growing() -> pa.Array:
    """Texts that are stored as what they differ in from the one before: hardly."""
    return pa.array(["x" * 100_000] * 1000 + ["x"] * (ROWS - 1000))


def _nested(depth: int) -> list[Any]:
    value: Any = "a"
    for _ in range(depth):
        value = [value]
    return [value] * 10


def _invalid_utf_8(rows: int) -> pa.Array:
    offsets = np.arange(rows + 1, dtype=np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"\xff" * rows))


def _with_lying_page() -> bytes:
    """A table in which a page says that it unfolds to 134 MB."""
    content = _parquet(2, track=["x" * 3_000_000, "y"], use_dictionary=False)
    columns = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0)
    place = next(i for i in range(columns.num_columns) if columns.column(i).path_in_schema == "track")
    start = columns.column(place).data_page_offset
    # The header begins with the type of the page (two bytes) and its size as the second field, four bytes here.
    assert content[start : start + 3] == b"\x15\x00\x15"
    return content[: start + 3] + b"\xfe\xff\xff\x7f" + content[start + 7 :]


def _footer_of_depth(depth: int) -> bytes:
    """A file without rows whose columns are nested (the metadata in Thrift's compact protocol)."""

    def varint(value: int) -> bytes:
        return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)

    group = b"\x35\x00\x18\x01a\x15\x02\x00"  # required, its name, one child
    leaf = b"\x15\x04\x25\x00\x18\x01b\x00"
    schema = b"\x19\xfc" + varint(depth + 1) + group * depth + leaf
    footer = b"\x15\x02" + schema + b"\x16\x00\x19\x0c\x00"
    return b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1"


def _csv(rows: int, longest: int = 0) -> bytes:
    """A table as Kaggle publishes it, whose features are 0; one file name may be long."""
    header = ",".join(["filename", *paper.COLUMNS, "label"])
    values = ",".join(["66149", *["0"] * (len(paper.COLUMNS) - 1)])
    names = [f"blues.{i // 10:05d}.{i}.wav" for i in range(rows)]
    names[0] = "x" * longest + names[0]
    lines = (f"{name},{values},{('blues', 'rock')[i % 2]}" for i, name in enumerate(names))
    return "\n".join([header, *lines, ""]).encode()


# --- archives -------------------------------------------------------------------------------------------------------


def _npz(method: int = zipfile.ZIP_DEFLATED, /, **files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _long_npy_header(length: int) -> bytes:
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", length) + b" " * length


def _npy_header(shape: tuple[int, ...], kind: str) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": kind, "fortran_order": False, "shape": shape})
    return stream.getvalue()


# --- audio ----------------------------------------------------------------------------------------------------------


def _repeated_flac(seconds: int, rate: int, channels: int) -> bytes:
    """Silence: the frames of one second again and again."""
    second = encoded(np.zeros((rate, channels), np.float32), rate, "FLAC", "PCM_16")
    start, last = 4, False
    while not last:
        last = bool(second[start] & 128)
        start += 4 + int.from_bytes(second[start + 1 : start + 4], "big")
    unknown_length = second[:21] + bytes([second[21] & 0xF0, 0, 0, 0, 0]) + second[26:start]
    return unknown_length + second[start:] * seconds


def _repeated_mp3(second: np.ndarray, seconds: int) -> bytes:
    """One second of sound again and again."""
    return encoded(second, 44_100, "MP3", "MPEG_LAYER_III") * seconds


def _wav_header(channels: int, rate: int, size: int, *, content: int) -> bytes:
    block = channels * 2
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * block & 0xFFFF_FFFF, block & 0xFFFF, 16)
    chunks = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", min(size + 36, 0xFFFF_FFFF)) + chunks + bytes(content)
