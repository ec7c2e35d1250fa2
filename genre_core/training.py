"""From a data set and a configuration to a run, by way of a worker process that has TensorFlow loaded.

    data set ── split ── scale ──> worker ── events ──> TrainingJob
                                      └── model, predictions ──> Run on disk

A `Trainer` keeps workers warm and takes trainings in turn; a `TrainingJob` tells how one of them stands and can
stop it.  Both are for any thread.
"""

import json
import logging
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from genre_core import runs, storage
from genre_core.datasets import Dataset
from genre_core.errors import GenreLabError, StorageError, TrainingError
from genre_core.evaluation import Evaluation
from genre_core.models.config import ModelConfig
from genre_core.models.events import Epoch
from genre_core.runs import Run, RunInfo, SplitCounts
from genre_core.splits import Split, SplitConfig, make_split

State = Literal["waiting", "training", "saving", "done", "failed", "stopped"]

_PROJECT = Path(__file__).resolve().parent.parent


def expected_seconds(config: ModelConfig, segments: int, inputs: int, genres: int) -> float:
    """How long a training on so many segments takes on two cores, roughly.

    Fitted to measured trainings from 4 thousand to 9 million parameters: a step costs its overhead, Adam's work on
    every parameter, dropout and activation of every unit, and the matrix products.
    """
    parameters = config.parameters(inputs, genres)
    units = sum(config.layers) * config.batch_size
    step_s = 0.25e-3 + 1.9e-9 * parameters + 8e-9 * units + 1.8e-11 * parameters * config.batch_size
    steps = -(-segments // config.batch_size)
    return 1.0 + config.epochs * (steps * step_s + 2e-3)


class TrainingJob:
    """One training, from when it was asked for until it has become a run.

    Attributes
    ----------
    state : waiting (for a worker), training, saving, and at the end done, failed, or stopped (before it learned
        anything).
    epochs : what each epoch so far gave; grows while the state is training.
    run : the run, once the state is done.
    problem : why, once the state is failed.
    """

    def __init__(self, dataset: Dataset, config: ModelConfig, split: SplitConfig, title: str, folder: Path) -> None:
        self.dataset, self.config, self.split = dataset, config, split
        self.title, self.folder = title, folder
        self.state: State = "waiting"
        self.epochs: list[Epoch] = []
        self.run: Run | None = None
        self.problem: str | None = None
        self._ended = threading.Event()
        self._stop_asked = threading.Event()
        self._tell_worker_to_stop: Callable[[], None] | None = None

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    @property
    def seconds_left(self) -> float | None:
        """How long the epochs to come will take at the pace so far; None before the first has ended."""
        if not self.epochs:
            return None
        last = self.epochs[-1]
        return (self.config.epochs - last.epoch) * last.seconds / last.epoch

    def stop(self) -> None:
        """End the training soon; what was learned so far becomes the run."""
        self._stop_asked.set()
        if tell := self._tell_worker_to_stop:
            tell()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; False if it has not within `timeout` seconds."""
        return self._ended.wait(timeout)

    def result(self) -> Run:
        """The run, when it is there.  TrainingError if the training failed, or was stopped before it began."""
        self.wait()
        if self.run is None:
            raise TrainingError(self.problem or "The training was stopped before it had learned anything.")
        return self.run

    def _end(self, state: State, problem: str | None = None) -> None:
        self.problem, self.state = problem, state
        self._ended.set()


class Trainer:
    """Trains, `slots` jobs at a time, the others in the order in which they came.

    Attributes
    ----------
    jobs : those that have not ended, in the order in which they came.
    pace : how much slower than `expected_seconds` the last training was, 1 before the first.
    """

    def __init__(self, slots: int = 1) -> None:
        self.jobs: list[TrainingJob] = []
        self.pace = 1.0
        self._waiting: queue.Queue[TrainingJob] = queue.Queue()
        self._idle: list[_Worker] = [_Worker()]
        for _ in range(slots):
            threading.Thread(target=self._serve, daemon=True).start()

    def start(
        self, dataset: Dataset, config: ModelConfig, split: SplitConfig, *, title: str = "", out: Path | None = None
    ) -> TrainingJob:
        """Ask for a training.

        Parameters
        ----------
        title : what the run is called in lists, for people.
        out : the run's folder, which must not exist; by default a new one among the user's runs.

        Raises GenreLabError at once for what can be known before: a split that can't be made, a folder that exists
        or can't be written to.
        """
        make_split(dataset, split)
        folder = out or storage.runs_dir() / runs.new_name("mlp", split.kind)
        storage.check_writable(folder)
        job = TrainingJob(dataset, config, split, title, folder)
        self.jobs.append(job)
        self._waiting.put(job)
        return job

    def close(self) -> None:
        """End the idle workers."""
        while self._idle:
            self._idle.pop().close()

    def _serve(self) -> None:
        while True:
            job = self._waiting.get()
            self._run(job)
            self.jobs.remove(job)

    def _run(self, job: TrainingJob) -> None:
        if job._stop_asked.is_set():
            job._end("stopped")
            return
        worker = self._idle.pop() if self._idle else _Worker()
        try:
            _train(job, worker)
            self._idle.append(worker)
        except GenreLabError as error:
            worker.close()
            job._end("failed", str(error))
        except Exception:  # a bug: the log tells, and the job must not stay unfinished for ever
            worker.close()
            logging.exception("a training broke off")
            job._end("failed", "The training broke off by an error of Genre Lab's own; its log says more.")
        else:
            self._learn_pace(job)

    def _learn_pace(self, job: TrainingJob) -> None:
        if job.run and len(job.epochs) == job.config.epochs:
            info = job.run.info
            inputs = len(job.dataset.columns)
            expected = expected_seconds(job.config, info.counts.train_segments, inputs, len(info.genres))
            self.pace = info.seconds / expected


class _Worker:
    """A process of `genre_core.models.worker`."""

    def __init__(self) -> None:
        # TensorFlow is talkative; what it said is of interest if it dies.
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        # A session of its own: Ctrl-C in the terminal is for the command, which then closes its workers.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "genre_core.models.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=_PROJECT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )

    def tell(self, **message: Any) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._died() from error

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise self._died()
        return json.loads(line)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _died(self) -> TrainingError:
        self._log.seek(0)
        logging.error("the training process ended unexpectedly; it said:\n%s", self._log.read()[-2000:])
        return TrainingError("The training process ended unexpectedly, perhaps for want of memory; start it again.")


def _train(job: TrainingJob, worker: _Worker) -> None:
    split = make_split(job.dataset, job.split)
    values = job.dataset.values
    mean = values[split.train].mean(axis=0)
    scale = values[split.train].std(axis=0)
    scale[scale < 1e-12 * np.maximum(np.abs(mean), 1)] = 1.0  # a constant column, such as `length`, carries nothing
    scaled = ((values - mean) / scale).astype(np.float32)
    with tempfile.TemporaryDirectory(prefix="genre-lab-") as name:
        folder = Path(name)
        try:
            (folder / "job.json").write_text(json.dumps(asdict(job.config)), encoding="utf-8")
            np.savez(
                folder / "data.npz",
                x_train=scaled[split.train],
                y_train=job.dataset.labels[split.train],
                x_test=scaled[split.test],
                y_test=job.dataset.labels[split.test],
                genres=len(job.dataset.genres),
            )
        except OSError as error:
            raise StorageError(f"Can't write to {folder} ({error.strerror}); free some space.") from error
        worker.tell(train=name)
        job._tell_worker_to_stop = lambda: worker.tell(stop=True)
        if job._stop_asked.is_set():
            worker.tell(stop=True)
        done = _follow(job, worker)
        job._tell_worker_to_stop = None
        if done is None:
            return
        job.run = _save(job, split, mean, scale, folder, **done)
    job._end("done")


def _follow(job: TrainingJob, worker: _Worker) -> dict[str, Any] | None:
    """Take in what the worker says until the training is done; None if it failed and the worker lives."""
    while True:
        message = worker.hear()
        if "epoch" in message:
            job.epochs.append(Epoch(**message["epoch"]))
            job.state = "training"
        elif "saving" in message:
            job.state = "saving"
        elif "failed" in message:
            job._end("failed", message["failed"])
            return None
        elif "done" in message:
            return message["done"]


def _save(
    job: TrainingJob, split: Split, mean: np.ndarray, scale: np.ndarray, folder: Path, *, parameters: int, stopped: bool
) -> Run:
    dataset = job.dataset
    evaluation = Evaluation(
        genres=dataset.genres,
        labels=dataset.labels[split.test],
        track=dataset.track[split.test],
        start_s=dataset.start_s[split.test],
        probabilities=np.load(folder / "probabilities.npy", allow_pickle=False).astype(np.float64),
    )
    history = [Epoch(**epoch) for epoch in json.loads((folder / "history.json").read_text(encoding="utf-8"))]
    info = RunInfo(
        name=job.folder.name,
        title=job.title,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        data=dataset.name,
        features=dataset.features,
        feature_version=dataset.feature_set.version,
        segment_samples=dataset.segment_samples,
        genres=dataset.genres,
        model="mlp",
        config=job.config,
        split=job.split,
        counts=_counts(dataset, split),
        parameters=parameters,
        epochs=len(history),
        stopped=stopped,
        seconds=history[-1].seconds,
        loss=evaluation.loss,
        accuracy=evaluation.accuracy,
        track_accuracy=evaluation.track_accuracy,
        macro_f1=evaluation.macro_f1,
        versions={name: version(name) for name in ("tensorflow", "keras", "librosa", "numpy", "scikit-learn")},
    )
    return runs.save_run(
        job.folder,
        info,
        model_files=folder,
        history=history,
        evaluation=evaluation,
        mean=mean,
        scale=scale,
        trained_on=dataset.values[split.train],
    )


def _counts(dataset: Dataset, split: Split) -> SplitCounts:
    train_tracks, test_tracks = (set(dataset.track[rows].tolist()) for rows in (split.train, split.test))
    return SplitCounts(
        train_segments=len(split.train),
        test_segments=len(split.test),
        train_tracks=len(train_tracks),
        test_tracks=len(test_tracks),
        shared_tracks=len(train_tracks & test_tracks),
    )
