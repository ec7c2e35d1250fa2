"""From a data set and a configuration to a run, by way of a worker process that has TensorFlow loaded.

    data set ── split ── scale ──> worker ── events ──> TrainingJob
                                      └── model, predictions ──> Run on disk

A `Trainer` keeps workers warm and takes trainings in turn; a `TrainingJob` tells how one of them stands and can
stop it.  Both are for any thread.
"""

import contextlib
import json
import logging
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from genre_core import runs, storage
from genre_core.datasets import Dataset
from genre_core.errors import GenreLabError, TrainingError
from genre_core.evaluation import Evaluation
from genre_core.models.config import ModelConfig
from genre_core.models.events import Epoch
from genre_core.runs import Run, RunInfo, SplitCounts
from genre_core.splits import Split, SplitConfig, make_split

State = Literal["waiting", "training", "saving", "done", "failed", "stopped"]

_log = logging.getLogger(__name__)

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
    problem : why there is no run, once the state is failed or stopped.
    """

    def __init__(self, dataset: Dataset, config: ModelConfig, split: SplitConfig, title: str, folder: Path) -> None:
        self.dataset, self.config, self.split = dataset, config, split
        self.title, self.folder = title, folder
        self.state: State = "waiting"
        self.epochs: list[Epoch] = []
        self.run: Run | None = None
        self.problem: str | None = None
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

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
        """End the training soon; what was learned so far becomes the run.  One that waits ends at once."""
        with self._lock:
            if self._worker:
                self._worker.stop(str(self.folder))
            elif self.state == "waiting":
                self._end("stopped", "The training was stopped before it had learned anything.")

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; False if it has not within `timeout` seconds."""
        return self._ended.wait(timeout)

    def result(self) -> Run:
        """The run, when it is there.  TrainingError if the training failed, or was stopped before it began."""
        self.wait()
        if self.run is None:
            raise TrainingError(self.problem)
        return self.run

    def _begin(self, worker: "_Worker") -> bool:
        """Take a worker; False if it was stopped meanwhile."""
        with self._lock:
            if self.ended:
                return False
            self._worker, self.state = worker, "training"
            return True

    def _leave(self) -> None:
        """Give the worker back: from now on it is another's."""
        with self._lock:
            self._worker = None

    def _end(self, state: State, problem: str | None = None) -> None:
        self.problem, self.state = problem, state
        self._ended.set()


class Trainer:
    """Trains, `slots` jobs at a time, the others in the order in which they came.

    Attributes
    ----------
    pace : how much slower than `expected_seconds` the last training was, 1 before the first.
    """

    def __init__(self, slots: int = 1) -> None:
        self.pace = 1.0
        self._jobs: list[TrainingJob] = []
        self._waiting: queue.Queue[TrainingJob] = queue.Queue()
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._idle.put(_Worker())
        for _ in range(slots):
            threading.Thread(target=self._serve, daemon=True).start()

    @property
    def jobs(self) -> list[TrainingJob]:
        """Those that have not ended, in the order in which they came."""
        return [job for job in self._jobs if not job.ended]

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
        self._jobs.append(job)
        self._waiting.put(job)
        return job

    def close(self) -> None:
        """End the idle workers."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _serve(self) -> None:
        while True:
            job = self._waiting.get()
            state, problem = self._train(job)
            self._jobs.remove(job)
            if not job.ended:
                job._end(state, problem)

    def _train(self, job: TrainingJob) -> tuple[State, str | None]:
        """Bring a job to its end, whatever happens: how it ended, and why if not well."""
        if job.ended:
            return "stopped", None
        worker = None
        try:
            worker = self._take_worker()
            if job._begin(worker):
                job.run = _train(job, worker)
                self._learn_pace(job, job.run)
        except GenreLabError as error:
            return "failed", str(error)
        except Exception:
            _log.exception("a training broke off")
            return "failed", "The training broke off by an error of Genre Lab's own; its log says more."
        finally:
            job._leave()
            if worker and worker.ready:
                self._idle.put(worker)
            elif worker:
                worker.close()
        return "done", None

    def _take_worker(self) -> "_Worker":
        with contextlib.suppress(queue.Empty):
            while True:
                worker = self._idle.get_nowait()
                if worker.ready:
                    return worker
                worker.close()
        return _Worker()

    def _learn_pace(self, job: TrainingJob, run: Run) -> None:
        if not run.info.stopped:
            inputs, genres = len(job.dataset.columns), len(run.info.genres)
            expected = expected_seconds(job.config, run.info.counts.train_segments, inputs, genres)
            self.pace = run.info.seconds / expected


class _Worker:
    """A process of `genre_core.models.worker`."""

    def __init__(self) -> None:
        try:
            # TensorFlow is talkative; what it said is of interest if it dies.
            self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
            # A session of its own: Ctrl-C in the terminal is for the command, which then closes its workers.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "genre_core.models.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                text=True,
                cwd=_PROJECT,
                start_new_session=True,
            )
        except OSError as error:
            raise TrainingError(f"The training process could not be started ({error.strerror}); make room.") from error
        self._training: str | None = None

    @property
    def ready(self) -> bool:
        """Whether it lives and has nothing to do."""
        return self._training is None and self.process.poll() is None

    def train(self, name: str, folder: Path) -> Iterator[dict[str, Any]]:
        """Have the job in a folder trained; yields its messages up to the last, `done`.

        Raises TrainingError if the training failed, or the process died.
        """
        self._training = name
        self._tell(train=str(folder), name=name)
        while True:
            message = self._hear()
            if "done" in message or "failed" in message:
                self._training = None
            if "failed" in message:
                raise TrainingError(message["failed"])
            yield message
            if "done" in message:
                return

    def stop(self, name: str) -> None:
        """Stop the training of that name, if it is still the one going on."""
        with contextlib.suppress(TrainingError):  # whoever waits for the training is told that the process died
            self._tell(stop=name)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._said.close()

    def _tell(self, **message: str) -> None:
        assert self.process.stdin
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
        except (OSError, ValueError) as error:
            raise self._died() from error

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise self._died()
        return json.loads(line)

    def _died(self) -> TrainingError:
        if not self._said.closed:
            self._said.seek(0)
            _log.error("the training process ended unexpectedly; it said:\n%s", self._said.read()[-2000:])
        return TrainingError("The training process ended unexpectedly, perhaps for want of memory; start it again.")


def _train(job: TrainingJob, worker: _Worker) -> Run:
    split = make_split(job.dataset, job.split)
    values = job.dataset.values
    mean = values[split.train].mean(axis=0)
    scale = values[split.train].std(axis=0)
    scale[scale < 1e-12 * np.maximum(np.abs(mean), 1)] = 1.0  # a constant column, such as `length`, carries nothing
    scaled = ((values - mean) / scale).astype(np.float32)
    with storage.scratch_folder() as folder:
        (folder / "job.json").write_text(json.dumps(asdict(job.config)), encoding="utf-8")
        np.savez(
            folder / "data.npz",
            x_train=scaled[split.train],
            y_train=job.dataset.labels[split.train],
            x_test=scaled[split.test],
            y_test=job.dataset.labels[split.test],
            genres=len(job.dataset.genres),
        )
        for message in worker.train(str(job.folder), folder):
            if "epoch" in message:
                job.epochs.append(Epoch(**message["epoch"]))
            elif "saving" in message:
                job.state = "saving"
        return _save(job, split, mean, scale, folder, **message["done"])


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
