"""A Dask cluster: real processes, one of which is killed."""

import os
import signal
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from genre_core.errors import BatchError
from genre_core.prediction.batch import cluster, predict_folder, table
from genre_core.runs import Run
from tests.prediction.batch.helpers import RUN, DaskCluster, journal_rows, predict_here, write_songs
from tests.waiting import PATIENCE_S


@pytest.mark.skipif(os.name != "posix", reason="a worker is killed with SIGKILL")
@pytest.mark.parametrize("failures", ["3", "0"])
def test_on_a_cluster_that_loses_a_worker_nothing_is_lost_and_nothing_twice(
    tmp_path: Path, wavs: list[bytes], run: Run, dask: DaskCluster, failures: str
) -> None:
    """The songs of the lost worker go to the other one, by the scheduler or, if that gives up, by the pool."""
    folder, out = tmp_path / "music", tmp_path / "songs.parquet"
    names = write_songs(folder, wavs, 24)
    (folder / "text.mp3").write_text("not audio", encoding="utf-8")
    address = dask.start(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=failures)
    workers = [dask.add_worker(), dask.add_worker()]
    reported: list[int] = []

    def progress(done: int, total: int) -> None:
        reported.append(done)
        if done == 4:
            workers[0].send_signal(signal.SIGKILL)

    result = predict_folder(folder, out, run, scheduler=address, progress=progress)
    assert workers[0].wait() == -signal.SIGKILL
    assert workers[1].poll() is None
    assert (result.files, result.predicted, result.failed) == (25, 25, 1)
    assert reported == list(range(26))
    rows = pd.read_parquet(out)
    assert list(rows["file"]) == [*names, "text.mp3"]
    table.write(tmp_path / "here.parquet", predict_here(folder, run), run.info.genres, RUN)
    pd.testing.assert_frame_equal(rows, pd.read_parquet(tmp_path / "here.parquet"))


def test_a_cluster_that_cannot_predict_is_one_sentence(
    music: Path, run: Run, tmp_path: Path, dask: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict_all = partial(predict_folder, music, tmp_path / "songs.csv", run)
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    for address in ("tcp://127.0.0.1:1", "tea://pot", "nonsense"):
        with pytest.raises(BatchError, match=f"No Dask scheduler answers at {address}"):
            predict_all(scheduler=address)
    monkeypatch.setattr(cluster, "CONNECT_S", PATIENCE_S)
    address = dask.start()
    monkeypatch.setattr(cluster, "WORKERS_S", 0.5)
    with pytest.raises(BatchError, match=f"at {address} has no workers"):
        predict_all(scheduler=address)
    monkeypatch.setattr(cluster, "WORKERS_S", PATIENCE_S)
    dask.add_worker(GENRE_LAB_MAX_SECONDS="30")
    with pytest.raises(BatchError, match="GENRE_LAB_MAX_SECONDS is 30 on the worker and 900 here"):
        predict_all(scheduler=address)

    def progress(done: int, total: int) -> None:
        if done == 1:
            dask.kill()

    monkeypatch.setenv("GENRE_LAB_MAX_SECONDS", "30")
    with pytest.raises(BatchError, match=f"{address} is lost. Finished predictions are kept"):
        predict_folder(music, tmp_path / "gone.csv", run, scheduler=address, progress=progress)
    assert len(journal_rows(tmp_path / "gone.csv")) >= 1
