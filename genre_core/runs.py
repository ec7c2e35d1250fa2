"""A run on disk: one training with its configuration, history, scores, predictions and model.

A folder with
    run.json             format, name, data, features, genres, configuration, split, scores, versions, checksums
    history.json         what each epoch gave
    predictions.parquet  every test segment with its probabilities
    scaler.npz           mean and scale of each column, fitted on the training part
    training.npy         the features that it was trained on, float32, by which `seen` knows them again
    model.keras          the network, for further work in Keras
    model.tflite         the same network, which the app and the command line run
It is written whole or not at all, and read only if every file is as it was written.  Nothing in it is a pickle.

To raise FORMAT: change what is written, and let `Run.load` still read the formats before, with a test on a folder
of each.
"""

import hashlib
import json
import math
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from genre_core import storage
from genre_core.datasets import Dataset
from genre_core.errors import ConfigError, GenreLabError, RunError
from genre_core.evaluation import Evaluation
from genre_core.features import FeatureSet, feature_set
from genre_core.models import serving
from genre_core.models.config import ModelConfig
from genre_core.models.events import Epoch
from genre_core.splits import SplitConfig

FORMAT = 1
FILES = ("history.json", "predictions.parquet", "scaler.npz", "training.npy", "model.keras", "model.tflite")
DEFAULT = "paper-random"
"""The bundled run that judges when no other is named."""

_SAME_SEGMENT = 0.05
"""Largest difference in any scaled column between two renderings of the same segment: the columns of HPSS differ
by up to 0.025 between our recipe and the Kaggle tables; another segment is never this near in all 58."""


@dataclass(frozen=True)
class SplitCounts:
    """What a split put on either side."""

    train_segments: int
    test_segments: int
    train_tracks: int
    test_tracks: int
    shared_tracks: int
    """Tracks that have segments on both sides."""


@dataclass(frozen=True)
class RunInfo:
    """What run.json says of a run; checks itself when made (ValueError)."""

    name: str
    """That of its folder."""
    title: str
    """What the run is, in a few words, for people."""
    created: str
    """ISO 8601, UTC."""
    data: str
    features: str
    feature_version: int
    segment_samples: int
    genres: tuple[str, ...]
    model: str
    config: ModelConfig
    split: SplitConfig
    counts: SplitCounts
    parameters: int
    epochs: int
    """Epochs that were trained; fewer than configured if it was stopped."""
    stopped: bool
    seconds: float
    loss: float
    """This score and the next three are of the test part of the split."""
    accuracy: float
    track_accuracy: float
    macro_f1: float
    versions: dict[str, str]

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.created)
        numbers = (self.seconds, self.loss, self.accuracy, self.track_accuracy, self.macro_f1)
        counts = (self.parameters, self.epochs, self.segment_samples, self.feature_version, *astuple(self.counts))
        texts = (self.name, self.title, self.data, self.features, self.model, *self.genres)
        if not all(isinstance(value, float) and math.isfinite(value) for value in numbers):
            raise ValueError("a score is not a number")
        if not all(isinstance(value, int) and value >= 0 for value in counts):
            raise ValueError("a count is not a whole number")
        if not all(isinstance(value, str) for value in texts) or len(self.genres) < 2:
            raise ValueError("a name is not a text")

    @property
    def description(self) -> str:
        """The configuration in a line."""
        layers = "-".join(map(str, self.config.layers))
        return f"{self.model} {layers}, dropout {self.config.dropout:g}, {self.epochs} epochs"


@dataclass(frozen=True, eq=False)
class Run:
    """A run and where it lies; made by `load_run`, which has checked its files."""

    folder: Path
    info: RunInfo
    mean: np.ndarray
    scale: np.ndarray

    @property
    def feature_set(self) -> FeatureSet:
        return feature_set(self.info.features)

    def probabilities(self, values: np.ndarray) -> np.ndarray:
        """Genre probabilities, shape (n, genres), of unscaled features, shape (n, columns)."""
        return serving.probabilities(self.folder / "model.tflite", (values - self.mean) / self.scale)

    def history(self) -> list[Epoch]:
        return [Epoch(**epoch) for epoch in json.loads((self.folder / "history.json").read_text(encoding="utf-8"))]

    def evaluation(self) -> Evaluation:
        """The predictions for its test part."""
        frame = pd.read_parquet(self.folder / "predictions.parquet")
        genres = self.info.genres
        return Evaluation(
            genres=genres,
            labels=np.searchsorted(np.array(genres), frame["genre"].to_numpy(dtype=object).astype(str)),
            track=frame["track"].to_numpy(dtype=object).astype(str),
            start_s=frame["start_s"].to_numpy(),
            probabilities=frame[[f"p_{genre}" for genre in genres]].to_numpy(),
        )

    def seen(self, values: np.ndarray) -> np.ndarray:
        """Which segments the run was trained on, by their content.

        Parameters
        ----------
        values : shape (n, columns), unscaled features.

        Returns
        -------
        shape (n,), bool: whether a training segment has the same features, up to what different versions of the
        recipe make of the same audio.
        """
        trained = np.load(self.folder / "training.npy", allow_pickle=False)
        tree = cKDTree((trained - self.mean) / self.scale)
        distance, _ = tree.query((values - self.mean) / self.scale, p=np.inf, distance_upper_bound=_SAME_SEGMENT)
        return np.isfinite(distance)

    def check_dataset(self, dataset: Dataset) -> None:
        """RunError unless the run can judge it: its features, its length of segment, and no genre that is unknown."""
        if dataset.features != self.info.features:
            raise RunError(
                f"The run {self.info.name} takes the features {self.info.features!r} and {dataset.name} has "
                f"{dataset.features!r}; choose another run."
            )
        if not 0.9 < dataset.segment_samples / self.info.segment_samples < 1.1:
            mine, theirs = (n / self.feature_set.rate for n in (self.info.segment_samples, dataset.segment_samples))
            raise RunError(
                f"The run {self.info.name} judges pieces of {mine:.0f} s, and those of {dataset.name} have "
                f"{theirs:.0f} s; choose another run."
            )
        unknown = sorted(set(dataset.genres) - set(self.info.genres))
        if unknown:
            raise RunError(
                f"The run {self.info.name} does not know the genres {', '.join(unknown)} of {dataset.name}; choose a "
                "run trained on them."
            )


def save_run(
    folder: Path,
    info: RunInfo,
    *,
    model_files: Path,
    history: list[Epoch],
    evaluation: Evaluation,
    mean: np.ndarray,
    scale: np.ndarray,
    trained_on: np.ndarray,
) -> Run:
    """Write a run; `model_files` is the folder where model.keras and model.tflite lie.

    Raises StorageError if `folder` exists already or can't be written.
    """
    with storage.writing_folder(folder) as partial:
        for name in ("model.keras", "model.tflite"):
            shutil.copyfile(model_files / name, partial / name)
        (partial / "history.json").write_text(json.dumps([asdict(epoch) for epoch in history]), encoding="utf-8")
        np.savez(partial / "scaler.npz", mean=mean, scale=scale)
        np.save(partial / "training.npy", trained_on.astype(np.float32))
        evaluation.frame().drop(columns="predicted").to_parquet(partial / "predictions.parquet", compression="zstd")
        checksums = {name: _checksum(partial / name) for name in FILES}
        said = {"format": FORMAT, **asdict(info), "checksums": checksums}
        del said["name"]  # a run is called as its folder is
        (partial / "run.json").write_text(json.dumps(said, indent=2), encoding="utf-8")
    return load_run(folder)


def load_run(run: str | Path) -> Run:
    """Open a run by its name or its folder, checking that it is whole.

    Raises RunError if there is none, it is damaged, foreign, or of a newer format.
    """
    folder = folder_of(run)
    info, checksums = _read_info(folder)
    for name in FILES:
        if not (folder / name).is_file() or _checksum(folder / name) != checksums.get(name):
            raise RunError(f"The run {folder.name} is damaged ({name} is not as it was written); train it again.")
    if feature_set(info.features).version != info.feature_version:
        raise RunError(
            f"The run {folder.name} was trained on version {info.feature_version} of its features and this is version "
            f"{feature_set(info.features).version}; train it again."
        )
    with np.load(folder / "scaler.npz", allow_pickle=False) as scaler:
        return Run(folder, info, scaler["mean"], scaler["scale"])


def list_runs() -> list[RunInfo]:
    """What is known of every run: the user's, the newest first, then the bundled ones.  Damaged ones are left out."""
    own = sorted(_infos(storage.runs_dir()), key=lambda info: info.created, reverse=True)
    return own + sorted(_infos(storage.BUNDLED / "runs"), key=lambda info: info.name)


def new_name(model: str, split: str) -> str:
    """A name for a new run; its end is drawn by chance, for people who start one in the same second."""
    return f"{model}-{split}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _infos(parent: Path) -> Iterator[RunInfo]:
    if not parent.is_dir():
        return
    for folder in parent.iterdir():
        if (folder / "run.json").is_file() and not storage.is_partial(folder):
            with suppress(GenreLabError):
                yield _read_info(folder)[0]


def folder_of(run: str | Path) -> Path:
    """The folder of a run; a plain name is looked for among the bundled runs, then the user's.

    Raises RunError if there is none.
    """
    path = storage.user_path(str(run))
    places = [storage.BUNDLED / "runs" / path, storage.runs_dir() / path] if path.name == str(run) else []
    for place in (*places, path):
        if (place / "run.json").is_file():
            return place
    raise RunError(f"There is no run {run}; `python -m genre_core runs` lists those that there are.")


def _read_info(folder: Path) -> tuple[RunInfo, dict[str, str]]:
    """What run.json says, and the checksums of the other files."""
    try:
        said = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        written, checksums = said.pop("format"), dict(said.pop("checksums"))
        if written != FORMAT:
            raise RunError(
                f"The run {folder.name} has format {written}, and this version reads format {FORMAT}; update Genre Lab."
            )
        said["genres"] = tuple(said["genres"])
        said["config"] = ModelConfig(**said["config"] | {"layers": tuple(said["config"]["layers"])})
        said["split"] = SplitConfig(**said["split"])
        said["counts"] = SplitCounts(**said["counts"])
        return RunInfo(name=folder.name, **said), checksums
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ConfigError) as error:
        raise RunError(f"{folder.name} is not a run of Genre Lab, or its run.json is damaged.") from error


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
