"""A training that was asked for, while it waits, while it runs, and when it has ended."""

import threading
import time
from typing import Literal

from genre_core import logbook
from genre_core.errors import TrainingError
from genre_core.models.history import Epoch
from genre_core.runs import Run
from genre_core.training.fitting import TrainingTask
from genre_core.training.worker_process import WorkerProcess

State = Literal["waiting", "training", "saving", "done", "failed", "stopped"]
STOPPED = "The training was stopped before a model was trained."


class TrainingJob:
    """One training, from the request to the run; for any thread.

    Attributes
    ----------
    state : waiting (for a worker), training or saving; at the end done, failed or stopped (without a run).
    epochs : epochs of the current fit so far.
    fit_number, n_fits : number of the current fit, from 1, and of all fits.
    stage : what the current fit is for, in a few words; empty if there is only one.
    run : the run, when the state is done.
    problem : why there is no run, when the state is failed or stopped.
    visitor : who asked for it, for the log.
    """

    def __init__(self, task: TrainingTask, visitor: str = "") -> None:
        self.visitor = visitor
        self.task, self.dataset, self.config, self.split = task, task.dataset, task.config, task.split
        self.fit_number, self.n_fits, self.stage = 1, task.n_fits, ""
        self.state: State = "waiting"
        self.epochs: list[Epoch] = []
        self.run: Run | None = None
        self.problem: str | None = None
        self._started: float | None = None
        self._stopping = False
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None

    # --- for the one who waits ----------------------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    @property
    def owner(self) -> str:
        """Id of the visitor of a served dashboard to whom the run will belong; empty for the operator."""
        return self.task.owner

    @property
    def is_trial(self) -> bool:
        """Whether the job belongs to a sweep."""
        return bool(self.task.sweep)

    @property
    def progress(self) -> float:
        """Share of the work done, 0 to 1, in steps of an epoch or, for a model without epochs, of a fit."""
        total = self.config.total_epochs
        of_fit = self.epochs[-1].epoch / total if self.epochs and total else 0.0
        return min((self.fit_number - 1 + of_fit) / self.n_fits, 1.0)

    @property
    def seconds_left(self) -> float | None:
        """Estimated time left; None before the first step of `progress`."""
        done = self.progress
        if not done or self._started is None:
            return None
        return (time.monotonic() - self._started) * (1 - done) / done

    @property
    def validates(self) -> bool:
        """Whether `epochs` are evaluated on a validation set instead of a test set: while the number of epochs is
        selected, and in a sweep."""
        return self.split.config.selection or (not self.split.is_cross_validation and self.fit_number < self.n_fits)

    def stop(self) -> None:
        """End the training soon.

        If a network is at its last fit, what it has learned so far becomes the run.  Otherwise there is no run: a model
        without epochs is not trained yet, and not all folds are evaluated.  A job that waits ends at once.
        """
        with self._lock:
            self._stopping = True
            if self._worker and self.config.is_network and self.fit_number == self.n_fits:
                self._worker.stop(str(self.task.folder))
            elif self._worker:
                self._worker.kill()
            elif self.state == "waiting":
                self.end("stopped", STOPPED)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the job has ended; False if it has not after `timeout` seconds."""
        return self._ended.wait(timeout)

    def result(self) -> Run:
        """Wait for the run and return it; TrainingError if the training failed, or was stopped without one."""
        self.wait()
        if self.run is None:
            raise TrainingError(self.problem)
        return self.run

    # --- for the trainer ----------------------------------------------------------------------------------------------

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stopping

    def begin(self, worker: WorkerProcess) -> bool:
        """Start with a worker; False if the job was stopped before."""
        with self._lock:
            if self.ended:
                return False
            self._worker, self.state = worker, "training"
            self._started = time.monotonic()
            return True

    def begin_fit(self, number: int, stage: str) -> None:
        """See `fitting.TrainingObserver`."""
        with self._lock:
            if self._stopping and number > 1:
                raise TrainingError(STOPPED)
            self.fit_number, self.stage, self.epochs = number, stage, []

    def add_epoch(self, epoch: Epoch) -> None:
        """See `fitting.TrainingObserver`."""
        self.epochs.append(epoch)

    def begin_saving(self) -> None:
        """See `fitting.TrainingObserver`."""
        if self.fit_number == self.n_fits:
            self.state = "saving"

    def release_worker(self) -> None:
        """Give the worker back: from now on `stop` must not touch it."""
        with self._lock:
            self._worker = None

    def end(self, state: State, problem: str | None = None) -> None:
        """Set the final state."""
        self.problem, self.state = problem, state
        self._ended.set()
        seconds = None if self._started is None else time.monotonic() - self._started
        logbook.note("train", state, visitor=self.visitor, seconds=seconds)
