"""From a data set and a configuration to a run, by way of a worker process.

    data set ── split ── scale ──> worker ── events ──> TrainingJob
                                      └── model, predictions ──> Run on disk

A `Trainer` keeps workers warm and takes trainings in turn; a `TrainingJob` tells how one of them stands and can
stop it.  Both are for any thread.

One run may take several fits.  With folds: one for each, then one on all segments, whose model is kept.  Where the
split has a validation part: one on the training part, which says after how many epochs to stop, and one on both
together.  What is measured on the test part never decides anything.
"""

import contextlib
import json
import logging
import math
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from genre_core import runs, storage
from genre_core.datasets import Dataset, identity
from genre_core.datasets.splits import Split, SplitConfig, make_split
from genre_core.errors import ConfigError, GenreLabError, TrainingError
from genre_core.evaluation import Evaluation
from genre_core.features import FEATURE_SETS, FeatureSet
from genre_core.models.config import CnnConfig, ForestConfig, MlpConfig, ModelConfig, SvmConfig
from genre_core.models.history import Epoch
from genre_core.models.scaling import Scaling
from genre_core.models.training_data import TrainingData
from genre_core.runs import Run, RunInfo, SplitCounts

State = Literal["waiting", "training", "saving", "done", "failed", "stopped"]

_log = logging.getLogger(__name__)

_STOPPED = "The training was stopped before there was anything to keep."
_SMOOTHED = 5  # epochs
_CNN_SECONDS = 4e-9  # a cell, filter and picture
_VERSIONS = ("tensorflow", "keras", "librosa", "numpy", "scikit-learn")
_NO_ROWS = np.zeros(0, dtype=np.int64)

_PROJECT = Path(__file__).resolve().parents[2]


def expected_seconds(
    config: ModelConfig, split: SplitConfig, segments: int, shape: tuple[int, ...], genres: int
) -> float:
    """How long a training takes on two cores, roughly.

    segments : in the whole data set.
    shape : of a segment's features.

    Fitted to measured trainings of networks from 4 thousand to 9 million parameters: a step costs its overhead, Adam's
    work on every parameter, dropout and activation of every unit, and the matrix products; and of the other models on
    a thousand to ten thousand segments.
    """
    learned = segments * (1 - 1 / split.folds if split.folds else 1 - split.test_size)
    fits = split.folds + 1 if split.folds else 2 if split.kind in ("fault-filtered", "column") else 1
    return 1.0 + fits * _fit_seconds(config, learned, shape, genres)


def _fit_seconds(config: ModelConfig, segments: float, shape: tuple[int, ...], genres: int) -> float:
    if isinstance(config, MlpConfig):
        parameters = config.parameters(shape[0], genres)
        units = sum(config.layers) * config.batch_size
        step_s = 0.25e-3 + 1.9e-9 * parameters + 8e-9 * units + 1.8e-11 * parameters * config.batch_size
        return config.epochs * (-(-segments // config.batch_size) * step_s + 2e-3)
    if isinstance(config, CnnConfig):
        cells = math.prod(shape[:2])
        return 5 + config.epochs * config.members * segments * cells * config.filters * _CNN_SECONDS
    if isinstance(config, SvmConfig):
        return 6 * 2e-7 * segments**2
    if isinstance(config, ForestConfig):
        return config.trees * segments * 2e-6 * (1 + 10 * config.share)
    return 0.5


class TrainingJob:
    """One training, from when it was asked for until it has become a run.

    Attributes
    ----------
    state : waiting (for a worker), training, saving, and at the end done, failed, or stopped (before there was
        anything to keep).
    epochs : what each epoch of the fit that is going on gave so far; grows while the state is training.
    fit, fits : which of its fits is going on, from 1 on, and how many there are.
    stage : what that fit is for, in a few words; empty where there is only one.
    run : the run, once the state is done.
    problem : why there is no run, once the state is failed or stopped.
    """

    def __init__(
        self, dataset: Dataset, config: ModelConfig, split: Split, folder: Path, title: str = "", sweep: str = ""
    ) -> None:
        self.dataset, self.config, self.split = dataset, config, split
        self.folder, self.title, self.sweep = folder, title, sweep
        self.fit, self.fits, self.stage = 1, _number_of_fits(split), ""
        self.state: State = "waiting"
        self.epochs: list[Epoch] = []
        self.run: Run | None = None
        self.problem: str | None = None
        self._began: float | None = None
        self._stopping = False
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    @property
    def progress(self) -> float:
        """Share of the work that is done, 0 to 1, as far as can be seen: a model without epochs learns in one go."""
        total = self.config.total_epochs
        within = self.epochs[-1].epoch / total if self.epochs and total else 0.0
        return min((self.fit - 1 + within) / self.fits, 1.0)

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at the pace so far; None before an epoch or a fit has ended."""
        done = self.progress
        if not done or self._began is None:
            return None
        return (time.monotonic() - self._began) * (1 - done) / done

    def stop(self) -> None:
        """End the training soon.

        What a network learned so far becomes the run, if it is at its last fit.  Else there is nothing to keep: a model
        that learns in one go, or one of which not all folds were measured, ends without a run; one that waits, at
        once.
        """
        with self._lock:
            self._stopping = True
            if self._worker and self.config.is_network and self.fit == self.fits:
                self._worker.stop(str(self.folder))
            elif self._worker:
                self._worker.kill()
            elif self.state == "waiting":
                self._end("stopped", _STOPPED)

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
            self._began = time.monotonic()
            return True

    def _start_fit(self, number: int, stage: str) -> None:
        with self._lock:
            if self._stopping and number > 1:
                raise TrainingError(_STOPPED)
            self.fit, self.stage, self.epochs = number, stage, []

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

    def __init__(self, slots: int = 1, *, warm: bool = False) -> None:
        """Train so many jobs at a time; with `warm`, the first network need not wait for TensorFlow."""
        self.pace = 1.0
        self._jobs: list[TrainingJob] = []
        self._waiting: queue.Queue[TrainingJob] = queue.Queue()
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        first = _Worker()
        if warm:
            first.warm()
        self._idle.put(first)
        for _ in range(slots):
            threading.Thread(target=self._serve, daemon=True).start()

    @property
    def jobs(self) -> list[TrainingJob]:
        """Those that have not ended, in the order in which they came."""
        return [job for job in self._jobs if not job.ended]

    def start(
        self,
        dataset: Dataset,
        config: ModelConfig,
        split: SplitConfig,
        *,
        title: str = "",
        sweep: str = "",
        out: Path | None = None,
    ) -> TrainingJob:
        """Ask for a training.

        Parameters
        ----------
        title : what the run is called in lists, for people.
        sweep : name of the sweep that it belongs to, if any.
        out : the run's folder, which must not exist; by default a new one among the user's runs.

        Raises GenreLabError at once for what can be known before: a model that does not take such features, a split
        that can't be made, a folder that exists or can't be written to.
        """
        check_features(config, dataset.feature_set)
        folder = out or storage.runs_dir() / runs.new_name(config.model, split.kind)
        storage.check_writable(folder)
        job = TrainingJob(dataset, config, make_split(dataset, split), folder, title, sweep)
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
            return ("stopped", _STOPPED) if job._stopping else ("failed", str(error))
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
        if job.config.is_network and not run.info.stopped:
            dataset = job.dataset
            shape, genres = dataset.feature_set.shape, len(dataset.genres)
            self.pace = run.info.seconds / expected_seconds(
                job.config, run.info.split, len(dataset.values), shape, genres
            )


class _Worker:
    """A process of `genre_core.training.worker`."""

    def __init__(self) -> None:
        try:
            # TensorFlow is talkative; what it said is of interest if it dies.
            self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
            # A session of its own: Ctrl-C in the terminal is for the command, which then closes its workers.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "genre_core.training.worker"],
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

    def warm(self) -> None:
        """Load TensorFlow ahead of the first training."""
        self._tell(warm=True)

    def stop(self, name: str) -> None:
        """Stop the training of that name, if it is still the one going on."""
        with contextlib.suppress(TrainingError):  # whoever waits for the training is told that the process died
            self._tell(stop=name)

    def kill(self) -> None:
        """End the process; whoever waits for its training is told that it died."""
        self.process.kill()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._said.close()

    def _tell(self, **message: str | bool) -> None:
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


def check_features(config: ModelConfig, features: FeatureSet) -> None:
    """ConfigError unless a model takes such features, numbers or pictures, and may learn from them."""
    if (config.takes == "pictures") != features.is_picture:
        fitting = [known.name for known in FEATURE_SETS.values() if known.is_picture == (config.takes == "pictures")]
        raise ConfigError(
            f"The model {config.model} learns from {config.takes}, which the feature set {features.name!r} does not "
            f"hold; choose from {', '.join(fitting)}."
        )
    if features.taught:
        raise ConfigError(
            f"The feature set {features.name!r} holds answers of a network that was taught genres already; choose "
            "embedding or another."
        )
    if isinstance(config, CnnConfig) and config.start == "musicnn" and features.name != "wide-mel":
        raise ConfigError(
            f"A cnn that starts from musicnn learns from the features 'wide-mel', not from {features.name!r}; let it "
            "start from scratch."
        )


def _number_of_fits(split: Split) -> int:
    if len(split.folds) > 1:
        return len(split.folds) + 1
    return 2 if len(split.single.valid) else 1


@dataclass(frozen=True, eq=False)
class _Fit:
    """What one fit gave."""

    probabilities: np.ndarray
    history: list[Epoch]
    scaling: Scaling
    parameters: int
    seconds: float


def _train(job: TrainingJob, worker: "_Worker") -> Run:
    """All the fits of a job, and the run that they become."""
    dataset, folds = job.dataset, job.split.folds
    with storage.scratch_folder() as scratch:

        def fit(number: int, stage: str, train: np.ndarray, test: np.ndarray, stop_after: int = 0) -> _Fit:
            job._start_fit(number, stage)
            place = scratch / str(number)
            place.mkdir()
            return _fit(job, worker, place, train, test, stop_after)

        selection = None
        if len(folds) > 1:
            tests = [fold.test for fold in folds]
            fits = [fit(i, f"fold {i} of {len(folds)}", f.train, f.test) for i, f in enumerate(folds, 1)]
            learned = np.unique(np.concatenate([np.concatenate([fold.train, fold.test]) for fold in folds]))
            last = fit(job.fits, "all segments", learned, _NO_ROWS)
            history = _mean_history([one.history for one in fits])
            seconds = sum(one.seconds for one in fits) + last.seconds
            evaluations = [_evaluation(dataset, rows, one) for rows, one in zip(tests, fits, strict=True)]
            evaluation = _evaluation(dataset, np.concatenate(tests), *fits)
        else:
            fold, stop_after, seconds = job.split.single, 0, 0.0
            if len(fold.valid):
                chosen = fit(1, "choosing", fold.train, fold.valid)
                selection = _evaluation(dataset, fold.valid, chosen).scores
                stop_after, seconds = _best_epoch(chosen.history), chosen.seconds
            learned, evaluations = fold.learned, []
            last = fit(job.fits, "fitting on both parts" if selection else "", learned, fold.test, stop_after)
            history, seconds = last.history, seconds + last.seconds
            evaluation = _evaluation(dataset, fold.test, last)
        info = RunInfo(
            name=job.folder.name,
            title=job.title,
            note="",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            data=dataset.name,
            data_id=dataset.identity,
            test_id=identity(*(part[job.split.tested] for part in (dataset.track, dataset.start_s, dataset.genre))),
            features=dataset.features,
            feature_version=dataset.feature_set.version,
            segment_samples=dataset.segment_samples,
            genres=dataset.genres,
            config=job.config,
            split=job.split.config,
            counts=_counts(dataset, job.split, learned),
            left_out=job.split.left_out,
            untested_genres=job.split.untested_genres,
            parameters=last.parameters,
            epochs=len(last.history),
            stopped=bool(last.history) and len(last.history) < (stop_after if selection else job.config.total_epochs),
            seconds=round(seconds, 3),
            scores=evaluation.scores,
            ci95=evaluation.ci95,
            folds=tuple(one.scores for one in evaluations),
            selection=selection,
            sweep=job.sweep,
            versions={name: version(name) for name in _VERSIONS},
        )
        return runs.save_run(
            job.folder,
            info,
            model_files=scratch / str(job.fits),
            history=history,
            evaluation=evaluation,
            scaling=last.scaling,
            trained_on=dataset.feature_set.signature(dataset.values[learned]),
        )


def _fit(
    job: TrainingJob, worker: "_Worker", folder: Path, train: np.ndarray, test: np.ndarray, stop_after: int
) -> _Fit:
    """Have a model fitted to some rows, and answer for others; its files are left in `folder`."""
    dataset = job.dataset
    features = dataset.feature_set
    log = np.isin(features.columns, features.positive) if job.config.takes_logarithms else None
    # In a table of whole tracks the length of the file would betray the genre: it differs between those of GTZAN.
    unheard = None if features.is_picture else np.isin(features.columns, features.unheard)
    scaling = Scaling.fit(dataset.values[train], log, unheard) if job.config.scales else Scaling.none(features.shape)
    _, group = np.unique(dataset.track[train], return_inverse=True)
    # Numbers are scaled here, in full precision; pictures take an eighth of the memory as they are.
    late = features.is_picture
    values = dataset.values if late else scaling.apply(dataset.values)
    settings = {"model": job.config.model, "settings": job.config.values, "seed": job.config.seed}
    (folder / "job.json").write_text(json.dumps(settings), encoding="utf-8")
    TrainingData(
        x_train=values[train],
        y_train=dataset.labels[train],
        group=group,
        x_test=values[test],
        y_test=dataset.labels[test],
        mean=scaling.mean if late else np.zeros(1, np.float32),
        scale=scaling.scale if late else np.ones(1, np.float32),
        genres=len(dataset.genres),
        stop_after=stop_after,
    ).save(folder / "parts.npz")
    began = time.monotonic()
    for message in worker.train(str(job.folder), folder):
        if "epoch" in message:
            job.epochs.append(Epoch(**message["epoch"]))
        elif "saving" in message:
            job.state = "saving" if job.fit == job.fits else "training"
            seconds = time.monotonic() - began
    history = [Epoch(**epoch) for epoch in json.loads((folder / "history.json").read_text(encoding="utf-8"))]
    return _Fit(
        probabilities=np.load(folder / "probabilities.npy", allow_pickle=False).astype(np.float64),
        history=history,
        scaling=scaling,
        parameters=message["done"]["parameters"],
        seconds=history[-1].seconds if history else seconds,
    )


def _best_epoch(history: list[Epoch]) -> int:
    """The epoch after which the validation part was heard best, by the mean over a few epochs; 0 without epochs."""
    if not history:
        return 0
    heard = np.array([epoch.test_accuracy for epoch in history])
    width = min(_SMOOTHED, len(heard))
    smooth = np.convolve(heard, np.full(width, 1 / width), mode="valid")
    return int(len(heard) - np.argmax(smooth[::-1]))


def _mean_history(histories: list[list[Epoch]]) -> list[Epoch]:
    """Epoch by epoch the mean of what the folds gave; seconds add up."""
    means = []
    for epochs in zip(*histories, strict=False):
        rows = np.array([astuple(epoch)[1:] for epoch in epochs], dtype=float)
        mean = rows.mean(axis=0)
        loss, accuracy, test_loss, test_accuracy, _ = map(float, mean)
        means.append(Epoch(epochs[0].epoch, loss, accuracy, test_loss, test_accuracy, float(rows[:, -1].sum())))
    return means


def _evaluation(dataset: Dataset, rows: np.ndarray, *fits: _Fit) -> Evaluation:
    return Evaluation(
        genres=dataset.genres,
        labels=dataset.labels[rows],
        track=dataset.track[rows],
        start_s=dataset.start_s[rows],
        probabilities=np.concatenate([fit.probabilities for fit in fits]),
    )


def _counts(dataset: Dataset, split: Split, learned: np.ndarray) -> SplitCounts:
    def tracks(rows: np.ndarray) -> set[str]:
        return set(dataset.track[rows].tolist())

    tested = split.tested
    shared = [tracks(fold.learned) & tracks(fold.test) for fold in split.folds]
    return SplitCounts(
        train_segments=len(learned),
        test_segments=len(tested),
        train_tracks=len(tracks(learned)),
        test_tracks=len(tracks(tested)),
        shared_tracks=len(set().union(*shared)),
    )
