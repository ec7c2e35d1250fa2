"""The table of a batch, a row for each song: Parquet or CSV, written row by row, so that it may be of any length."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from genre_core import escaping
from genre_core.prediction.batch.entry import Entry

SUFFIXES = (".parquet", ".csv")
_ROWS_AT_ONCE = 5000


def columns(genres: Iterable[str]) -> pa.Schema:
    """The columns for a run with these genres. Most are empty for a song that could not be predicted."""
    text, number = pa.string(), pa.float64()
    return pa.schema(
        [
            ("file", text),
            ("genre", text),
            ("confidence", number),
            ("runner_up", text),
            ("runner_up_probability", number),
            *((f"p_{genre}", number) for genre in genres),
            ("tags", text),
            ("changes", text),
            ("in_domain", number),
            ("reliability", number),
            ("reliability_reasons", text),
            ("duration_s", number),
            ("warnings", text),
            ("error", text),
            ("size", pa.int64()),
            ("modified", pa.timestamp("ns", tz="UTC")),
            ("sha256", text),
            ("run", text),
        ]
    )


def write(path: Path, entries: Iterable[Entry], genres: Iterable[str], run: str) -> None:
    """Write the table, as Parquet or as CSV by its suffix."""
    schema = columns(genres)
    tables = _tables(entries, schema, run)
    if path.suffix == ".parquet":
        with pq.ParquetWriter(path, schema, compression="zstd") as file:
            for table in tables:
                file.write_table(table)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(escaping.csv(schema.empty_table().to_pandas()))
            for table in tables:
                file.write(escaping.csv(table.to_pandas(), header=False))


def _tables(entries: Iterable[Entry], schema: pa.Schema, run: str) -> Iterator[pa.Table]:
    """The rows, _ROWS_AT_ONCE at a time."""
    rows = (
        {
            "file": entry.song.file,
            "size": entry.song.size,
            "modified": entry.song.modified_ns,
            "sha256": entry.song.sha256,
            "run": run,
            **(entry.row or {}),
        }
        for entry in entries
    )
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        yield pa.Table.from_pylist(some, schema)
