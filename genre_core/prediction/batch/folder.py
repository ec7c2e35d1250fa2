"""Libraries of songs, of any size: each file below a folder is judged once, and becomes a row of a table.

    songs below a folder ── journal ──> those that are new or changed ── pool ──> rows ── journal ──> table

Only what is under way is held in memory.  What was judged is in the journal at once, so that a second call goes on
where the first one ended, however it ended.
"""

import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from genre_core import storage
from genre_core.errors import BatchError, ConfigError
from genre_core.prediction import HOP_S, check_hop
from genre_core.prediction.batch import table
from genre_core.prediction.batch.cluster import cluster_pool
from genre_core.prediction.batch.journal import Journal, open_journal
from genre_core.prediction.batch.pool import Pool, local_pool
from genre_core.prediction.batch.song import BatchConfig, Song, batch_config, predict_entry
from genre_core.runs import Run

SONG_ENDINGS = frozenset(
    (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".aifc", ".au", ".caf", ".w64")
)
"""What is taken for a song, in any case; other files are passed over in silence."""

Progress = Callable[[int, int], None]
"""Called with the number of songs done and their total."""


@dataclass(frozen=True)
class BatchResult:
    """What a call did for a library."""

    out: Path
    files: int
    """Songs in the library, and rows of the table."""
    predicted: int
    """Songs that were judged in this call."""
    kept: int
    """Songs that were judged before and have not changed."""
    failed: int
    """Rows with an error."""
    unreadable: list[str]
    """Folders that could not be looked into."""
    seconds: float


def predict_folder(
    folder: Path,
    out: Path,
    run: Run,
    *,
    hop_s: float = HOP_S,
    jobs: int = -1,
    scheduler: str | None = None,
    progress: Progress = lambda done, total: None,
) -> BatchResult:
    """Judge every song below a folder that is not in the table yet or has changed since, and write the table.

    Parameters
    ----------
    out : a .parquet or .csv file; beside it lies its journal, which the next call needs.
    jobs : number of processes; -1 for one a core.
    scheduler : the address of a Dask scheduler, whose workers judge in place of processes here.  They see the same
        folder under the same path.

    Raises BatchError if there are no songs, the table belongs to another folder or run, is being written by another
    process, or the workers can't judge; StorageError if it can't be written; ConfigError for a wrong setting.
    """
    began = time.monotonic()
    if out.suffix not in table.ENDINGS:
        raise ConfigError(f"--out takes a name that ends in {' or '.join(table.ENDINGS)}, not {out}.")
    if jobs == 0 or jobs < -1:
        raise ConfigError("--jobs takes a number of processes from 1 on, or -1 for one a core.")
    check_hop(hop_s)
    if not folder.is_dir():
        raise BatchError(f"There is no folder {folder}; name one with songs in it, or in folders below it.")
    storage.check_writable(out, may_exist=True)
    how = batch_config(folder, run, hop_s)
    unreadable: list[str] = []
    with open_journal(out, how) as journal:
        files = journal.find(songs_below(folder, unreadable))
        if not files:
            raise BatchError(f"There is no song below {folder}; name a folder with files such as .wav, .mp3 or .flac.")
        with _pool(jobs, scheduler, how) as pool:
            predicted = _predict_pending(journal, pool, how, progress)
        with storage.writing_file(out) as partial:
            table.write(partial, journal.rows(), run.info.genres, run.info.name)
        return BatchResult(out, files, predicted, files - predicted, journal.failed(), unreadable, time.monotonic() - began)


def _pool(jobs: int, scheduler: str | None, how: BatchConfig) -> AbstractContextManager[Pool]:
    return cluster_pool(scheduler, how) if scheduler else nullcontext(local_pool(jobs))


def _predict_pending(journal: Journal, pool: Pool, how: BatchConfig, progress: Progress) -> int:
    """Judge what is new or changed; returns the number of songs whose content was."""
    predicted, done, total, last = 0, 0, journal.pending(), b""
    progress(done, total)
    while songs := journal.next_pending(last, pool.at_once):
        for result in pool.predict(songs, partial(predict_entry, batch_config=how)):
            journal.add(result)
            done += 1
            predicted += result.row is not None
            progress(done, total)
        last = songs[-1].path
    return predicted


def songs_below(folder: Path, unreadable: list[str]) -> Iterator[Song]:
    """The songs in a folder and the folders in it, each folder once, whatever links lead to it.

    Hidden files and folders are passed over.  Folders that can't be looked into are added to `unreadable`; BatchError
    if that is the first.
    """
    root = os.fsencode(folder)
    seen: set[tuple[int, int]] = set()
    places, linked = deque([root]), deque[bytes]()
    while places or linked:
        place = (places or linked).popleft()  # links last: a song is known by the path without one, if there is such
        try:
            found = os.stat(place)  # noqa: PTH116 (a path of bytes)
            if (identity := (found.st_dev, found.st_ino)) in seen:
                continue
            seen.add(identity)
            with os.scandir(place) as entries:
                inside = sorted((entry for entry in entries if not entry.name.startswith(b".")), key=lambda e: e.name)
        except OSError as error:
            if place == root:
                raise BatchError(f"The folder {folder} can't be read: {error.strerror}.") from error
            unreadable.append(_below(root, place).decode("utf-8", errors="replace"))
            continue
        for entry in inside:
            if _is_folder(entry):
                (linked if entry.is_symlink() else places).append(entry.path)
            elif os.path.splitext(entry.name)[1].lower().decode("latin-1") in SONG_ENDINGS:  # noqa: PTH122
                yield from _song(root, entry)


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle, or where nobody may look
        return False


def _song(root: bytes, entry: os.DirEntry[bytes]) -> Iterator[Song]:
    """The song that a file is, if it is one and still there."""
    try:
        found = entry.stat()
    except OSError:  # a link to nothing
        return
    if stat.S_ISREG(found.st_mode):
        yield Song(_below(root, entry.path), found.st_size, found.st_mtime_ns)


def _below(root: bytes, path: bytes) -> bytes:
    return os.path.relpath(path, root).replace(os.fsencode(os.sep), b"/")
