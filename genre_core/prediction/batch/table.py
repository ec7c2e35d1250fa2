"""The table of a library, a row a song: Parquet or CSV, written from rows as they come, so that any number fits."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from genre_core import escaping
from genre_core.prediction.batch.song import Entry

ENDINGS = (".parquet", ".csv")
_AT_ONCE = 5000


def columns(genres: Iterable[str]) -> pa.Schema:
    """The columns, for a run that knows these genres; of a song that could not be judged most are empty."""
    text, number = pa.string(), pa.float64()
    return pa.schema(
        [
            ("file", text),
            ("genre", text),
            ("probability", number),
            ("runner_up", text),
            ("runner_up_probability", number),
            *((f"p_{genre}", number) for genre in genres),
            ("tags", text),
            ("changes", text),
            ("trust", number),
            ("trust_reasons", text),
            ("duration_s", number),
            ("warnings", text),
            ("error", text),
            ("size", pa.int64()),
            ("modified", pa.timestamp("ns", tz="UTC")),
            ("sha256", text),
            ("run", text),
        ]
    )


def write(path: Path, songs: Iterable[Entry], genres: Iterable[str], run: str) -> None:
    """Write the table; its ending says whether as Parquet or as CSV."""
    schema = columns(genres)
    tables = _tables(songs, schema, run)
    if path.suffix == ".parquet":
        with pq.ParquetWriter(path, schema, compression="zstd") as file:
            for table in tables:
                file.write_table(table)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(escaping.csv(schema.empty_table().to_pandas()))
            for table in tables:
                file.write(escaping.csv(table.to_pandas(), header=False))


def _tables(songs: Iterable[Entry], schema: pa.Schema, run: str) -> Iterator[pa.Table]:
    """The rows, so many at a time."""
    rows = (
        {
            "file": predicted.song.file,
            "size": predicted.song.size,
            "modified": predicted.song.modified_ns,
            "sha256": predicted.song.sha256,
            "run": run,
            **(predicted.row or {}),
        }
        for predicted in songs
    )
    while some := list(islice(rows, _AT_ONCE)):
        yield pa.Table.from_pylist(some, schema)
