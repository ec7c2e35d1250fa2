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
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from genre_core import storage
from genre_core.datasets import Dataset
from genre_core.errors import GenreLabError, RunError
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
    """What run.json says of a run."""

    name: str
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
        """RunError unless the run can judge the data set: the same features and no genre that it doesn't know."""
        if dataset.features != self.info.features:
            raise RunError(
                f"The run {self.info.name} takes the features {self.info.features!r} and {dataset.name} has "
                f"{dataset.features!r}; choose another run."
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
        (partial / "run.json").write_text(json.dumps(said, indent=2), encoding="utf-8")
    return load_run(folder)


def load_run(run: str | Path) -> Run:
    """Open a run by its name or its folder, checking that it is whole.

    Raises RunError if there is none, it is damaged, foreign, or of a newer format.
    """
    folder = folder_of(run)
    said = _read_run_json(folder)
    checksums = said.get("checksums", {})
    for name in FILES:
        if not (folder / name).is_file() or _checksum(folder / name) != checksums.get(name):
            raise RunError(f"The run {folder.name} is damaged ({name} is not as it was written); train it again.")
    try:
        with np.load(folder / "scaler.npz", allow_pickle=False) as scaler:
            run_ = Run(folder, _info(said), scaler["mean"], scaler["scale"])
        if run_.feature_set.version != run_.info.feature_version:
            raise RunError(
                f"The run {folder.name} was trained on version {run_.info.feature_version} of its features and this is "
                f"version {run_.feature_set.version}; train it again."
            )
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise RunError(f"The run {folder.name} is damaged (its run.json does not fit); train it again.") from error
    return run_


def list_runs() -> list[RunInfo]:
    """What is known of every run: the user's, the newest first, then the bundled ones.  Damaged ones are left out."""
    infos = [_listed(folder) for folder in _run_folders(storage.runs_dir())]
    own = sorted((info for info in infos if info), key=lambda info: info.created, reverse=True)
    bundled = [_listed(folder) for folder in sorted(_run_folders(storage.BUNDLED / "runs"))]
    return own + [info for info in bundled if info]


def new_name(model: str, split: str) -> str:
    """A name for a new run; its end is drawn by chance, for people who start one in the same second."""
    return f"{model}-{split}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _run_folders(parent: Path) -> Iterable[Path]:
    if not parent.is_dir():
        return []
    return [folder for folder in parent.iterdir() if not storage.is_partial(folder) and (folder / "run.json").is_file()]


def _listed(folder: Path) -> RunInfo | None:
    try:
        return _info(_read_run_json(folder))
    except (GenreLabError, KeyError, TypeError, ValueError):
        return None


def folder_of(run: str | Path) -> Path:
    """The folder of a run; a plain name is looked for among the user's runs, then the bundled ones.

    Raises RunError if there is none.
    """
    named = Path(run).name == str(run)
    places = [storage.runs_dir() / run, storage.BUNDLED / "runs" / run] if named else []
    for place in (*places, Path(run).expanduser()):
        if (place / "run.json").is_file():
            return place
    raise RunError(f"There is no run {run}; `python -m genre_core runs` lists those that there are.")


def _read_run_json(folder: Path) -> dict[str, Any]:
    try:
        said = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        written = said["format"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(f"{folder.name} is not a run of Genre Lab, or its run.json is damaged.") from error
    if written != FORMAT:
        raise RunError(f"The run {folder.name} has format {written}, and this version reads format {FORMAT}; update.")
    return said


def _info(said: dict[str, Any]) -> RunInfo:
    fields = {name: said[name] for name in RunInfo.__dataclass_fields__}
    fields["genres"] = tuple(fields["genres"])
    fields["config"] = ModelConfig(**fields["config"] | {"layers": tuple(fields["config"]["layers"])})
    fields["split"] = SplitConfig(**fields["split"])
    fields["counts"] = SplitCounts(**fields["counts"])
    return RunInfo(**fields)


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
