"""What a fit is given: an augmented copy is never on another side of a split than its track."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core.datasets import AugmentedCopies, Dataset, gtzan
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.models import estimator
from genre_core.models.config import KnnConfig
from genre_core.models.history import Epoch
from genre_core.models.training_data import TrainedModel
from genre_core.runs import Run
from genre_core.training import exchange
from genre_core.training.exchange import FitTask
from genre_core.training.fitting import TrainingTask, train_run
from genre_core.training.preparation import prepare_fit
from genre_core.training.worker_process import WorkerProcess

ROOM, MP3 = 1, 2
CODES = {"room": ROOM, "mp3": MP3, "speed": 3}
"""The code of a copy; 0 of a segment as it is."""


@pytest.fixture
def labeled() -> Dataset:
    """The tracks of GTZAN with two segments each, whose pictures name what they are of by their row and a code."""
    tracks = np.repeat(list(gtzan.all_tracks()), 2)
    pictures = np.zeros((len(tracks), 64, 64, 1), dtype=np.uint8)
    pictures[:, 0, 0, 0], pictures[:, 0, 1, 0] = np.divmod(np.arange(len(tracks)), 256)
    copies = {}
    for name, code in CODES.items():
        copies[name] = pictures.copy()
        copies[name][:, 0, 2] = code
    number = np.array([int(track[-5:]) % 5 for track in tracks])
    return Dataset(
        name="GTZAN",
        features="mel",
        values=pictures,
        genre=np.array([track.partition("/")[0] for track in tracks]),
        track=tracks,
        start_s=np.tile([0.0, 3.0], len(tracks) // 2),
        subset=np.select([number < 3, number == 3], ["train", "valid"], "test"),
        augmented=AugmentedCopies.of_arrays(copies),
    )


def rows_of(pictures: np.ndarray) -> np.ndarray:
    return pictures[:, 0, 0, 0].astype(int) * 256 + pictures[:, 0, 1, 0]


def codes_of(pictures: np.ndarray) -> np.ndarray:
    return pictures[:, 0, 2, 0].astype(int)


class Guess:
    """A model that was not trained: every genre is as probable."""

    parameters = 0

    def __init__(self) -> None:
        self.history: list[Epoch] = []

    def save(self, folder: Path) -> None:
        (folder / "model.skops").touch()

    def probabilities(self, scaled: np.ndarray) -> np.ndarray:
        return np.full((len(scaled), 10), 0.1)


class LocalWorker(WorkerProcess):
    """Trains in this process, and keeps what it was given."""

    def __init__(self) -> None:
        self.tasks: list[FitTask] = []

    def train(self, name: str, folder: Path) -> Iterator[dict[str, Any]]:
        task = exchange.read_task(folder)
        self.tasks.append(task)
        model: TrainedModel = Guess()
        if task.data.x_train.ndim == 2:
            model = estimator.fit(task.config, task.data, on_epoch=lambda epoch: None, should_stop=lambda: False)
        exchange.write_result(folder, model, task)
        yield {"done": {"parameters": model.parameters}}


@dataclass
class Observer:
    """Notes the stages of a training."""

    stages: list[str] = field(default_factory=list)

    def begin_fit(self, number: int, stage: str) -> None:
        self.stages.append(stage)

    def add_epoch(self, epoch: Epoch) -> None:
        pass

    def begin_saving(self) -> None:
        pass


def trained(dataset: Dataset, split: SplitConfig, folder: Path) -> tuple[Run, list[FitTask]]:
    worker = LocalWorker()
    task = TrainingTask(dataset, KnnConfig(), make_split(dataset, split), folder, augmentations=("room", "mp3"))
    return train_run(task, worker, Observer()), worker.tasks


@pytest.mark.parametrize(
    "split",
    [
        SplitConfig("random"),
        SplitConfig("track"),
        SplitConfig("artist"),
        SplitConfig("fault-filtered"),
        SplitConfig("column"),
        SplitConfig("random", folds=3),
        SplitConfig("track", folds=3),
        SplitConfig("artist", folds=3),
        SplitConfig("track", selection=True),
        SplitConfig("column", selection=True),
    ],
    ids=lambda split: f"{split.kind}-{split.folds}-{split.selection}",
)
def test_a_copy_is_on_the_side_of_its_track(labeled: Dataset, split: SplitConfig, tmp_path: Path) -> None:
    run, tasks = trained(labeled, split, tmp_path / "run")
    kind = split.kind
    for task in tasks:
        rows, codes, tested = rows_of(task.data.x_train), codes_of(task.data.x_train), rows_of(task.data.x_test)
        # Every segment of the training set is there once as it is and once with each chosen augmentation.
        originals = np.sort(rows[codes == 0])
        assert len(set(originals.tolist())) == len(originals)
        for code in (ROOM, MP3):
            np.testing.assert_array_equal(np.sort(rows[codes == code]), originals)
        assert set(codes.tolist()) == {0, ROOM, MP3}
        assert (codes_of(task.data.x_test) == 0).all()
        # No segment, no track and no artist is on both sides, whatever the split keeps apart.
        assert not set(rows.tolist()) & set(tested.tolist())
        if kind != "random":
            assert not set(labeled.track[rows]) & set(labeled.track[tested])
        if kind in ("artist", "fault-filtered"):
            assert set(labeled.artists[rows]) & set(labeled.artists[tested]) <= {""}
        # Copies have the genre of their segment, and belong to its track in cross-validation within the training set.
        np.testing.assert_array_equal(task.data.y_train, labeled.labels[rows])
        assert len(set(zip(labeled.track[rows], task.data.groups, strict=True))) == len(set(task.data.groups.tolist()))
        # Augmented tests are copies of the very test set.
        for name, segments in task.augmented_tests.items():
            np.testing.assert_array_equal(rows_of(segments), tested)
            assert (codes_of(segments) == CODES[name]).all()
    tests = {name for task in tasks for name in task.augmented_tests}
    assert tests == set(run.info.augmented) == (set() if split.selection else set(CODES))
    assert run.info.counts.train_segments == len(tasks[-1].data.x_train) // 3


def test_the_final_fit_of_a_cross_validation_has_all_copies_and_no_test(labeled: Dataset, tmp_path: Path) -> None:
    run, tasks = trained(labeled, SplitConfig("track", folds=3), tmp_path / "run")
    assert len(tasks) == 4
    assert len(tasks[-1].data.x_train) == 3 * run.info.counts.train_segments
    assert len(tasks[-1].data.x_test) == 0
    assert tasks[-1].augmented_tests == {}
    assert run.info.augmented["speed"].scores.segments == run.info.scores.segments == run.info.counts.train_segments


@pytest.fixture
def separable(bundled: Dataset) -> Dataset:
    """The bundled dataset with numbers that tell the genres apart, but not in a room."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(len(bundled.genre), 200)) + 2 * (bundled.labels[:, None] == np.arange(200) // 20)
    copies = AugmentedCopies.of_arrays({"room": values + rng.normal(3, 6, values.shape), "mp3": values})
    return replace(bundled, features="embedding", values=values, augmented=copies)


def test_without_augmentations_a_fit_has_the_training_set_alone(separable: Dataset) -> None:
    train, test = np.arange(0, 997, 2), np.arange(1, 997, 2)
    scaling, task = prepare_fit(separable, KnnConfig(), train, test)
    np.testing.assert_allclose(task.data.x_train, scaling.apply(separable.values[train]))
    np.testing.assert_allclose(scaling.mean, separable.values[train].mean(axis=0))


def test_the_scaling_is_fitted_on_the_copies_too(separable: Dataset) -> None:
    rows = np.arange(997)
    scaling, task = prepare_fit(separable, KnnConfig(), rows, rows[:0], augmentations=("room",))
    room = separable.augmented.values("room", rows)
    np.testing.assert_allclose(scaling.mean, (separable.values.mean(axis=0) + room.mean(axis=0)) / 2)
    np.testing.assert_allclose(task.data.x_train.std(axis=0), 1, rtol=1e-5)


def test_scores_with_an_augmentation_are_those_of_the_saved_model_on_the_copies(
    separable: Dataset, tmp_path: Path
) -> None:
    run, _ = trained(separable, SplitConfig("track"), tmp_path / "run")
    test = make_split(separable, SplitConfig("track")).single.test
    predicted = run.probabilities(separable.augmented.values("room", test)).argmax(axis=1)
    accuracy = (predicted == separable.labels[test]).mean()
    room, mp3 = (run.info.augmented[name] for name in ("room", "mp3"))
    assert room.scores.accuracy == pytest.approx(accuracy)
    assert room.ci95["accuracy"].low < accuracy < room.ci95["accuracy"].high
    assert (mp3.scores, mp3.ci95) == (run.info.scores, run.info.ci95)
    assert room.scores.accuracy < run.info.scores.accuracy
