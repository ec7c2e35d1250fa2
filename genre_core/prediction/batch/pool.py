"""Workers that predict songs: processes of this machine, or those of a Dask cluster.

A file may kill the process that decodes it, or need more memory than there is, and the whole pool ends with it. The
songs that were in progress are then predicted one at a time: one that kills its worker again is the cause.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

import joblib

from genre_core.errors import BatchError
from genre_core.prediction.batch.entry import Entry, failed_entry
from genre_core.prediction.batch.files import SongFile

PredictEntry = Callable[[SongFile], Entry]
"""Predicts a song in a worker; must be picklable."""

_DEATHS_IN_A_ROW = 10
_ALL_DIE = "The worker processes end whatever song they get; find the cause (too little memory?) and start again."
_KILLER = (
    "The process that predicted it ended twice (a damaged file, or too little memory); save it again as WAV or FLAC."
)
_IDLE_S = 60
"""A process without work ends after this time, also if the main process was killed."""
_SONGS_PER_WORKER = 200
"""Songs for each worker in one call of joblib, which limits how many results wait to be written."""


@dataclass(frozen=True)
class Pool:
    """Workers, and the settings with which joblib reaches them."""

    workers: int
    backend: dict[str, Any]
    """Arguments of `joblib.parallel_config`."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Arguments of `joblib.Parallel`."""
    death: type[BaseException] = BrokenProcessPool
    """The exception for a worker that died."""

    @property
    def batch_size(self) -> int:
        """Number of songs to pass to `predict` at once."""
        return _SONGS_PER_WORKER * self.workers

    def predict(self, songs: Sequence[SongFile], predict_entry: PredictEntry) -> Iterator[Entry]:
        """Predict songs; yields each once, in the order in which they are done.

        Raises BatchError if workers die whatever song they get, and what `predict_entry` raises.
        """
        waiting = {song.path: song for song in songs}
        deaths = 0  # in a row
        while waiting:
            in_progress: set[bytes] = set()
            try:
                for entry in self._run(_noting(waiting.values(), in_progress), predict_entry):
                    deaths = 0
                    del waiting[entry.song.path]
                    yield entry
            except self.death:
                for path in sorted(in_progress & waiting.keys()):
                    song = waiting.pop(path)
                    alone = self._predict_alone(song, predict_entry)
                    deaths = 0 if alone else deaths + 1
                    if deaths == _DEATHS_IN_A_ROW:
                        raise BatchError(_ALL_DIE) from None
                    yield alone or failed_entry(song, _KILLER)

    def _predict_alone(self, song: SongFile, predict_entry: PredictEntry) -> Entry | None:
        """Predict a song while no other is being predicted; None if its worker dies."""
        try:
            (entry,) = self._run([song], predict_entry)
        except self.death:
            return None
        return entry

    def _run(self, songs: Iterable[SongFile], predict_entry: PredictEntry) -> Iterator[Entry]:
        with joblib.parallel_config(**self.backend):
            results = joblib.Parallel(return_as="generator_unordered", batch_size=1, **self.settings)(
                joblib.delayed(predict_entry)(song) for song in songs
            )
        try:
            for entry in results:  # noqa: UP028 (`yield from` would close the generator itself, with a warning)
                yield entry
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # joblib warns of songs that are dropped when the caller stops early
                results.close()


def local_pool(jobs: int) -> Pool:
    """A pool of processes on this machine; -1 for one per core."""
    workers = joblib.effective_n_jobs(jobs)
    # With one job joblib would work in this process. So it gets two, and one of them never gets a song.
    backend = {"backend": "loky", "n_jobs": max(workers, 2), "idle_worker_timeout": _IDLE_S}
    return Pool(workers, backend, {"pre_dispatch": 1} if workers == 1 else {})


def _noting(songs: Iterable[SongFile], in_progress: set[bytes]) -> Iterator[SongFile]:
    for song in tuple(songs):
        in_progress.add(song.path)
        yield song
