"""The trainer and its jobs: from the request to the run, stopping, waiting, and worker processes that die."""

import errno
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.errors import DatasetError, StorageError, TrainingError
from genre_core.models.config import MlpConfig
from genre_core.training import Trainer, exchange
from genre_core.training.preparation import prepare_fit
from genre_core.training.worker_process import WorkerProcess
from tests.training.quick import QUICK
from tests.waiting import PATIENCE_S

ENDLESS = MlpConfig(epochs=5000)


def test_a_job_has_every_epoch_and_becomes_a_run(trainer: Trainer, bundled: Dataset, home: Path) -> None:
    job = trainer.start(bundled, QUICK, SplitConfig("random"))
    assert job.wait(PATIENCE_S)
    assert job.state == "done"
    assert [epoch.epoch for epoch in job.epochs] == list(range(1, 31))
    assert job.epochs[-1].loss < job.epochs[0].loss
    assert job.seconds_left == 0
    assert not job.validates
    run = job.result()
    assert run.folder.parent == home / "runs"
    assert run.history() == job.epochs
    assert run.info.scores.accuracy == pytest.approx(job.epochs[-1].test_accuracy)
    assert run.info.scores.log_loss == pytest.approx(job.epochs[-1].test_loss, rel=1e-4)
    assert runs.list_runs()[0].name == run.info.name


def test_a_stopped_network_is_saved_as_it_is(trainer: Trainer, bundled: Dataset, tmp_path: Path) -> None:
    job = trainer.start(bundled, ENDLESS, SplitConfig(), out=tmp_path / "run")
    while len(job.epochs) < 20:
        assert not job.wait(0.02)
    job.stop()
    assert job.wait(PATIENCE_S)
    info = job.result().info
    assert info.stopped
    assert 20 <= info.epochs < 5000
    assert info.scores.accuracy > 0.3


def test_stopping_in_a_fold_leaves_no_run(trainer: Trainer, bundled: Dataset, tmp_path: Path) -> None:
    job = trainer.start(bundled, ENDLESS, SplitConfig("track", folds=3), out=tmp_path / "run")
    while not job.epochs:
        assert not job.wait(0.02)
    job.stop()
    assert job.wait(PATIENCE_S)
    assert job.state == "stopped"
    assert job.run is None
    assert not (tmp_path / "run").exists()
    assert trainer.start(bundled, QUICK, SplitConfig("track"), out=tmp_path / "next").result()


def test_a_waiting_job_is_stopped_at_once(trainer: Trainer, bundled: Dataset, tmp_path: Path) -> None:
    first = trainer.start(bundled, ENDLESS, SplitConfig(), out=tmp_path / "first")
    second = trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "second")
    assert second.state == "waiting"
    second.stop()
    assert second.state == "stopped"
    assert trainer.jobs == [first]
    with pytest.raises(TrainingError, match="stopped before a model was trained"):
        second.result()
    third = trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "third")
    first.stop()
    assert third.result().info.epochs == QUICK.epochs
    first.stop()  # it has ended: the training that has its worker now goes on
    assert not (tmp_path / "second").exists()


def test_two_jobs_become_two_runs(trainer: Trainer, bundled: Dataset) -> None:
    jobs = [trainer.start(bundled, QUICK, SplitConfig()) for _ in range(2)]
    names = {job.result().info.name for job in jobs}
    assert len(names) == 2


def test_a_stop_that_comes_before_its_fit_is_not_lost(bundled: Dataset, tmp_path: Path) -> None:
    fold = make_split(bundled, SplitConfig()).single
    _, task = prepare_fit(bundled, ENDLESS, fold.train, fold.test)
    exchange.write_task(tmp_path, task)
    worker = WorkerProcess()
    worker.stop("run")  # while the data are prepared
    epochs = [message for message in worker.train("run", tmp_path) if "epoch" in message]
    worker.close()
    assert 0 < len(epochs) < 10


def test_a_training_waits_for_no_sweep(bundled: Dataset, tmp_path: Path) -> None:
    trainer = Trainer(slots=2, yields=True)
    trials = [
        trainer.start(bundled, ENDLESS, SplitConfig(), out=tmp_path / f"trial-{number}", sweep=f"sweep {number}")
        for number in range(2)
    ]
    assert trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "run").result().info.epochs == QUICK.epochs
    assert [job.state for job in trials][1] == "waiting"
    for job in trials:
        job.stop()
        assert job.wait(PATIENCE_S)
    trainer.close()


def test_a_worker_that_dies_is_a_message_and_the_next_job_is_trained(bundled: Dataset, tmp_path: Path) -> None:
    trainer = Trainer()
    job = trainer.start(bundled, ENDLESS, SplitConfig(), out=tmp_path / "first")
    while not job.epochs:
        assert not job.wait(0.05)
    assert job._worker is not None
    job._worker.process.kill()
    assert job.wait(PATIENCE_S)
    assert job.state == "failed"
    assert "ended unexpectedly" in str(job.problem)
    assert trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "second").result().info.epochs == 30
    trainer.close()


def test_an_idle_worker_that_died_is_replaced(bundled: Dataset, tmp_path: Path) -> None:
    trainer = Trainer()
    worker = trainer._idle.queue[0]
    worker.process.kill()
    worker.process.wait()
    assert trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "run").result().info.epochs == QUICK.epochs
    trainer.close()


def test_a_worker_that_cannot_be_started_is_a_message(
    bundled: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer()
    trainer.close()

    def fail(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr(subprocess, "Popen", fail)
        job = trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "first")
        assert job.wait(PATIENCE_S)
    assert job.state == "failed"
    assert "No space left" in str(job.problem)
    assert trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "second").result()
    trainer.close()


def test_a_job_that_cannot_succeed_is_refused_at_the_start(trainer: Trainer, bundled: Dataset, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(StorageError, match="already exists"):
        trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "taken")
    first = trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "run")
    with pytest.raises(StorageError, match="Another training"):
        trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "run")
    first.stop()
    one_track = replace(bundled, track=np.where(bundled.genre == "jazz", "jazz/one", bundled.track))
    with pytest.raises(DatasetError, match="jazz"):
        trainer.start(one_track, QUICK, SplitConfig("track"))


def test_slowdown_is_measured_on_complete_networks(bundled: Dataset, tmp_path: Path) -> None:
    trainer = Trainer()
    assert trainer.slowdown == 1
    trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "run").result()
    trainer.close()
    assert trainer.slowdown > 0
    assert trainer.slowdown != 1
