"""A Dask cluster as a pool, through joblib's Dask backend.

Whoever connects to a scheduler trusts it, and it them: what travels between them are pickles, which can run code.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from typing import Any

import joblib
from joblib._dask import DaskDistributedBackend

from genre_core.errors import BatchError, GenreLabError
from genre_core.prediction.batch.pool import Pool
from genre_core.prediction.batch.song import BatchConfig, check_worker

CONNECT_S = 5.0
WORKERS_S = 10.0
"""How long a scheduler without workers is given to get one."""


class _Backend(DaskDistributedBackend):
    """joblib's (1.6), mended in two places: on one core it would judge here instead of there, and it would wait for
    ever for a task whose workers died, as nobody is told of it."""

    def effective_n_jobs(self, n_jobs: int) -> int:
        return max(super().effective_n_jobs(n_jobs), 2)

    def submit(self, func: Callable[[], Any], callback: Callable[[Any], None] | None = None) -> Future:
        def tell(done: Future) -> None:
            if callback and done.exception():
                callback(done)

        future = super().submit(func, callback)
        future.add_done_callback(tell)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        return out.result() if isinstance(out, Future) else super().retrieve_result_callback(out)


joblib.register_parallel_backend("genre-lab-dask", _Backend)


@contextmanager
def cluster_pool(address: str, batch_config: BatchConfig) -> Iterator[Pool]:
    """The workers of a Dask scheduler, all of which can judge as they are asked to.

    More may join later, and what one that is lost had to do goes to the others; when all are lost, it waits for new
    ones.

    Raises BatchError if Dask isn't installed, the scheduler can't be reached or is lost, or it has no worker, or one
    that can't judge.
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
            f"No Dask scheduler answers at {address}; start `dask scheduler`, and give the address that it tells."
        ) from error
    with closing(client):
        workers = _check_workers(client, address, batch_config)
        try:
            yield Pool(workers, {"backend": "genre-lab-dask", "client": client}, death=distributed.KilledWorker)
        except distributed.client.FutureCancelledError as error:
            raise BatchError(
                f"The Dask scheduler at {address} is gone; what was judged is kept, and the same command goes on when "
                "it is back."
            ) from error


def _check_workers(client: Any, address: str, batch_config: BatchConfig) -> int:
    """How many songs the workers judge at a time.  BatchError unless there is one, and each of them can judge."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
        answers = client.run(check_worker, batch_config, on_error="return")
    except TimeoutError as error:
        raise BatchError(
            f"The Dask scheduler at {address} has no workers; start them with `python -m distributed.cli.dask_worker "
            f"{address}` in the folder of Genre Lab."
        ) from error
    for worker, answer in answers.items():
        if isinstance(answer, GenreLabError):
            raise BatchError(f"{worker}: {answer}")
        if isinstance(answer, Exception):
            raise BatchError(
                f"{worker} can't judge ({type(answer).__name__}: {answer}); start it with the same packages, in the "
                "folder of Genre Lab."
            )
    return sum(client.ncores().values())
