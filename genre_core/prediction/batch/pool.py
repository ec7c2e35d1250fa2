"""Workers that judge songs: processes of this machine, or those of a Dask cluster.

A file may kill the process that decodes it, or be too much for its memory, and take the whole pool along.  Those that
were under way are then judged one at a time: the one that kills its worker again is known to be the cause.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

import joblib

from genre_core.errors import BatchError
from genre_core.prediction.batch.song import Entry, Song, failed

PredictEntry = Callable[[Song], Entry]
"""What a worker does with a song; it travels there as a pickle."""

_DEATHS_IN_A_ROW = 10
_ALL_DIE = "Workers die whatever song they are given; see what ends them (too little memory?), and start again."
_KILLER = (
    "The process that judged it died, twice (a damaged file, or too little memory): save it again, as WAV or FLAC."
)
_IDLE_S = 60
"""After so long without work a process ends, also if this one was killed."""
_AT_ONCE = 200
"""Songs a worker in one call of joblib: what is being judged and not yet written stays small."""


@dataclass(frozen=True)
class Pool:
    """Workers, and what joblib is told to reach them."""

    workers: int
    backend: dict[str, Any]
    """Of `joblib.parallel_config`."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Of `joblib.Parallel`."""
    death: type[BaseException] = BrokenProcessPool
    """What is raised when a worker died."""

    @property
    def at_once(self) -> int:
        """How many songs it should be given at a time."""
        return _AT_ONCE * self.workers

    def predict(self, songs: Sequence[Song], predict_entry: PredictEntry) -> Iterator[Entry]:
        """PredictEntry songs, each of which is yielded once, in the order in which they are done.

        Raises BatchError if workers die whatever they are given, and what `judge` raises.
        """
        waiting = {song.path: song for song in songs}
        deaths = 0  # in a row
        while waiting:
            under_way: set[bytes] = set()
            try:
                for predicted in self._run(_noting(waiting.values(), under_way), predict_entry):
                    deaths = 0
                    del waiting[predicted.song.path]
                    yield predicted
            except self.death:
                for path in sorted(under_way & waiting.keys()):
                    song = waiting.pop(path)
                    answer = self._predict_alone(song, predict_entry)
                    deaths = 0 if answer else deaths + 1
                    if deaths == _DEATHS_IN_A_ROW:
                        raise BatchError(_ALL_DIE) from None
                    yield answer or failed(song, _KILLER)

    def _predict_alone(self, song: Song, predict_entry: PredictEntry) -> Entry | None:
        """PredictEntry a song while no other is; None if its worker dies of it."""
        try:
            (predicted,) = self._run([song], predict_entry)
        except self.death:
            return None
        return predicted

    def _run(self, songs: Iterable[Song], predict_entry: PredictEntry) -> Iterator[Entry]:
        with joblib.parallel_config(**self.backend):
            results = joblib.Parallel(return_as="generator_unordered", batch_size=1, **self.settings)(
                joblib.delayed(predict_entry)(song) for song in songs
            )
        try:
            for entry in results:  # noqa: UP028 (`yield from` would close them by itself, and warn)
                yield entry
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # joblib's, of songs that are given up when the caller stops early
                results.close()


def local_pool(jobs: int) -> Pool:
    """Processes of this machine; -1 for one a core."""
    workers = joblib.effective_n_jobs(jobs)
    # joblib would judge in this process if it had one job: of two, one is then never given anything to do.
    backend = {"backend": "loky", "n_jobs": max(workers, 2), "idle_worker_timeout": _IDLE_S}
    return Pool(workers, backend, {"pre_dispatch": 1} if workers == 1 else {})


def _noting(songs: Iterable[Song], handed_out: set[bytes]) -> Iterator[Song]:
    for song in tuple(songs):
        handed_out.add(song.path)
        yield song
