"""Predict all songs below a folder and write the table."""

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from genre_core import storage
from genre_core.errors import BatchError, ConfigError
from genre_core.prediction.batch import table
from genre_core.prediction.batch.cluster import cluster_pool
from genre_core.prediction.batch.config import BatchConfig
from genre_core.prediction.batch.entry import predict_entry
from genre_core.prediction.batch.files import find_songs
from genre_core.prediction.batch.journal import Journal, open_journal
from genre_core.prediction.batch.pool import Pool, local_pool
from genre_core.prediction.song import HOP_S, check_hop
from genre_core.progress import Progress, no_progress
from genre_core.runs import Run


@dataclass(frozen=True)
class BatchResult:
    """What a call of `predict_folder` did."""

    out: Path
    """The table."""
    files: int
    """Songs in the folder, which are the rows of the table."""
    predicted: int
    """Songs that this call predicted."""
    kept: int
    """Songs that an earlier call predicted and that have not changed."""
    failed: int
    """Rows with an error."""
    unreadable: list[str]
    """Subfolders that could not be read."""
    seconds: float
    """Duration of the call."""


def predict_folder(
    folder: Path,
    out: Path,
    run: Run,
    *,
    hop_s: float = HOP_S,
    jobs: int = -1,
    scheduler: str | None = None,
    progress: Progress = no_progress,
) -> BatchResult:
    """Predict every song below a folder that is not in the table yet or has changed since, and write the table.

    Parameters
    ----------
    out : a .parquet or .csv file. The next call needs the journal that is written beside it.
    hop_s : time between the starts of segments.
    jobs : number of processes; -1 for one per core.
    scheduler : address of a Dask scheduler, whose workers predict instead of local processes. They need the same folder
        under the same path.
    progress : called with the number of songs done and their total; an exception that it raises ends the call.

    Raises BatchError if there are no songs, the table belongs to another folder or run, another process is writing it,
    or the workers fail; StorageError if it can't be written; ConfigError for a wrong setting.
    """
    began = time.monotonic()
    if out.suffix not in table.SUFFIXES:
        raise ConfigError(f"The name of the table must end in {' or '.join(table.SUFFIXES)}, not {out}.")
    if jobs == 0 or jobs < -1:
        raise ConfigError("The number of processes must be 1 or more, or -1 for one per core.")
    check_hop(hop_s)
    if not folder.is_dir():
        raise BatchError(f"There is no folder {folder}; name a folder with songs.")
    storage.check_writable(out, may_exist=True)
    config = BatchConfig.of(folder, run, hop_s)
    unreadable: list[str] = []
    with open_journal(out, config) as journal:
        files = journal.update_files(find_songs(folder, unreadable))
        if not files:
            raise BatchError(f"There is no song below {folder}; name a folder with files such as .wav, .mp3 or .flac.")
        with _pool(jobs, scheduler, config) as pool:
            predicted = _predict_pending(journal, pool, config, progress)
        with storage.writing_file(out) as partial_file:
            table.write(partial_file, journal.entries(), run.info.genres, run.info.name)
        seconds = time.monotonic() - began
        return BatchResult(out, files, predicted, files - predicted, journal.failed(), unreadable, seconds)


def _pool(jobs: int, scheduler: str | None, config: BatchConfig) -> AbstractContextManager[Pool]:
    return cluster_pool(scheduler, config) if scheduler else nullcontext(local_pool(jobs))


def _predict_pending(journal: Journal, pool: Pool, config: BatchConfig, progress: Progress) -> int:
    """Predict the songs that are new or changed; returns how many of them had new content."""
    predicted, done, total, last = 0, 0, journal.pending(), b""
    progress(done, total)
    while songs := journal.next_pending(last, pool.batch_size):
        for entry in pool.predict(songs, partial(predict_entry, config=config)):
            journal.add(entry)
            done += 1
            predicted += entry.row is not None
            progress(done, total)
        last = songs[-1].path
    return predicted
