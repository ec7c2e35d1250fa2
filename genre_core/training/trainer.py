"""The trainer: takes trainings one after the other, and keeps worker processes ready for them."""

import contextlib
import logging
import queue
import threading
from collections.abc import Sequence
from pathlib import Path

from genre_core import runs, storage
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.errors import GenreLabError, StorageError
from genre_core.models.base import ModelConfig
from genre_core.runs import Run
from genre_core.training.checks import check_augmentations, check_features
from genre_core.training.duration import expected_seconds
from genre_core.training.fitting import TrainingTask, train_run
from genre_core.training.job import STOPPED, State, TrainingJob
from genre_core.training.worker_process import WorkerProcess

_log = logging.getLogger(__name__)


class Trainer:
    """Trains up to `slots` jobs at a time; the others wait in order.  For any thread.

    Attributes
    ----------
    slowdown : duration of the last training of a network, relative to `expected_seconds`; 1 before the first.
    """

    def __init__(self, slots: int = 1, *, load_tensorflow: bool = False, yields: bool = False) -> None:
        """Start the first worker process.

        Parameters
        ----------
        slots : number of jobs at a time. Trials of sweeps take all but one, so that no training waits for a sweep.
        load_tensorflow : whether to load TensorFlow at once, so that the first network need not wait for it.
        yields : whether to train at low priority, each job on one thread, so that the pages stay quick.
        """
        self.slowdown = 1.0
        self._jobs: list[TrainingJob] = []
        self._waiting: list[TrainingJob] = []
        self._changed = threading.Condition()
        self._trials, self._most_trials = 0, max(slots - 1, 1)
        self._idle: queue.LifoQueue[WorkerProcess] = queue.LifoQueue()
        self._yields = yields
        first = WorkerProcess(yields=yields)
        if load_tensorflow:
            first.load_tensorflow()
        self._idle.put(first)
        for _ in range(slots):
            threading.Thread(target=self._serve, daemon=True).start()

    @property
    def jobs(self) -> list[TrainingJob]:
        """The jobs that have not ended, in the order in which they were started."""
        return [job for job in self._jobs if not job.ended]

    def start(
        self,
        dataset: Dataset,
        config: ModelConfig,
        split: SplitConfig,
        *,
        augmentations: str | Sequence[str] = (),
        title: str = "",
        sweep: str = "",
        out: Path | None = None,
        visitor: str = "",
        owner: str = "",
    ) -> TrainingJob:
        """Start a training, and return at once.

        Parameters
        ----------
        dataset, config, split : what is trained, and how it is evaluated.
        augmentations : augmentations of which the copies of the training set are trained on too.
        title : title of the run, for people.
        sweep : name of the sweep that the run belongs to, if any.
        out : the run's folder, which must not exist; by default a new one among the user's runs.
        visitor : who asks for it, for the log.
        owner : id of the visitor of a served dashboard to whom the run will belong; empty for the operator.

        Raises
        ------
        GenreLabError : if the model cannot be trained on these features, the dataset has no copies with an
            augmentation, the split is not possible, or the folder exists, is not writable or is that of another job.
        """
        check_features(config, dataset.feature_set)
        augmentations = check_augmentations(dataset, augmentations)
        folder = out or storage.runs_dir() / runs.new_run_name(config.model, split.kind)
        storage.check_writable(folder)
        task = TrainingTask(dataset, config, make_split(dataset, split), folder, title, sweep, augmentations, owner)
        job = TrainingJob(task, visitor)
        with self._changed:
            if folder.resolve() in (other.task.folder.resolve() for other in self._jobs):
                raise StorageError(f"Another training is writing {folder} already; choose another name.")
            self._jobs.append(job)
            self._waiting.append(job)
            self._changed.notify_all()
        return job

    def close(self) -> None:
        """End the idle worker processes."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _serve(self) -> None:
        while True:
            job = self._next()
            state, problem = self._train(job)
            with self._changed:
                self._jobs.remove(job)
                self._trials -= job.is_trial
                self._changed.notify_all()
            if not job.ended:
                job.end(state, problem)

    def _next(self) -> TrainingJob:
        """The first job that waits and may run now; waits for one."""

        def may_run() -> TrainingJob | None:
            return next((job for job in self._waiting if not job.is_trial or self._trials < self._most_trials), None)

        with self._changed:
            job = self._changed.wait_for(may_run)
            assert job is not None
            self._waiting.remove(job)
            self._trials += job.is_trial
            return job

    def _train(self, job: TrainingJob) -> tuple[State, str | None]:
        """Train a job; returns its final state and, without a run, the reason."""
        if job.ended:
            return "stopped", None
        worker = None
        try:
            worker = self._take_worker()
            if job.begin(worker):
                job.run = train_run(job.task, worker, job)
                self._measure_slowdown(job, job.run)
        except GenreLabError as error:
            return ("stopped", STOPPED) if job.stopping else ("failed", str(error))
        except Exception:
            _log.exception("a training failed")
            return "failed", "The training failed because of an internal error; the log of Genre Lab has the details."
        finally:
            job.release_worker()
            if worker and worker.is_ready:
                self._idle.put(worker)
            elif worker:
                worker.close()
        return "done", None

    def _take_worker(self) -> WorkerProcess:
        with contextlib.suppress(queue.Empty):
            while True:
                worker = self._idle.get_nowait()
                if worker.is_ready:
                    return worker
                worker.close()
        return WorkerProcess(yields=self._yields)

    def _measure_slowdown(self, job: TrainingJob, run: Run) -> None:
        if job.config.is_network and not run.info.stopped:
            dataset = job.dataset
            self.slowdown = run.info.seconds / expected_seconds(
                job.config,
                run.info.split,
                len(dataset.values),
                dataset.feature_set.shape,
                len(dataset.genres),
                augmentations=len(run.info.augmentations),
            )
