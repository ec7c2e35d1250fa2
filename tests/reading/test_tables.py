"""Tables are read as pandas reads them, column by column, and never beyond their bounds."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genre_core.reading import limits, parquet_pages
from genre_core.reading.tables import Columns, CsvTable, ParquetTable, open_table

NUMBERS, TEXTS = ("a", "b"), ("name", "other")


def frame(rows: int = 40_000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "a": rng.normal(size=rows),
            "name": [f"caf\xe9 {i % 700}" for i in range(rows)],
            "unneeded": rng.normal(size=rows),
            "b": np.where(rng.random(rows) < 0.1, np.nan, rng.normal(size=rows).astype(np.float32)),
            "other": [f"{i}" if i % 3 else None for i in range(rows)],
        }
    )


def parquet(table: pd.DataFrame | pa.Table, **options: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.Table.from_pandas(table), stream, **options)
    return stream.getvalue()


def check(found: Columns, expected: pd.DataFrame) -> None:
    np.testing.assert_array_equal(found.numbers, expected[list(NUMBERS)].to_numpy(float))
    assert found.numbers.flags.f_contiguous
    for name in TEXTS:
        assert found.texts[name].tolist() == expected[name].fillna("").tolist()
        assert found.texts[name].dtype.kind == "U"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_dictionary": False},
        {"row_group_size": 7000, "compression": "zstd"},
        {"data_page_version": "2.0", "data_page_size": 2000, "compression": "gzip"},
        {"compression": "none", "store_schema": False},
        {"column_encoding": {"a": "BYTE_STREAM_SPLIT"}, "use_dictionary": False},
    ],
)
def test_a_parquet_table_is_read_as_pandas_reads_it(options: dict[str, Any], tmp_path: Path) -> None:
    expected = frame()
    path = tmp_path / "table.parquet"
    path.write_bytes(parquet(expected, **options))
    for source in (path, path.read_bytes()):
        table = open_table(source)
        assert isinstance(table, ParquetTable)
        assert table.rows == len(expected)
        check(table.read(NUMBERS, TEXTS), expected)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_a_csv_table_is_read_as_pandas_reads_it(end: str, last: bool, tmp_path: Path) -> None:
    expected = frame()
    text = expected.to_csv(index=False, lineterminator=end)
    path = tmp_path / "table.csv"
    path.write_bytes((text if last else text.removesuffix(end)).encode())
    for source in (path, path.read_bytes()):
        table = open_table(source)
        assert isinstance(table, CsvTable)
        assert table.names == tuple(expected)
        assert table.rows == len(expected)
        check(table.read(NUMBERS, TEXTS), pd.read_csv(path, dtype=dict.fromkeys(TEXTS, str)))


def test_csv_with_quotes_a_byte_order_mark_and_empty_lines() -> None:
    table = open_table('\ufeff"a","name"\n\n1.5,"x, ""y"""\n,NA\n\n'.encode())
    assert isinstance(table, CsvTable)
    found = table.read(("a",), ("name",))
    np.testing.assert_array_equal(found.numbers, [[1.5], [np.nan]])
    assert found.texts["name"].tolist() == ['x, "y"', ""]


def test_columns_in_many_groups_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genre_core.reading.tables.MOST_PAGE_BYTES", 10_000)
    expected = pd.concat([frame(1000)], axis=1)
    table = open_table(parquet(expected))
    assert isinstance(table, ParquetTable)
    check(table.read(NUMBERS, TEXTS), expected)


@pytest.mark.parametrize("encoding", ["DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_texts_that_unfold_without_bounds_are_refused(encoding: str, version: str) -> None:
    content = parquet(frame(100), column_encoding={"name": encoding}, use_dictionary=False, data_page_version=version)
    table = open_table(content)
    assert isinstance(table, ParquetTable)
    with pytest.raises(ValueError, match="delta encoding"):
        table.read(NUMBERS, TEXTS)


def test_the_largest_page_of_a_column_is_found() -> None:
    content = parquet(pa.table({"a": np.arange(1000.0), "b": ["x" * 1000] * 1000}), use_dictionary=["b"])
    file = pa.BufferReader(content)
    assert parquet_pages.largest_pages(file, pq.read_metadata(file), [0, 1]) == pytest.approx([8000, 1004], abs=20)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is empty"),
        (b"PAR1", "no CSV or Parquet file"),
        (b"PAR1" + b"\0" * 100, "no CSV or Parquet file"),
        (b"a,a\n1,2\n", "two of its columns have the same name"),
        (b"\xff\xfea\n", "no CSV or Parquet file"),
        (b"x" * 101 + b"\n1\n", "more than 100 characters"),
        (",".join(f"c{i}" for i in range(2001)).encode(), "it has 2001 columns, and the limit is 2000"),
    ],
)
def test_what_is_no_table_is_refused_when_it_is_opened(content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        open_table(content)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,x\nloud,y\n", "values that are not numbers in a"),
        ("1,x,y\n", "no CSV or Parquet file"),
        ("1,x\n2\n", "no CSV or Parquet file"),
        (f"1,{'x' * 301}\n", "a text of more than 300 characters in name"),
        (f"1,{'x' * 2_000_000}\n", "no CSV or Parquet file"),
    ],
)
def test_rows_of_csv_that_are_wrong_are_refused(rows: str, message: str) -> None:
    table = open_table(f"a,name\n{rows}".encode())
    assert isinstance(table, CsvTable)
    with pytest.raises(ValueError, match=message):
        table.read(("a",), ("name",))


def test_a_parquet_table_with_other_bytes_is_read_or_refused() -> None:
    original, refused = parquet(frame(500)), 0
    for case in range(300):
        rng = np.random.default_rng(case)
        content = bytearray(original)
        for place in rng.integers(len(content), size=3):
            content[place] = rng.integers(256)
        try:
            table = open_table(bytes(content))
            assert isinstance(table, ParquetTable)
            table.read(NUMBERS, TEXTS)
        except (ValueError, KeyError):
            refused += 1
    assert refused > 50


def test_memory_is_counted_before_it_is_reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    table = open_table(parquet(frame(1000)))
    assert isinstance(table, ParquetTable)
    monkeypatch.setattr(limits, "MOST_TABLE_BYTES", 2 * 8 * 1000 - 1)
    with pytest.raises(ValueError, match=r"it takes more than 0\.015999 MB of memory"):
        table.read(NUMBERS, ())
    monkeypatch.setattr(limits, "MOST_TABLE_BYTES", 2 * 8 * 1000 + 4 * 8 * 1000 // 2)
    with pytest.raises(ValueError, match="of memory"):
        table.read(NUMBERS, TEXTS)
