"""A Dask cluster as a pool, through joblib's Dask backend.

Connect only to a scheduler that you trust: client and workers exchange pickles, which can run code.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from typing import Any

import joblib
from joblib._dask import DaskDistributedBackend

from genre_core.errors import BatchError, GenreLabError
from genre_core.prediction.batch.config import BatchConfig, check_worker
from genre_core.prediction.batch.pool import Pool

CONNECT_S = 5.0
WORKERS_S = 10.0
"""Time for a scheduler without workers to get one."""


class _Backend(DaskDistributedBackend):
    """The backend of joblib 1.6 with two corrections.

    On one core it would work in this process instead of on the cluster; and it would wait forever for a task whose
    workers died, since nothing reports that.
    """

    def effective_n_jobs(self, n_jobs: int) -> int:
        return max(super().effective_n_jobs(n_jobs), 2)

    def submit(self, func: Callable[[], Any], callback: Callable[[Any], None] | None = None) -> Future:
        def report_failure(done: Future) -> None:
            if callback and done.exception():
                callback(done)

        future = super().submit(func, callback)
        future.add_done_callback(report_failure)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        return out.result() if isinstance(out, Future) else super().retrieve_result_callback(out)


joblib.register_parallel_backend("genre-lab-dask", _Backend)


@contextmanager
def cluster_pool(address: str, config: BatchConfig) -> Iterator[Pool]:
    """The workers of a Dask scheduler as a pool, after each of them was checked.

    Workers may join later. The songs of a lost worker go to the others; when all are lost, the pool waits for new ones.

    Raises BatchError if Dask is not installed, the scheduler can't be reached or is lost, or it has no worker, or one
    that can't predict.
    """
    try:
        import distributed
    except ImportError as error:
        raise BatchError(
            "A Dask cluster needs the packages dask and distributed: pip install -r requirements-dask.txt."
        ) from error
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # a timeout is an OSError
        raise BatchError(
            f"No Dask scheduler answers at {address}; start `dask scheduler` and use the address that it prints."
        ) from error
    with closing(client):
        workers = _check_workers(client, address, config)
        try:
            yield Pool(workers, {"backend": "genre-lab-dask", "client": client}, death=distributed.KilledWorker)
        except distributed.client.FutureCancelledError as error:
            raise BatchError(
                f"The connection to the Dask scheduler at {address} is lost. Finished predictions are kept; run the "
                "same command again to resume."
            ) from error


def _check_workers(client: Any, address: str, config: BatchConfig) -> int:
    """How many songs the workers predict at a time.

    Raises BatchError if there is no worker, or one that can't predict.
    """
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
        results = client.run(check_worker, config, on_error="return")
    except TimeoutError as error:
        raise BatchError(
            f"The Dask scheduler at {address} has no workers; start them with `python -m distributed.cli.dask_worker "
            f"{address}` in the folder of Genre Lab."
        ) from error
    for worker, result in results.items():
        if isinstance(result, GenreLabError):
            raise BatchError(f"{worker}: {result}")
        if isinstance(result, Exception):
            raise BatchError(
                f"{worker} can't predict ({type(result).__name__}: {result}); start it with the same packages, in the "
                "folder of Genre Lab."
            )
    return sum(client.ncores().values())
