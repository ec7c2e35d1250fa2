"""Uploads changed at random, as fuzzing reads them: audio, tables and archives; a case is made by its number alone."""

import io
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from genre_core import storage
from genre_core.datasets import Dataset, write_table
from genre_core.features import FEATURE_SETS, wide_mel
from tests.audio_files import ENCODINGS, song_file
from tests.stored_files import changed_arrays, changed_bytes

SUFFIXES = (".wav", ".flac", ".mp3", ".csv", ".parquet", ".npz", ".skops", "")
_FIELDS = (0, 1, 2, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF)
_HEADER = 200
"""Bytes at the start of a file of audio in which its fields are."""
_CELLS = (
    *("", " ", "nan", "inf", "-inf", "1e999", "-1", "0", "9" * 400, "0x10", "1,5", "=1+1", '"', '""', "\0", "x" * 5000),
    *("<img src=x>", "\ud7ff\uffff", "blues", "../../x", "NULL", "true", "\r", "\n", "\u202e"),
)
_COLUMNS: tuple[Callable[[int], pa.Array], ...] = (
    lambda n: pa.nulls(n),
    lambda n: pa.nulls(n, pa.float64()),
    lambda n: pa.array([None, "x"] * n).slice(0, n),
    lambda n: pa.array(["x" * 5000] * n),
    lambda n: pa.array([b"\xff\xfe"] * n),
    lambda n: pa.array([1e308] * n),
    lambda n: pa.array([np.nan] * n),
    lambda n: pa.array([-np.inf] * n),
    lambda n: pa.array([2**63 - 1] * n),
    lambda n: pa.array([True] * n),
    lambda n: pa.array([[1.0, 2.0]] * n),
    lambda n: pa.array([{"a": 1}] * n),
    lambda n: pa.array([0] * n, pa.timestamp("ns")),
    lambda n: pa.array([1] * n, pa.decimal128(38)),
    lambda n: pa.array(["blues"] * n).dictionary_encode(),
)


@cache
def songs() -> dict[str, bytes]:
    """A synthetic song of 4 s in each encoding."""
    return {name: song_file(name, seconds=4.0) for name in ENCODINGS}


def audio(rng: np.random.Generator) -> tuple[str, bytes]:
    """Name and content of a damaged song; one of twenty has the suffix of something else."""
    encoding = _pick(sorted(songs()), rng)
    content = songs()[encoding]
    changes: list[Callable[[], bytes]] = [
        lambda: changed_bytes(content, rng),
        lambda: content[: rng.integers(len(content))],
        lambda: _with_field(content, rng),
        lambda: _with_field(_with_field(content, rng), rng),
        lambda: _spliced(content, songs()[_pick(sorted(songs()), rng)], rng),
        lambda: _piece(content, rng) + content,
        lambda: _moved(content, rng),
        lambda: content[:_HEADER] + rng.bytes(int(rng.integers(20_000))),
        lambda: content * 2,
    ]
    suffix = _pick(SUFFIXES, rng) if rng.random() < 0.05 else f".{encoding}"
    return f"song{suffix}", _pick(changes, rng)()


@cache
def csv_table() -> str:
    """A table of 12 segments as Kaggle publishes it."""
    columns = FEATURE_SETS["paper"].columns
    rng = np.random.default_rng(0)
    lines = [
        ",".join([f"{genre}.{track:05d}.{segment}.wav", "66149", *map(str, rng.normal(size=len(columns) - 1)), genre])
        for genre in ("blues", "rock")
        for track in range(2)
        for segment in range(3)
    ]
    return "\n".join([",".join(["filename", *columns, "label"]), *lines, ""])


def csv(rng: np.random.Generator) -> tuple[str, bytes]:
    """Name and content of a CSV table with other cells, columns, separators or an encoding that nobody expects."""
    rows = [line.split(",") for line in csv_table().splitlines()]
    for _ in range(rng.integers(1, 4)):
        rows = _changed_rows(rows, rng)
    separator = ";" if rng.random() < 0.05 else ","
    content = _pick(("\n", "\r\n", "\r"), rng).join(separator.join(row) for row in rows)
    encoding = _pick(["utf-8"] * 12 + ["utf-16", "utf-32", "utf-8-sig", "utf-7"], rng)
    encoded = content.encode(encoding, errors="replace")
    return "table.csv", changed_bytes(encoded, rng) if rng.random() < 0.25 else encoded


def _changed_rows(rows: list[list[str]], rng: np.random.Generator) -> list[list[str]]:
    """The rows of a table with another cell, or one more or less in a row or in all, or with a row twice or none."""
    place, cell = int(rng.integers(len(rows))), _pick(_CELLS, rng)
    column = int(rng.integers(len(rows[place]) or 1))
    before, row, after = rows[:place], rows[place], rows[place + 1 :]
    changes: list[Callable[[], list[list[str]]]] = [
        lambda: [*before, [*row[:column], cell, *row[column + 1 :]], *after],
        lambda: [*before, [*row[:column], *row[column + 1 :]], *after],
        lambda: [*before, [*row, cell], *after],
        lambda: [*before, row, row, *after],
        lambda: [*before, *after] or rows,
        lambda: [[*one[:column], cell, *one[column:]] for one in rows],
        lambda: [[*one[:column], *one[column + 1 :]] for one in rows],
    ]
    changed: list[list[str]] = _pick(changes, rng)()
    return changed


@cache
def parquet_table(features: str) -> bytes:
    """A small table as `genre-lab extract` writes it."""
    known, n = FEATURE_SETS[features], 12
    rng = np.random.default_rng(0)
    values = rng.integers(0, 255, (n, *known.shape)).astype(np.uint8 if known.is_picture else np.float64)
    genre = np.repeat(["blues", "rock"], n // 2)
    track = np.array([f"{name}/{i // 3}" for i, name in enumerate(genre)])
    with storage.scratch_folder() as folder:
        write_table(Dataset("table", features, values, genre, track, np.arange(n) % 3 * 3.0), folder / "table.parquet")
        return (folder / "table.parquet").read_bytes()


def parquet(rng: np.random.Generator) -> tuple[str, bytes]:
    """Name and content of a Parquet table with other columns, rows, metadata or bytes."""
    content = parquet_table(_pick(("paper", "paper", "mel"), rng))
    if rng.random() < 0.3:
        return "table.parquet", changed_bytes(content, rng)
    table = pq.read_table(io.BytesIO(content))
    for _ in range(rng.integers(1, 3)):
        table = _changed_table(table, rng)
    stream = io.BytesIO()
    compression = _pick(("none", "snappy", "zstd", "lz4"), rng)
    pq.write_table(table, stream, compression=compression, row_group_size=int(_pick((1, 5, 1000), rng)))
    return "table.parquet", stream.getvalue()


def _changed_table(table: pa.Table, rng: np.random.Generator) -> pa.Table:
    names = table.column_names
    place = int(rng.integers(len(names)))
    column = _pick(_COLUMNS, rng)(table.num_rows)
    metadata = dict(table.schema.metadata or {})
    words = metadata.get(b"genre_lab", b"").split()
    other = _pick((b"paper", b"mel", b"version=999999999", b"segment_samples=1", b"features=", b"\xff"), rng)
    changes: list[Callable[[], pa.Table]] = [
        lambda: table.set_column(place, names[place], column),
        lambda: table.append_column(_pick(("artist", "split", "x", names[place]), rng), column),
        lambda: table.remove_column(place),
        lambda: table.rename_columns([name if i != place else name[::-1] for i, name in enumerate(names)]),
        lambda: table.slice(0, int(rng.integers(3))),
        lambda: pa.concat_tables([table] * 20),
        lambda: table.replace_schema_metadata(metadata | {b"genre_lab": b" ".join([other, *words[1:]])}),
        lambda: table.replace_schema_metadata(metadata | {b"genre_lab": b" ".join([*words[:-1], other])}),
        lambda: table.replace_schema_metadata({}),
    ]
    return _pick(changes, rng)()


@cache
def pictures() -> bytes:
    """Mel spectrograms of four tracks."""
    stream = io.BytesIO()
    names = np.array(["blues.00000", "blues.00001", "rock.00000", "rock.00001"])
    shape = (len(names), wide_mel.BANDS, wide_mel.TRACK_COLUMNS)
    np.savez(stream, X=np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8), names=names)
    return stream.getvalue()


def archive(rng: np.random.Generator) -> tuple[str, bytes]:
    """Name and content of an archive: pictures, or a model of scikit-learn, with other arrays, members or bytes."""
    if rng.random() < 0.4:
        return "pictures.npz", changed_arrays(pictures(), rng)
    name, content = ("pictures.npz", pictures()) if rng.random() < 0.5 else ("model.skops", model())
    if rng.random() < 0.4:
        return name, changed_bytes(content, rng)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        names = old.namelist()
        chosen = _pick(names, rng)
        for member in names:
            text = old.read(member)
            change = rng.integers(6) if member == chosen else -1
            if change == 0:
                continue
            if change == 1:
                text = changed_bytes(text, rng)
            path = _pick(("../../x", "/tmp/x", "C:\\x", member.upper(), "x" * 60_000), rng) if change == 2 else member
            method = zipfile.ZIP_BZIP2 if change == 3 else zipfile.ZIP_DEFLATED
            new.writestr(path, b"" if change == 4 else text, method)
    return name, changed_bytes(stream.getvalue(), rng) if rng.random() < 0.2 else stream.getvalue()


@cache
def model() -> bytes:
    """The model of a bundled run."""
    return (storage.bundled_runs_dir() / "two-networks" / "model.skops").read_bytes()


Make = Callable[[np.random.Generator], tuple[str, bytes]]
KINDS: dict[str, Make] = {"audio": audio, "csv": csv, "parquet": parquet, "archive": archive}


def _with_field(content: bytes, rng: np.random.Generator) -> bytes:
    """The content with a number in its header at a limit of what fits there."""
    size = int(_pick((1, 2, 4), rng))
    place = int(rng.integers(4, _HEADER))
    field = (int(_pick(_FIELDS, rng)) & (256**size - 1)).to_bytes(size, _pick(("little", "big"), rng))
    return content[:place] + field + content[place + size :]


def _spliced(content: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """The start of a file, and the rest of another from the same place."""
    place = int(rng.integers(4, _HEADER)) if rng.random() < 0.5 else int(rng.integers(len(content)))
    return content[:place] + other[place:]


def _piece(content: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(content)))
    return content[start : start + int(rng.integers(1, 5000))]


def _moved(content: bytes, rng: np.random.Generator) -> bytes:
    """The content with a piece of it once more at another place."""
    place = int(rng.integers(len(content)))
    return content[:place] + _piece(content, rng) + content[place:]


def _pick(options: Any, rng: np.random.Generator) -> Any:
    return options[int(rng.integers(len(options)))]
