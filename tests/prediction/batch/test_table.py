"""The table of a batch as CSV and as Parquet."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from genre_core.prediction.batch import table
from genre_core.runs import Run
from tests.prediction.batch.helpers import RUN, predict_here


def test_a_spreadsheet_finds_no_formula_in_the_csv(
    music: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_ROWS_AT_ONCE", 3)  # so that it is written in parts
    entries = predict_here(music, run)
    table.write(tmp_path / "songs.csv", entries, run.info.genres, RUN)
    table.write(tmp_path / "songs.parquet", entries, run.info.genres, RUN)
    with (tmp_path / "songs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    whole = pd.read_parquet(tmp_path / "songs.parquet")
    assert [row["file"] for row in rows] == [name.replace("=", "'=") for name in whole["file"]]
    assert list(rows[0]) == list(whole.columns)
    for row, confidence in zip(rows, whole["confidence"], strict=True):
        assert float(row["confidence"] or "nan") == pytest.approx(confidence, nan_ok=True)
