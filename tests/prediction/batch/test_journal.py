"""Journals of version 0.1 are converted and resumed; damaged ones are refused in a sentence."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from genre_core import runs, storage
from genre_core.errors import BatchError, StorageError
from genre_core.prediction.batch import BatchConfig, SongFile, predict_folder
from genre_core.prediction.batch.entry import Entry
from genre_core.prediction.batch.journal import journal_of, open_journal
from genre_core.runs import Run
from tests.stored_files import changed_bytes

VERSION_0_1 = Path(__file__).parents[2] / "data" / "version_0_1"
MODIFIED_NS = 1_767_225_600_000_000_000
"""Of the music when version 0.1 predicted it."""


@pytest.fixture
def old_music(tmp_path: Path) -> Path:
    music = tmp_path / "music"
    shutil.copytree(VERSION_0_1 / "music", music)
    for file in music.glob("*/*"):
        os.utime(file, ns=(MODIFIED_NS, MODIFIED_NS))
    return music


def old_batch(folder: Path, name: str, music: Path, run: str) -> Path:
    """A table of version 0.1 with its journal, with the present places of its music and its run."""
    for file in (VERSION_0_1 / "library").glob(f"{name}*"):
        shutil.copy(file, folder)
    out = folder / name
    with closing(sqlite3.connect(journal_of(out))) as database, database:
        config = json.loads(database.execute("SELECT said FROM judging").fetchone()[0])
        database.execute("UPDATE judging SET said = ?", (json.dumps(config | {"folder": str(music), "run": run}),))
    return out


def run_of(name: str) -> Run:
    """The run of a table, with its copy among the user's runs."""
    if name.endswith(".csv"):
        return runs.load_run("two-networks")
    folder = storage.runs_dir() / "logistic-levelled"
    shutil.copytree(VERSION_0_1 / "runs" / "logistic-levelled", folder)
    return runs.load_run(folder)


@pytest.mark.parametrize(
    ("name", "kept"), [("finished.csv", 6), ("finished.parquet", 6), ("half.csv", 2), ("half.parquet", 3)]
)
def test_a_batch_of_version_0_1_is_resumed(tmp_path: Path, old_music: Path, name: str, kept: int) -> None:
    run = run_of(name)
    out = old_batch(tmp_path, name, old_music, BatchConfig.of(old_music, run, 1.5).run)
    result = predict_folder(old_music, out, run, jobs=1)
    assert (result.files, result.kept, result.predicted, result.failed) == (6, kept, 6 - kept, 0)
    table = pd.read_csv(out) if out.suffix == ".csv" else pd.read_parquet(out)
    assert [file.partition("/")[0] for file in table["file"]] == table["genre"].tolist()
    assert table[["confidence", "reliability", "reliability_reasons"]].notna().all(axis=None)
    assert not {"probability", "trust", "trust_reasons"} & set(table.columns)
    again = predict_folder(old_music, out, run, jobs=1)
    assert (again.kept, again.predicted) == (6, 0)


def test_a_refused_journal_of_version_0_1_stays_as_it_is(tmp_path: Path, old_music: Path) -> None:
    run = run_of("half.csv")
    out = old_batch(tmp_path, "half.csv", old_music, "two-networks")
    with pytest.raises(BatchError, match="was made for the folder"):
        predict_folder(old_music, out, run, hop_s=3.0, jobs=1)
    with closing(sqlite3.connect(journal_of(out))) as database:
        assert database.execute("SELECT count(*) FROM judged").fetchone() == (2,)


def test_a_journal_of_a_later_version_is_refused(tmp_path: Path) -> None:
    config = BatchConfig(str(tmp_path), "two-networks", "2026-11-23T17:16:20+00:00", 1.5, 900.0)
    out = tmp_path / "songs.csv"
    with open_journal(out, config):
        pass
    with closing(sqlite3.connect(journal_of(out))) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(BatchError, match="later version of Genre Lab"), open_journal(out, config):
        pass


# Damage

CONFIG = BatchConfig("/music", "two-networks", "2026-11-23T17:16:20+00:00", 1.5, 900.0)
SONG = SongFile(b"a.wav", 1, 1, "0" * 64)


def journal_with(out: Path, *statements: str) -> Path:
    """A journal with one song, after some statements of SQL."""
    with open_journal(out, CONFIG) as journal:
        journal.update_files([SONG])
        journal.add(Entry(SONG, {"genre": "jazz", "confidence": 0.9}))
    with closing(sqlite3.connect(journal_of(out))) as database, database:
        for statement in statements:
            database.execute(statement)
    return out


def read_all(out: Path) -> list[Entry]:
    with open_journal(out, CONFIG) as journal:
        journal.update_files([SONG])
        assert journal.pending() + len(journal.next_pending(b"", 10)) + journal.failed() >= 0
        return list(journal.entries())


def test_an_undamaged_journal_is_read(tmp_path: Path) -> None:
    (entry,) = read_all(journal_with(tmp_path / "songs.csv"))
    assert entry == Entry(SONG, {"genre": "jazz", "confidence": 0.9})


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE entries",
        "DROP TABLE config",
        "DELETE FROM config",
        "INSERT INTO config SELECT * FROM config",
        "UPDATE config SET json = '[' || json || ']'",
        "UPDATE config SET json = 'no JSON'",
        "UPDATE config SET json = NULL",
        "UPDATE config SET json = replace(json, '1.5', '\"x\"')",
        "UPDATE entries SET json = 'no JSON'",
        "UPDATE entries SET json = NULL",
        "UPDATE entries SET json = 5",
        "UPDATE entries SET json = '[1]'",
        "UPDATE entries SET json = '{\"genre\": 5}'",
        'UPDATE entries SET json = \'{"confidence": "high"}\'',
        "UPDATE entries SET json = '{\"tags\": [1]}'",
        "UPDATE entries SET json = '{\"a\":' || zeroblob(2000000)",
        "UPDATE entries SET json = CAST(x'ff' AS TEXT)",
        "UPDATE entries SET size = 'x'",
        "UPDATE entries SET modified_ns = NULL",
        "UPDATE entries SET sha256 = x'00'",
        "ALTER TABLE entries RENAME COLUMN json TO other",
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER t AFTER DELETE ON files BEGIN DELETE FROM entries; END",
        "PRAGMA user_version = -1",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 1",
    ],
)
def test_a_damaged_journal_is_refused_in_a_sentence(statement: str, tmp_path: Path) -> None:
    out = journal_with(tmp_path / "songs.csv", statement)
    with pytest.raises(BatchError, match="is damaged; delete it to predict all songs again"):
        read_all(out)


def test_a_journal_with_other_bytes_is_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    original = journal_of(journal_with(tmp_path / "songs.csv")).read_bytes()
    out, refused = tmp_path / "changed.csv", 0
    for case in range(150):
        journal_of(out).write_bytes(changed_bytes(original, np.random.default_rng(case)))
        try:
            read_all(out)
        except (BatchError, StorageError) as error:
            assert "journal" in str(error) or "later version" in str(error) or "was made for" in str(error)
            refused += 1
        for left in tmp_path.glob("changed*"):
            left.unlink()
    assert refused > 10
