"""What is known of a library so far: a database beside the table that it becomes.

Each row is written whole when its song is judged, so that a process may be killed at any time; after a power failure
the last few may be missing, and are judged again.  It stays when the table is written, for the next call.  Two
processes never write to it at once: the lock is the operating system's, and goes with the process that holds it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from genre_core.errors import BatchError, StorageError
from genre_core.prediction.batch.song import BatchConfig, Entry, Song

FORMAT = 1
_TABLES = """
    CREATE TABLE judging (said TEXT);
    CREATE TABLE found (path BLOB PRIMARY KEY, size INTEGER, modified_ns INTEGER) WITHOUT ROWID;
    CREATE TABLE judged (path BLOB PRIMARY KEY, size INTEGER, modified_ns INTEGER, sha256 TEXT, said TEXT);
"""
_PENDING = """
    FROM found LEFT JOIN judged USING (path) WHERE found.path > ?
    AND (judged.path IS NULL OR judged.size != found.size OR judged.modified_ns != found.modified_ns
        OR json_extract(said, '$.error') IS NOT NULL)
"""
"""Songs that are new or changed, and those that could not be judged: what was missing may be there now."""


class Journal:
    """An open journal; made by `open_journal`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def find(self, songs: Iterable[Song]) -> int:
        """Take down what lies in the library now; returns the number of songs.

        Rows of songs that are gone are kept, for a disk may be back tomorrow, and left out of the table.
        """
        with self._database:
            self._database.execute("BEGIN")
            self._database.execute("DELETE FROM found")
            self._database.executemany(
                "INSERT INTO found VALUES (?, ?, ?)", ((song.path, song.size, song.modified_ns) for song in songs)
            )
        return self._number("SELECT count(*) FROM found")

    def pending(self) -> int:
        """The number of songs that are to be judged."""
        return self._number(f"SELECT count(*) {_PENDING}", b"")

    def next_pending(self, after: bytes, most: int) -> list[Song]:
        """The first of those songs, by path, after a path."""
        rows = self._database.execute(
            # Without a digest a song is judged again even if it is as it was.
            "SELECT found.path, found.size, found.modified_ns, "
            "CASE WHEN json_extract(said, '$.error') IS NULL THEN coalesce(sha256, '') ELSE '' END "
            f"{_PENDING} ORDER BY found.path LIMIT ?",
            (after, most),
        )
        return [Song(*row) for row in rows]

    def add(self, predicted: Entry) -> None:
        song = predicted.song
        if predicted.row is None:
            self._database.execute(
                "UPDATE judged SET size = ?, modified_ns = ? WHERE path = ?", (song.size, song.modified_ns, song.path)
            )
        else:
            self._database.execute(
                "INSERT OR REPLACE INTO judged VALUES (?, ?, ?, ?, ?)",
                (song.path, song.size, song.modified_ns, song.sha256, json.dumps(predicted.row)),
            )

    def rows(self) -> Iterator[Entry]:
        """What was said of each song of the library, by path, from disk."""
        for path, size, modified_ns, digest, said in self._database.execute(
            "SELECT path, judged.size, judged.modified_ns, sha256, said FROM judged JOIN found USING (path) "
            "ORDER BY path"
        ):
            yield Entry(Song(path, size, modified_ns, digest), json.loads(said))

    def failed(self) -> int:
        """The number of songs in the library that could not be judged."""
        return self._number(
            "SELECT count(*) FROM judged JOIN found USING (path) WHERE json_extract(said, '$.error') IS NOT NULL"
        )

    def _number(self, query: str, *values: Any) -> int:
        return self._database.execute(query, values).fetchone()[0]


def journal_of(table: Path) -> Path:
    """Where the journal of a table lies."""
    return table.with_name(f"{table.name}.journal")


@contextmanager
def open_journal(table: Path, batch_config: BatchConfig) -> Iterator[Journal]:
    """Open the journal of a table, or begin one; until the end nobody else can.

    Raises BatchError if another process has it, it was made by another judging, or the table has none; StorageError
    if it can't be written.
    """
    path = journal_of(table)
    if table.exists() and not path.exists():
        raise BatchError(f"{table} is there already, without the journal {path.name}; name another file.")
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("BEGIN IMMEDIATE")
            _check(database, table, batch_config)
            database.execute("COMMIT")
            yield Journal(database)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BatchError(
                f"Another process is writing to {table}; wait until it is done, or name another file."
            ) from error
        raise StorageError(f"Can't write to {path} ({error}); free some space, or name another file.") from error
    except sqlite3.DatabaseError as error:
        raise BatchError(f"The journal {path} is damaged; delete it to judge all songs anew.") from error


def _check(database: sqlite3.Connection, table: Path, batch_config: BatchConfig) -> None:
    """Make the tables of a new journal, or see that a journal is of this judging."""
    written = database.execute("PRAGMA user_version").fetchone()[0]
    if not written:
        for statement in _TABLES.split(";"):
            database.execute(statement)
        database.execute("INSERT INTO judging VALUES (?)", (json.dumps(asdict(batch_config)),))
        database.execute(f"PRAGMA user_version = {FORMAT}")
        return
    begin_anew = f"name another file, or delete it and {journal_of(table).name} to begin anew."
    if written != FORMAT:
        raise BatchError(f"{table} was begun by another version of Genre Lab; {begin_anew}")
    before = BatchConfig(**json.loads(database.execute("SELECT said FROM judging").fetchone()[0]))
    if before != batch_config:
        raise BatchError(
            f"{table} was begun for {before.folder} by the run {before.run} of {before.created[:10]}, in steps of "
            f"{before.hop_s:g} s up to {before.max_seconds:g} s; {begin_anew}"
        )
