"""Tables that others made, CSV and Parquet: columns first, then rows, with bytes counted while they unfold.

A table is opened, which reads the names of its columns and the number of its rows.  Then `read` reads the columns that
are needed, batch by batch, and no others.  Every ValueError says in words that follow "it" what is wrong; whatever
Arrow says of a damaged file is one of them.

Conventions: numbers become float64, NaN where there is none, shape (rows, columns) with each column in one piece; texts
become str, empty where there is none.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from genre_core.reading import limits
from genre_core.reading.parquet_pages import MOST_PAGE_BYTES, largest_pages

_BATCH_ROWS = 16_384
_BATCH_BYTES = 32_000_000
"""Of pictures that are unpacked at a time, if that are fewer rows."""
_MOST_FOOTER_BYTES = 4_000_000
"""Of the metadata at the end of a Parquet file, which unfold to fifty times as much."""
_MOST_HEADER_BYTES = 200_000
"""Of the first line of a CSV file."""
_BLOCK_BYTES = 1_000_000
"""Of a CSV file that are read at a time; no line is longer."""
_UNREADABLE = "it is no CSV or Parquet file, or damaged"


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of a table."""

    numbers: np.ndarray
    """shape (rows, columns), float64."""
    texts: dict[str, np.ndarray]
    """shape (rows,), str, by the name of the column."""
    pictures: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    """shape (rows, bytes), uint8; empty if none were asked for."""


def open_table(source: Path | bytes) -> "ParquetTable | CsvTable":
    """Open a table, which is Parquet or else CSV by its content.

    Parameters
    ----------
    source : a file, or its content.

    Raises
    ------
    ValueError
        If it is too large or damaged, or a name of a column is too long or there twice.
    OSError
        If the file can't be opened.
    """
    file = pa.BufferReader(source) if isinstance(source, bytes) else pa.OSFile(str(source))
    limits.check_size(file.size())
    if not file.size():
        raise ValueError("it is empty (0 bytes)")
    start = file.read(4)
    with _arrow_errors():
        table = ParquetTable(file) if start == b"PAR1" else CsvTable(file)
    names = table.names
    if len(names) > limits.MOST_COLUMNS:
        raise ValueError(f"it has {len(names)} columns, and the limit is {limits.MOST_COLUMNS}")
    if any(len(name) > limits.MOST_NAME_CHARACTERS for name in names):
        raise ValueError(f"the name of a column has more than {limits.MOST_NAME_CHARACTERS} characters")
    if len(set(names)) < len(names):
        raise ValueError("two of its columns have the same name")
    return table


class ParquetTable:
    """An open Parquet table."""

    def __init__(self, file: pa.NativeFile) -> None:
        size = file.size()
        file.seek(max(size - 8, 0))
        end = file.read(8)
        if size < 12 or end[4:] != b"PAR1":
            raise ValueError(_UNREADABLE)
        if int.from_bytes(end[:4], "little") > _MOST_FOOTER_BYTES:
            raise ValueError(f"its metadata are larger than {limits.size_text(_MOST_FOOTER_BYTES)}")
        self._file, self._metadata = file, pq.read_metadata(file)
        self._schema = self._metadata.schema.to_arrow_schema()
        self.names: tuple[str, ...] = tuple(self._schema.names)
        self.rows: int = self._metadata.num_rows
        self.metadata: Mapping[bytes, bytes] = self._metadata.metadata or {}

    def read(self, numbers: Sequence[str], texts: Sequence[str], picture: str = "", picture_bytes: int = 0) -> Columns:
        """Read columns.

        Parameters
        ----------
        picture : the column with the bytes of a picture, of which each has `picture_bytes`; none if empty.

        Raises
        ------
        ValueError
            If a column has another type, a text is too long, a picture has another size, the table takes too much
            memory or is damaged.
        """
        pictures = [picture] if picture else []
        self._check_types(numbers, texts, pictures)
        unfolding = _Unfolding(self.rows, numbers, texts, picture_bytes)
        batch_rows = min(_BATCH_ROWS, _BATCH_BYTES // picture_bytes) if picture_bytes else _BATCH_ROWS
        with _arrow_errors():
            for group in self._groups([*numbers, *texts, *pictures]):
                at = 0
                for batch in self._batches(group, batch_rows):
                    at = unfolding.add(at, batch)
                if at < self.rows:
                    raise ValueError(_UNREADABLE)
        return unfolding.finish(self.rows)

    def _batches(self, names: list[str], rows: int) -> Iterator[pa.RecordBatch]:
        """Some columns; texts and pictures that repeat stay stored once, until their length is known."""
        repeating = [name for name in names if not _is_number(self._schema.field(name).type)]
        with pq.ParquetFile(self._file, metadata=self._metadata, read_dictionary=repeating) as file:
            yield from file.iter_batches(rows, columns=names, use_threads=False)

    def _groups(self, names: list[str]) -> Iterator[list[str]]:
        """The columns in groups of which the pages take no more memory than one page may: one is unpacked of each."""
        flat = [name for name in names if name in self._leaves]
        if len(flat) < len(names):
            raise ValueError(_UNREADABLE)
        group: list[str] = []
        total = 0
        pages = largest_pages(self._file, self._metadata, [self._leaves[name] for name in flat])
        for name, size in zip(flat, pages, strict=True):
            if group and total + size > MOST_PAGE_BYTES:
                yield group
                group, total = [], 0
            group.append(name)
            total += size
        yield group

    @cached_property
    def _leaves(self) -> dict[str, int]:
        """The number of each leaf column by its path."""
        schema = self._metadata.schema
        return {schema.column(number).path: number for number in range(self._metadata.num_columns)}

    def _check_types(self, numbers: Sequence[str], texts: Sequence[str], pictures: Sequence[str]) -> None:
        expected = [(numbers, _is_number, "numbers"), (texts, _is_text, "texts"), (pictures, _is_picture, "pictures")]
        for names, is_expected, kind in expected:
            if wrong := [name for name in names if not is_expected(self._schema.field(name).type)]:
                raise ValueError(f"it has values that are not {kind} in {', '.join(wrong[:8])}")


class CsvTable:
    """An open CSV table, in UTF-8 with a line of names."""

    metadata: Mapping[bytes, bytes] = {}

    def __init__(self, file: pa.NativeFile) -> None:
        file.seek(0)
        start = file.read(_MOST_HEADER_BYTES)
        line = re.split(rb"[\r\n]", start, maxsplit=1)[0]
        if len(line) == _MOST_HEADER_BYTES:
            raise ValueError(f"its first line is longer than {limits.size_text(_MOST_HEADER_BYTES)}")
        try:
            self.names: tuple[str, ...] = tuple(next(csv.reader([line.decode("utf-8-sig")], strict=True), ()))
        except (UnicodeDecodeError, csv.Error) as error:
            raise ValueError(_UNREADABLE) from error
        self._file = file
        self.rows = max(self._lines() - 1, 0)
        """At most: lines may be empty."""

    def read(self, numbers: Sequence[str], texts: Sequence[str]) -> Columns:
        """Read columns; see `ParquetTable.read`."""
        unfolding = _Unfolding(self.rows, numbers, texts)
        options = pa.csv.ConvertOptions(
            include_columns=[*numbers, *texts],
            column_types=dict.fromkeys(numbers, pa.float64()) | dict.fromkeys(texts, pa.string()),
            strings_can_be_null=True,
        )
        blocks = pa.csv.ReadOptions(block_size=_BLOCK_BYTES)
        at = 0
        self._file.seek(0)
        with _arrow_errors():
            try:
                for batch in pa.csv.open_csv(self._file, read_options=blocks, convert_options=options):
                    at = unfolding.add(at, batch)
            except pa.ArrowInvalid as error:
                if (found := re.match(r"In CSV column #(\d+): .*conversion error to double", str(error))) is None:
                    raise
                name = self.names[int(found[1])]
                raise ValueError(f"it has values that are not numbers in {name}") from error
        return unfolding.finish(at)

    def _lines(self) -> int:
        """The number of lines, with the first and an empty last one."""
        self._file.seek(0)
        ends, returns, last = 0, 0, b""
        while block := self._file.read(_BLOCK_BYTES):
            ends, last = ends + block.count(b"\n"), block[-1:]
            returns += 0 if ends else block.count(b"\r")
        return (ends or returns) + (last not in b"\r\n")


def _floats(column: pa.Array) -> np.ndarray:
    """A column of numbers as float64, with NaN for gaps; `to_numpy` would load pandas, which takes half a second."""
    numbers = column.cast(pa.float64())
    return np.from_dlpack(numbers.fill_null(np.nan) if numbers.null_count else numbers)


class _Unfolding:
    """The columns of a table while they are read, within MOST_TABLE_BYTES."""

    def __init__(self, rows: int, numbers: Sequence[str], texts: Sequence[str], picture_bytes: int = 0) -> None:
        self._rows, self._picture_bytes = rows, picture_bytes
        self._places = {name: place for place, name in enumerate(numbers)}
        self._texts: dict[str, list[pa.LargeStringArray]] = {name: [] for name in texts}
        self._longest = dict.fromkeys(texts, 1)
        self._text_bytes = 0
        self._check_memory()  # before it is reserved
        self._numbers = np.empty((len(numbers), rows))
        self._pictures = np.empty((rows, picture_bytes), np.uint8)

    def add(self, at: int, batch: pa.RecordBatch) -> int:
        """Add some columns of the rows from `at` on; returns where the next rows begin."""
        end = at + len(batch)
        if end > self._rows:
            raise ValueError(_UNREADABLE)
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name in self._places:
                self._numbers[self._places[name], at:end] = _floats(column)
            elif name in self._texts:
                self._add_text(name, column)
            else:
                self._pictures[at:end] = self._pictures_of(column)
        return end

    def finish(self, rows: int) -> Columns:
        """The columns, with as many rows as were added."""
        texts = {name: np.empty(rows, f"U{longest}") for name, longest in self._longest.items()}
        for name, pieces in self._texts.items():
            at = 0
            for piece in pieces:
                texts[name][at : at + len(piece)] = piece.to_pylist()
                at += len(piece)
        return Columns(self._numbers[:, :rows].T, texts, self._pictures[:rows])

    def _add_text(self, name: str, column: pa.Array) -> None:
        _check_longest(pc.binary_length(_stored(column)), 4 * limits.MOST_TEXT_CHARACTERS, name)
        texts = _repeated(column).cast(pa.large_string())
        if texts.null_count:
            texts = texts.fill_null("")
        texts.validate(full=True)  # valid UTF-8
        lengths = pc.utf8_length(texts)
        _check_longest(lengths, limits.MOST_TEXT_CHARACTERS, name)
        self._longest[name] = max(self._longest[name], pc.max(lengths).as_py() or 1)
        self._text_bytes += texts.nbytes
        self._texts[name].append(texts)
        self._check_memory()

    def _pictures_of(self, column: pa.Array) -> np.ndarray:
        size = self._picture_bytes
        if column.null_count or not pc.all(pc.equal(pc.binary_length(_stored(column)), size)).as_py():
            raise ValueError("it has rows with an incomplete picture; extract the features again")
        return np.frombuffer(b"".join(_repeated(column).to_pylist()), np.uint8).reshape(-1, size)

    def _check_memory(self) -> None:
        of_a_row = 8 * len(self._places) + 4 * sum(self._longest.values()) + self._picture_bytes
        if self._rows * of_a_row + self._text_bytes > limits.MOST_TABLE_BYTES:
            most = limits.size_text(limits.MOST_TABLE_BYTES)
            raise ValueError(f"it takes more than {most} of memory, which is the limit; use a smaller table")


def _stored(column: pa.Array) -> pa.Array:
    """The values as they are stored: those that repeat once."""
    return column.dictionary if pa.types.is_dictionary(column.type) else column


def _repeated(column: pa.Array) -> pa.Array:
    """The value of each row."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _check_longest(lengths: pa.Array, most: int, name: str) -> None:
    if (pc.max(lengths).as_py() or 0) > most:
        raise ValueError(f"it has a text of more than {limits.MOST_TEXT_CHARACTERS} characters in {name}")


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_null(inner))


def _is_picture(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


@contextmanager
def _arrow_errors() -> Iterator[None]:
    """Turn what Arrow says of a damaged file, and of one that would take too much memory, into a ValueError."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise ValueError(_UNREADABLE) from error
