"""What the tests of batches share: names of songs, predictions without workers, the content of a journal, Dask."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from genre_core.prediction import HOP_S
from genre_core.prediction.batch import BatchConfig, find_songs, journal
from genre_core.prediction.batch.entry import Entry, predict_entry
from genre_core.runs import Run
from tests.waiting import wait_until

PROJECT = Path(__file__).parents[3]
RUN = "paper-track"
SONGS = ["=1+1.wav", "a/furnace, again.wav", "a/furnace.wav", "b/Adagio.WAV", "b/deep/er/floorfiller.wav"]
BAD = ["cut.wav", "empty.flac", "text.mp3"]


def predict_here(folder: Path, run: Run) -> list[Entry]:
    """The entries of the songs in a folder, predicted in this process."""
    config = BatchConfig.of(folder, run, HOP_S)
    return [predict_entry(song, config) for song in find_songs(folder, [])]


def journal_rows(out: Path) -> dict[str, tuple[int, str]]:
    """The number and the content of each row in the journal of a table."""
    with closing(sqlite3.connect(journal.journal_of(out))) as database:
        rows = database.execute("SELECT path, rowid, json FROM entries").fetchall()
    return {path.decode(): (number, row) for path, number, row in rows}


def write_songs(folder: Path, wavs: list[bytes], count: int) -> list[str]:
    """Write so many songs into a new folder; returns their names."""
    folder.mkdir()
    names = [f"{i:03d}.wav" for i in range(count)]
    for i, name in enumerate(names):
        (folder / name).write_bytes(wavs[i % len(wavs)])
    return names


class DaskCluster:
    """A Dask scheduler and its workers, as processes."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "scheduler.json"
        self._processes: list[subprocess.Popen[bytes]] = []

    def _start(self, module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", str(self._file), *arguments]
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--no-dashboard"],
            cwd=PROJECT,
            env=os.environ | environment,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def start(self, **environment: str) -> str:
        """Start the scheduler, on a free port; returns its address."""
        process = self._start("dask_scheduler", "--port", "0", **environment)
        wait_until(lambda: self._file.exists() or process.poll() is not None)
        assert process.poll() is None
        return str(json.loads(self._file.read_text(encoding="utf-8"))["address"])

    def add_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        return self._start("dask_worker", "--nthreads", "1", "--no-nanny", **environment)

    def kill(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
