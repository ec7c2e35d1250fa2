"""One training from start to end in one call, as the public interface offers it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from genre_core import storage
from genre_core.datasets import BUNDLED, Dataset, load_dataset
from genre_core.datasets.splits import SplitConfig, SplitKind
from genre_core.errors import ConfigError
from genre_core.features import FEATURE_SETS, feature_set
from genre_core.models.base import ModelConfig
from genre_core.models.config import make_config
from genre_core.runs import Run
from genre_core.training.checks import check_features
from genre_core.training.job import TrainingJob
from genre_core.training.trainer import Trainer

POLL_S = 0.2  # waiting without a limit can't be interrupted on Windows


def train(
    dataset: str | os.PathLike[str] | Dataset = BUNDLED,
    model: str = "mlp",
    split: SplitKind = "random",
    *,
    features: str | None = None,
    test_size: float = 0.33,
    folds: int | None = None,
    seed: int = 0,
    augment: str | Sequence[str] = (),
    title: str = "",
    out: str | os.PathLike[str] | None = None,
    **settings: Any,
) -> Run:
    """Train a model, evaluate it on the test set, and save both as a run.

    Parameters
    ----------
    dataset : a dataset, or the source of one as in `load_dataset`: "bundled", a folder with one subfolder per genre,
        or a file.
    model : mlp, cnn, svm, knn, forest, boosting, tree, logistic, lda or bayes.
    split : random, track, artist, fault-filtered or column.
    features : name of the feature set; None for that of the dataset or the file, or, where the source can be loaded in
        several, the first that the model takes.
    test_size : share of the test set, 0 to 1.
    folds : number of folds of a cross-validation; None for a single split.
    seed : seed of all random numbers of the split and of the training.
    augment : augmentations of the training set, such as ("room", "8-khz"): the model is trained on copies of the
        training tracks with each of them too.  `AUGMENTATIONS` of genre_core.audio.augmentation lists all; those of the
        bundled dataset are room, 8-khz, telephone and mp3.
    title : title of the run, which labels and figures show.
    out : folder to save the run in, which must not exist; None for a new one among the user's runs.
    **settings : settings of the model, such as `epochs=100` of an mlp; `genre-lab train --model mlp --help-settings`
        lists them.

    Raises
    ------
    GenreLabError if the dataset, the settings or the split can't be used, or the training fails.

    Examples
    --------
    >>> from genre_core import train
    >>> run = train("bundled", "lda", split="track", seed=1)
    >>> run.info.counts.shared_tracks
    0
    >>> robust = train("bundled", "logistic", split="track", features="musicnn", augment=("room",))
    >>> robust.info.augmented["room"].scores.track_accuracy > 0.5
    True
    """
    config = make_config(model, settings, seed=seed)
    folder = None if out is None else storage.user_path(os.fspath(out))
    split_config = SplitConfig(split, test_size, seed, folds)
    with claimed(folder):  # before features are extracted
        if isinstance(dataset, Dataset):
            if features not in (None, dataset.features):
                raise ConfigError(
                    f"The dataset {dataset.name} holds the feature set {dataset.features!r}, not {features!r}; load it "
                    f"with load_dataset(source, features={features!r})."
                )
        else:
            dataset = load_dataset(dataset, features=choose_features(config, dataset, features), augmentations=augment)
        with started_training(dataset, config, split_config, augmentations=augment, title=title, out=folder) as job:
            while not job.wait(POLL_S):
                pass
            return job.result()


def claimed(out: Path | None) -> AbstractContextManager[None]:
    """Claim the folder of a run, so that a second training with it is refused before the work: see `storage.claimed`.

    The folders of the user's runs, for which `out` is None, have names of their own.
    """
    return nullcontext() if out is None else storage.claimed(out)


@contextmanager
def started_training(
    dataset: Dataset,
    config: ModelConfig,
    split: SplitConfig,
    *,
    augmentations: str | Sequence[str] = (),
    title: str = "",
    out: Path | None = None,
) -> Iterator[TrainingJob]:
    """Start a training with a trainer of its own; a training that has not ended on leaving is stopped."""
    trainer = Trainer()
    try:
        job = trainer.start(dataset, config, split, augmentations=augmentations, title=title, out=out)
        try:
            yield job
        finally:
            job.stop()
    finally:
        trainer.close()


def choose_features(config: ModelConfig, source: str | os.PathLike[str], features: str | None) -> str | None:
    """The feature set to load a source with: the given one, or else the first that the model takes; None for a file,
    which holds its own.

    Raises ConfigError if there is no such feature set or the model does not take it.
    """
    source = os.fspath(source)
    if features is None and (source == BUNDLED or storage.user_path(source).is_dir()):
        is_picture = config.input_type == "pictures"
        features = next(name for name, known in FEATURE_SETS.items() if known.is_picture == is_picture)
    if features is not None:
        check_features(config, feature_set(features))
    return features
