"""From a dataset, a configuration and a split to a run.

One run can take several fits.  With folds: one for each fold, then one on all segments, whose model is kept.  With a
validation set: one on the training set, whose learning curve on the validation set gives the number of epochs, and one
on both together.  What is measured on the test set never decides anything.

The final predictions include, apart from the test set, copies of it with every augmentation that the dataset has.
"""

import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np

from genre_core import runs, storage
from genre_core.datasets import Dataset, fingerprint
from genre_core.datasets.splits import Fold, Split
from genre_core.datasets.splits.split import NO_ROWS
from genre_core.evaluation import Evaluation
from genre_core.models.base import ModelConfig
from genre_core.models.domain import TrainingDomain, summaries
from genre_core.models.history import Epoch
from genre_core.models.scaling import Scaling
from genre_core.runs import AugmentedScores, Run, RunInfo, SplitCounts
from genre_core.training import exchange
from genre_core.training.preparation import prepare_fit
from genre_core.training.worker_process import WorkerProcess

LIBRARIES = ("tensorflow", "keras", "librosa", "numpy", "scikit-learn")
"""Libraries whose versions are saved with a run."""
_SMOOTHED_EPOCHS = 5


@dataclass(frozen=True, eq=False)
class TrainingTask:
    """What is trained, how it is evaluated, and where the run is saved."""

    dataset: Dataset
    config: ModelConfig
    split: Split
    folder: Path
    """The run's folder, which does not exist yet."""
    title: str = ""
    sweep: str = ""
    """Name of the sweep that the run belongs to, if any."""
    augmentations: tuple[str, ...] = ()
    """Augmentations with which the training set is augmented."""
    owner: str = ""
    """Id of the visitor of a served dashboard to whom the run will belong; empty for the operator."""

    @property
    def augmented_tests(self) -> tuple[str, ...]:
        """Augmentations with which the test set is tested too; none for a trial of a sweep, which has no test set."""
        return () if self.split.config.selection else self.dataset.augmented.names

    @property
    def n_fits(self) -> int:
        """Number of fits that the run takes."""
        if self.split.is_cross_validation:
            return len(self.split.folds) + 1
        return 2 if len(self.split.single.valid) else 1


class TrainingObserver(Protocol):
    """Receives the progress of a training; its methods may raise TrainingError to end it."""

    def begin_fit(self, number: int, stage: str) -> None:
        """A fit begins; numbers count from 1, and `stage` says in a few words what the fit is for."""

    def add_epoch(self, epoch: Epoch) -> None:
        """An epoch of the current fit has ended."""

    def begin_saving(self) -> None:
        """The model of the current fit is trained, and is being saved."""


@dataclass(frozen=True, eq=False)
class _Fit:
    """The outcome of one fit."""

    probabilities: np.ndarray
    """shape (test segments, genres)."""
    augmented: dict[str, np.ndarray]
    """The same with each augmentation of the test set."""
    history: list[Epoch]
    scaling: Scaling
    parameters: int
    seconds: float


@dataclass(frozen=True, eq=False)
class _Training:
    """The outcome of all fits of a task."""

    final: _Fit
    """The fit whose model is kept."""
    final_rows: np.ndarray
    """Rows of the dataset that the kept model was trained on."""
    model_folder: Path
    history: list[Epoch]
    evaluation: Evaluation
    seconds: float
    augmented: dict[str, Evaluation]
    """For each augmentation, the predictions for the test set with it."""
    fold_evaluations: tuple[Evaluation, ...] = ()
    validation: Evaluation | None = None
    total_epochs: int = 0
    """Number of epochs that the final fit was to have."""


def train_run(task: TrainingTask, worker: WorkerProcess, observer: TrainingObserver) -> Run:
    """Fit the models of a task in a worker process, and save the run.

    Raises
    ------
    GenreLabError : if a fit fails or is stopped, or the run can't be saved.
    """
    with storage.scratch_folder() as scratch:
        fitter = _Fitter(task, worker, observer, scratch)
        training = _cross_validate(fitter) if task.split.is_cross_validation else _train_once(fitter)
        return runs.save_run(
            task.folder,
            _run_info(task, training),
            model_folder=training.model_folder,
            history=training.history,
            evaluation=training.evaluation,
            scaling=training.final.scaling,
            training_signatures=task.dataset.feature_set.signature(task.dataset.values[training.final_rows]),
            # A trial of a sweep predicts no song.
            domain=None
            if task.sweep and task.split.config.selection
            else training_domain(task.dataset, training.final_rows, task.augmentations),
        )


def training_domain(dataset: Dataset, rows: np.ndarray, augmentations: Sequence[str] = ()) -> TrainingDomain | None:
    """The domain of a training set; None if that has too few tracks.

    Parameters
    ----------
    rows : row numbers of the training set.
    augmentations : augmentations whose copies are in the training set too.
    """
    features = dataset.feature_set
    return TrainingDomain.fit(
        summaries(dataset.values[rows]),
        dataset.track[rows],
        dataset.genre[rows],
        dataset.artists[rows],
        copies=[summaries(dataset.augmented.values(name, rows)) for name in augmentations],
        excluded=None if features.is_picture else np.isin(features.columns, features.excluded_columns),
    )


class _Fitter:
    """Runs the fits of a task one after the other, each in a subfolder of its own."""

    def __init__(self, task: TrainingTask, worker: WorkerProcess, observer: TrainingObserver, scratch: Path) -> None:
        self.task, self._worker, self._observer, self._scratch = task, worker, observer, scratch
        self._number = 0

    @property
    def folder(self) -> Path:
        """The folder of the last fit."""
        return self._scratch / str(self._number)

    def fit(
        self,
        stage: str,
        train: np.ndarray,
        test: np.ndarray,
        *,
        stop_after: int = 0,
        augmented_tests: Sequence[str] = (),
    ) -> _Fit:
        """Fit a model to the rows `train` and predict the rows `test`, also with augmentations; the model's files are
        left in `folder`."""
        self._number += 1
        self._observer.begin_fit(self._number, stage)
        self.folder.mkdir()
        scaling, fit_task = prepare_fit(
            self.task.dataset,
            self.task.config,
            train,
            test,
            augmentations=self.task.augmentations,
            augmented_tests=augmented_tests,
            stop_after=stop_after,
        )
        exchange.write_task(self.folder, fit_task)
        started = time.monotonic()
        seconds, parameters = 0.0, 0
        for message in self._worker.train(str(self.task.folder), self.folder):
            if "epoch" in message:
                self._observer.add_epoch(Epoch(**message["epoch"]))
            elif "saving" in message:
                self._observer.begin_saving()
                seconds = time.monotonic() - started
            elif "done" in message:
                parameters = message["done"]["parameters"]
        result = exchange.read_result(self.folder)
        seconds = result.history[-1].seconds if result.history else seconds
        return _Fit(result.probabilities, result.augmented, result.history, scaling, parameters, seconds)


def _cross_validate(fitter: _Fitter) -> _Training:
    """A fit for each fold, and one on all segments."""
    task = fitter.task
    dataset, folds = task.dataset, task.split.folds
    fits = [
        fitter.fit(f"fold {i} of {len(folds)}", fold.train, fold.test, augmented_tests=task.augmented_tests)
        for i, fold in enumerate(folds, 1)
    ]
    rows = np.unique(np.concatenate([np.concatenate([fold.train, fold.test]) for fold in folds]))
    final = fitter.fit("final model on all segments", rows, NO_ROWS)
    return _Training(
        final=final,
        final_rows=rows,
        model_folder=fitter.folder,
        history=_mean_history([fit.history for fit in fits]),
        evaluation=_with_folds(dataset, folds, fits),
        seconds=sum(fit.seconds for fit in fits) + final.seconds,
        augmented=_augmented_evaluations(dataset, np.concatenate([fold.test for fold in folds]), *fits),
        fold_evaluations=tuple(_evaluation(dataset, fold.test, fit) for fold, fit in zip(folds, fits, strict=True)),
        total_epochs=task.config.total_epochs,
    )


def _train_once(fitter: _Fitter) -> _Training:
    """A fit on the training set, after one that selects the number of epochs if there is a validation set."""
    task = fitter.task
    dataset, config, fold = task.dataset, task.config, task.split.single
    validation, total_epochs, seconds, stage = None, config.total_epochs, 0.0, ""
    if len(fold.valid):
        stage = "selecting the number of epochs" if config.is_network else "evaluating on the validation set"
        first = fitter.fit(stage, fold.train, fold.valid)
        validation, seconds = _evaluation(dataset, fold.valid, first), first.seconds
        total_epochs = _best_epoch(first.history)
        stage = "final model on training and validation set"
    rows = fold.train_and_valid
    stop_after = total_epochs if validation else 0
    final = fitter.fit(stage, rows, fold.test, stop_after=stop_after, augmented_tests=task.augmented_tests)
    return _Training(
        final=final,
        final_rows=rows,
        model_folder=fitter.folder,
        history=final.history,
        evaluation=_evaluation(dataset, fold.test, final),
        seconds=seconds + final.seconds,
        augmented=_augmented_evaluations(dataset, fold.test, final),
        validation=validation,
        total_epochs=total_epochs,
    )


def _best_epoch(history: list[Epoch]) -> int:
    """The epoch with the highest accuracy on the validation set, smoothed over a few epochs; 0 without epochs."""
    if not history:
        return 0
    accuracy = np.array([epoch.test_accuracy for epoch in history])
    width = min(_SMOOTHED_EPOCHS, len(accuracy))
    smooth = np.convolve(accuracy, np.full(width, 1 / width), mode="valid")
    return int(len(accuracy) - np.argmax(smooth[::-1]))


def _mean_history(histories: list[list[Epoch]]) -> list[Epoch]:
    """The mean over the folds, epoch by epoch; seconds add up."""
    means = []
    for epochs in zip(*histories, strict=False):
        rows = np.array([astuple(epoch)[1:] for epoch in epochs], dtype=float)
        loss, accuracy, test_loss, test_accuracy, _ = map(float, rows.mean(axis=0))
        means.append(Epoch(epochs[0].epoch, loss, accuracy, test_loss, test_accuracy, float(rows[:, -1].sum())))
    return means


def _evaluation(dataset: Dataset, rows: np.ndarray, *fits: _Fit) -> Evaluation:
    return _predictions(dataset, rows, [fit.probabilities for fit in fits])


def _augmented_evaluations(dataset: Dataset, rows: np.ndarray, *fits: _Fit) -> dict[str, Evaluation]:
    """For each augmentation, the predictions of the fits for the rows with it."""
    return {name: _predictions(dataset, rows, [fit.augmented[name] for fit in fits]) for name in fits[0].augmented}


def _predictions(dataset: Dataset, rows: np.ndarray, probabilities: Sequence[np.ndarray]) -> Evaluation:
    return Evaluation(
        genres=dataset.genres,
        labels=dataset.labels[rows],
        track=dataset.track[rows],
        start_s=dataset.start_s[rows],
        probabilities=np.concatenate(probabilities),
    )


def _with_folds(dataset: Dataset, folds: Sequence[Fold], fits: Sequence[_Fit]) -> Evaluation:
    """The evaluation of all folds together, with the fold and the artist of each segment."""
    rows = np.concatenate([fold.test for fold in folds])
    numbers = np.repeat(np.arange(1, len(folds) + 1), [len(fold.test) for fold in folds])
    return replace(_evaluation(dataset, rows, *fits), fold=numbers, artist=dataset.artists[rows])


def _run_info(task: TrainingTask, training: _Training) -> RunInfo:
    dataset, split, final = task.dataset, task.split, training.final
    tested = split.tested
    return RunInfo(
        name=task.folder.name,
        title=task.title,
        note="",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        dataset=dataset.name,
        dataset_id=dataset.fingerprint,
        test_id=fingerprint(*(array[tested] for array in (dataset.track, dataset.start_s, dataset.genre))),
        features=dataset.features,
        feature_version=dataset.feature_set.version,
        segment_samples=dataset.segment_samples,
        genres=dataset.genres,
        config=task.config,
        split=split.config,
        counts=_split_counts(dataset, split, training.final_rows),
        excluded=split.excluded,
        untested_genres=split.untested_genres,
        parameters=final.parameters,
        epochs=len(final.history),
        stopped=0 < len(final.history) < training.total_epochs,
        seconds=round(training.seconds, 3),
        scores=training.evaluation.scores,
        ci95=training.evaluation.ci95,
        folds=tuple(evaluation.scores for evaluation in training.fold_evaluations),
        validation_scores=training.validation.scores if training.validation else None,
        sweep=task.sweep,
        owner=task.owner,
        gathered=dataset.gathered,
        versions={name: version(name) for name in LIBRARIES},
        augmentations=task.augmentations,
        augmented={
            name: AugmentedScores(evaluation.scores, evaluation.ci95) for name, evaluation in training.augmented.items()
        },
    )


def _split_counts(dataset: Dataset, split: Split, final_rows: np.ndarray) -> SplitCounts:
    def tracks(rows: np.ndarray) -> set[str]:
        return set(dataset.track[rows].tolist())

    shared = [tracks(fold.train_and_valid) & tracks(fold.test) for fold in split.folds]
    return SplitCounts(
        train_segments=len(final_rows),
        test_segments=len(split.tested),
        train_tracks=len(tracks(final_rows)),
        test_tracks=len(tracks(split.tested)),
        shared_tracks=len(set().union(*shared)),
    )
