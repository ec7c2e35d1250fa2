"""The journal of a batch: an SQLite database beside the table, from which the table is written.

A row is written when its song is predicted, so the process may be killed at any time. After a power failure the last
few rows may be missing; their songs are predicted again. The journal stays when the table is written, for the next
call. The operating system's lock, which ends with the process, keeps a second process from writing at the same time.

A journal may be damaged, or not one at all: its tables and each row are checked when they are read.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from genre_core import old_names
from genre_core.errors import BatchError, StorageError
from genre_core.prediction.batch.config import BatchConfig
from genre_core.prediction.batch.entry import Entry
from genre_core.prediction.batch.files import SongFile
from genre_core.reading import as_type

FORMAT = 2
"""Format 1 (version 0.1) had other names of tables and columns; it is converted when it is opened. Raise this number
when the tables change, and convert the earlier format in `_prepare`."""
_NAMES = {1: {"judging", "found", "judged"}, 2: {"config", "files", "entries"}}
"""Of the tables in each format."""
_MOST_ROW_BYTES = 1_000_000
_NO_STORAGE = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)
_TEXTS = ("genre", "runner_up", "tags", "changes", "reliability_reasons", "warnings", "error")
"""Columns of a row; the others are numbers."""
_TABLES = """
    CREATE TABLE config (json TEXT);
    CREATE TABLE files (path BLOB PRIMARY KEY, size INTEGER, modified_ns INTEGER) WITHOUT ROWID;
    CREATE TABLE entries (path BLOB PRIMARY KEY, size INTEGER, modified_ns INTEGER, sha256 TEXT, json TEXT);
"""
_FROM_FORMAT_1 = """
    ALTER TABLE judging RENAME TO config;
    ALTER TABLE config RENAME COLUMN said TO json;
    ALTER TABLE found RENAME TO files;
    ALTER TABLE judged RENAME TO entries;
    ALTER TABLE entries RENAME COLUMN said TO json;
"""
_PENDING = """
    FROM files LEFT JOIN entries USING (path) WHERE files.path > ?
    AND (entries.path IS NULL OR entries.size != files.size OR entries.modified_ns != files.modified_ns
        OR json_extract(json, '$.error') IS NOT NULL)
"""
"""New or changed songs, and those that failed: the cause may be gone."""


class Journal:
    """An open journal; made by `open_journal`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def update_files(self, songs: Iterable[SongFile]) -> int:
        """Store which files are in the folder now; returns their number.

        Entries of files that are gone stay in the journal, since a disk may return, but not in the table.
        """
        with self._database:
            self._database.execute("BEGIN")
            self._database.execute("DELETE FROM files")
            self._database.executemany(
                "INSERT INTO files VALUES (?, ?, ?)", ((song.path, song.size, song.modified_ns) for song in songs)
            )
        return self._number("SELECT count(*) FROM files")

    def pending(self) -> int:
        """Number of songs to predict."""
        return self._number(f"SELECT count(*) {_PENDING}", b"")

    def next_pending(self, after: bytes, most: int) -> list[SongFile]:
        """The next songs to predict, by path, after this path."""
        rows = self._database.execute(
            # A song that failed gets no digest: it is predicted again even if it has not changed.
            "SELECT files.path, files.size, files.modified_ns, "
            "CASE WHEN json_extract(json, '$.error') IS NULL THEN coalesce(sha256, '') ELSE '' END "
            f"{_PENDING} ORDER BY files.path LIMIT ?",
            (after, most),
        )
        return [_song(row) for row in rows]

    def add(self, entry: Entry) -> None:
        """Store an entry; one without a row keeps the row that is stored."""
        song = entry.song
        if entry.row is None:
            self._database.execute(
                "UPDATE entries SET size = ?, modified_ns = ? WHERE path = ?", (song.size, song.modified_ns, song.path)
            )
        else:
            self._database.execute(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)",
                (song.path, song.size, song.modified_ns, song.sha256, json.dumps(entry.row)),
            )

    def entries(self) -> Iterator[Entry]:
        """The entries of the files in the folder, by path; read from disk one at a time."""
        for *song, row in self._database.execute(
            "SELECT path, entries.size, entries.modified_ns, sha256, json FROM entries JOIN files USING (path) "
            "ORDER BY path"
        ):
            yield Entry(_song(song), _row(row))

    def failed(self) -> int:
        """Number of files in the folder that could not be predicted."""
        return self._number(
            "SELECT count(*) FROM entries JOIN files USING (path) WHERE json_extract(json, '$.error') IS NOT NULL"
        )

    def _number(self, query: str, *values: bytes) -> int:
        return int(self._database.execute(query, values).fetchone()[0])


def journal_of(table: Path) -> Path:
    """The path of a table's journal."""
    return table.with_name(f"{table.name}.journal")


@contextmanager
def open_journal(table: Path, config: BatchConfig) -> Iterator[Journal]:
    """Open the journal of a table, or create it, and lock it until the end.

    Raises BatchError if another process has it open, it was made with other settings, or the table has none;
    StorageError if it can't be written.
    """
    path = journal_of(table)
    if table.exists() and not path.exists():
        raise BatchError(f"{table} already exists, without its journal {path.name}; name another file.")
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_ROW_BYTES)
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("BEGIN IMMEDIATE")
            _prepare(database, table, config)
            database.execute("COMMIT")
            yield Journal(database)
    except (sqlite3.Error, _Damage) as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BatchError(
                f"Another process is writing to {table}; wait until it is done, or name another file."
            ) from error
        if code in _NO_STORAGE:
            raise StorageError(f"Can't write to {path} ({error}); free some space, or name another file.") from error
        raise BatchError(f"The journal {path} is damaged; delete it to predict all songs again.") from error


class _Damage(Exception):
    """What a journal holds is not what is written to one."""


def _prepare(database: sqlite3.Connection, table: Path, config: BatchConfig) -> None:
    """Create the tables of a new journal, or check that an existing one has these settings."""
    written = database.execute("PRAGMA user_version").fetchone()[0]
    found = database.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    if written <= FORMAT and {name for name, _ in found} != _NAMES.get(written, set()):
        raise _Damage
    if not all(statement.startswith("CREATE TABLE") for _, statement in found):
        raise _Damage  # a view or a trigger would run on its own
    if not written:
        _execute(database, _TABLES)
        database.execute("INSERT INTO config VALUES (?)", (json.dumps(asdict(config)),))
        database.execute(f"PRAGMA user_version = {FORMAT}")
        return
    start_over = f"name another file, or delete it and {journal_of(table).name} to start over."
    if written == 1:
        _execute(database, _FROM_FORMAT_1)
        database.execute(f"PRAGMA user_version = {FORMAT}")
    elif written != FORMAT:
        raise BatchError(f"{table} was written by a later version of Genre Lab; {start_over}")
    before = _config(database.execute("SELECT json FROM config").fetchall())
    if before != config:
        raise BatchError(
            f"{table} was made for the folder {before.folder} by the run {before.run} of {before.created[:10]}, with a "
            f"hop of {before.hop_s:g} s and at most {before.max_seconds:g} s of each song; {start_over}"
        )


def _execute(database: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        database.execute(statement)


def _config(rows: list[tuple[Any]]) -> BatchConfig:
    try:
        ((document,),) = rows
        return as_type(BatchConfig, json.loads(document))
    except (ValueError, TypeError) as error:
        raise _Damage from error


def _song(row: Sequence[Any]) -> SongFile:
    if [type(value) for value in row] != [bytes, int, int, str]:
        raise _Damage
    return SongFile(*row)


def _row(document: Any) -> dict[str, Any]:
    """The row of a song; a converted journal keeps those of version 0.1 as they were written."""
    try:
        row = old_names.current_batch_row(as_type(dict[str, str | float | None], json.loads(document)))
    except (ValueError, TypeError, RecursionError) as error:
        raise _Damage from error
    if any(value is not None and isinstance(value, str) != (name in _TEXTS) for name, value in row.items()):
        raise _Damage
    return row
