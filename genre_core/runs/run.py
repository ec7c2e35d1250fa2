"""A run on disk: one training with its configuration, history, scores, predictions and model.

A folder with
    run.json             format, title, note, data, features, genres, configuration, split, scores, versions, checksums
    history.json         what each epoch gave; nothing for a model that learns in one go
    predictions.parquet  every test segment with its probabilities
    scaler.npz           the scaling of each column, or of each band of a picture, fitted on the training part
    training.npy         signatures of the segments that it was trained on, by which `seen` knows them again
    model.keras          a network, for further work in Keras
    model.tflite         the same network, which the app and the command line run
    model.skops          or a model of scikit-learn
It is written whole or not at all, and read only if every file is as it was written.  Nothing in it is a pickle.

With folds the predictions are those of the folds' models, each for the segments that it had not learned from, the
history is the mean of theirs, and the model is one more, which learned from all segments.

To raise FORMAT: change what is written, and let `_read_info` still read the formats before, with a test on a folder
of each (tests/data).  Format 1 had networks alone, its scores lay flat in run.json, and it had no intervals.
"""

import hashlib
import json
import math
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from genre_core import storage
from genre_core.datasets import Dataset, identity
from genre_core.datasets.splits import SplitConfig
from genre_core.errors import ConfigError, GenreLabError, RunError
from genre_core.evaluation import SCORES, Evaluation, Interval, Scores
from genre_core.features import FeatureSet, feature_set
from genre_core.models import serving
from genre_core.models.calibration import sharpened
from genre_core.models.config import ModelConfig, make_config
from genre_core.models.history import Epoch
from genre_core.models.scaling import Scaling

FORMAT = 2
_COMMON_FILES = ("history.json", "predictions.parquet", "scaler.npz", "training.npy")
_NETWORK_FILES = ("model.keras", serving.NETWORK_FILE)
_ESTIMATOR_FILES = (serving.ESTIMATOR_FILE,)
DEFAULT = "two-networks"
"""The bundled run that judges when no other is named."""
PAPER = "paper-random"
"""The bundled run of the paper's network under the paper's split."""

_SAME_SEGMENT = 0.05
"""Largest difference in any scaled column between two renderings of the same segment: the columns of HPSS differ
by up to 0.025 between our recipe and the Kaggle tables; another segment is never this near in all 58."""
_SAME_PICTURE = 6.0
"""Largest difference between the 64 blocks of two renderings of the same picture, in its 255 steps."""
_SCALED_AT_ONCE = 2000  # segments: as uint8, a large set of pictures takes an eighth of the memory
LONGEST_TEXT = 2000
"""Characters of a title or a note."""
_changing = threading.Lock()
"""Held while a run is described or deleted, so that a description never outlives its run."""


def files_of(config: ModelConfig) -> tuple[str, ...]:
    """The files of a run of such a model, beside run.json."""
    return _COMMON_FILES + (_NETWORK_FILES if config.is_network else _ESTIMATOR_FILES)


@dataclass(frozen=True)
class SplitCounts:
    """What a split put on either side; with folds, what the last model learned from, and what all folds tested."""

    train_segments: int
    test_segments: int
    train_tracks: int
    test_tracks: int
    shared_tracks: int
    """Tracks that have segments on both sides, of any fold."""


@dataclass(frozen=True)
class RunInfo:
    """What run.json says of a run; checks itself when made (ValueError)."""

    name: str
    """That of its folder."""
    title: str
    """What the run is, in a few words, for people."""
    note: str
    """What someone wrote about it."""
    created: str
    """ISO 8601, UTC."""
    data: str
    data_id: str
    """`Dataset.identity` of the data; empty if it is not known."""
    test_id: str
    """The same of what it was tested on."""
    features: str
    feature_version: int
    segment_samples: int
    genres: tuple[str, ...]
    config: ModelConfig
    split: SplitConfig
    counts: SplitCounts
    left_out: dict[str, int]
    """Number of tracks that the split put on no side, by the reason."""
    untested_genres: tuple[str, ...]
    """Genres that count in no score."""
    parameters: int
    epochs: int
    """Epochs that were trained; fewer than configured if it was stopped."""
    stopped: bool
    seconds: float
    """Of all trainings that it took."""
    scores: Scores
    """Of the test part of the split; with folds, of all of them together."""
    ci95: dict[str, Interval]
    """The interval of each of the scores."""
    folds: tuple[Scores, ...]
    """Of each fold; empty for one split."""
    selection: Scores | None
    """Where the split has a validation part: how the model that learned from the training part alone did on it."""
    sweep: str
    """The sweep that it belongs to, if any."""
    versions: dict[str, str]

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.created)
        scores = (self.scores, *self.folds, *([self.selection] if self.selection else []))
        intervals = [number for interval in self.ci95.values() for number in astuple(interval)]
        numbers = [number for score in scores for number in astuple(score)] + intervals + [self.seconds]
        counts = (self.parameters, self.epochs, self.segment_samples, self.feature_version, *astuple(self.counts))
        texts = (self.name, self.title, self.note, self.data, self.data_id, self.test_id, self.features, self.sweep)
        if not all(isinstance(value, (int, float)) and math.isfinite(value) for value in numbers):
            raise ValueError("a score is not a number")
        if not all(isinstance(value, int) and value >= 0 for value in (*counts, *self.left_out.values())):
            raise ValueError("a count is not a whole number")
        if not all(isinstance(value, str) for value in (*texts, *self.genres)) or len(self.genres) < 2:
            raise ValueError("a name is not a text")
        if set(self.ci95) != set(SCORES):
            raise ValueError("an interval is missing")

    @property
    def description(self) -> str:
        """The configuration in a line."""
        epochs = f", {self.epochs} epochs" if self.config.is_network else ""
        return f"{self.config.description}{epochs}"


@dataclass(frozen=True, eq=False)
class Run:
    """A run and where it lies; made by `load_run`, which has checked its files."""

    folder: Path
    info: RunInfo
    scaling: Scaling

    @property
    def feature_set(self) -> FeatureSet:
        return feature_set(self.info.features)

    def probabilities(self, values: np.ndarray) -> np.ndarray:
        """Genre probabilities, shape (n, genres), of unscaled features of shape (n, *shape).

        Raises RunError if the model can't be read.
        """
        blocks = np.array_split(values, max(len(values) // _SCALED_AT_ONCE, 1))
        genres = len(self.info.genres)
        model = self.folder / (serving.NETWORK_FILE if self.info.config.is_network else serving.ESTIMATOR_FILE)
        return np.concatenate([serving.probabilities(model, self.scaling.apply(part), genres) for part in blocks])

    @property
    def learned(self) -> np.ndarray:
        """Signatures of the segments that it was trained on (`FeatureSet.signature`).

        Raises RunError if they can't be read.
        """
        try:
            return np.load(self.folder / "training.npy", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise RunError(f"What {self.info.name} learned from can't be read; train it again.") from error

    def calibrated(self, shares: np.ndarray, n_separate: float) -> np.ndarray:
        """The mean probabilities of a song's segments, as sure as the run was right on tracks.

        A mean over many segments is right more often than it is sure, and one segment is not: how much surer it may
        be grows with the logarithm of their number, up to that of the tracks.

        Parameters
        ----------
        shares : shape (genres,).
        n_separate : how many segments there are that don't overlap, at least 1.

        Raises RunError if the run's predictions can't be read.
        """
        sharp, segments = self._track_sharpness
        part = min(np.log(max(n_separate, 1.0)) / np.log(segments), 1.0) if segments > 1 else 1.0
        return sharpened(shares, sharp**part)

    @cached_property
    def _track_sharpness(self) -> tuple[float, float]:
        """What makes tracks as sure as they were right, and how many segments they have."""
        evaluation = self.evaluation()
        sharp = evaluation.track_sharpness
        # A test on recordings that it knew does not say that it may be surer.
        known = bool(self.info.counts.shared_tracks)
        return min(sharp, 1.0) if known else sharp, len(evaluation.labels) / len(evaluation.tracks)

    def history(self) -> list[Epoch]:
        return [Epoch(**epoch) for epoch in json.loads((self.folder / "history.json").read_text(encoding="utf-8"))]

    def evaluation(self) -> Evaluation:
        """The predictions for its test part.  RunError if they can't be read."""
        try:
            return _predictions(self.folder, self.info.genres)
        except (OSError, ValueError, LookupError) as error:
            raise RunError(f"The predictions of {self.info.name} can't be read; train it again.") from error

    def seen(self, values: np.ndarray) -> np.ndarray:
        """Which segments the run was trained on, by their content.

        Parameters
        ----------
        values : shape (n, *shape), unscaled features.

        Returns
        -------
        shape (n,), bool: whether a training segment has the same features, up to what different versions of the
        recipe make of the same audio.
        """
        trained = self.learned
        asked = self.feature_set.signature(values)
        if self.feature_set.is_picture:
            nearest = _SAME_PICTURE
        else:
            spread = Scaling.fit(trained.astype(np.float64))
            trained, asked = spread.apply(trained), spread.apply(values)
            nearest = _SAME_SEGMENT
        distance, _ = cKDTree(trained).query(asked, p=np.inf, distance_upper_bound=nearest)
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
    scaling: Scaling,
    trained_on: np.ndarray,
) -> Run:
    """Write a run.

    Parameters
    ----------
    model_files : the folder where the model's files lie.
    trained_on : signatures (`FeatureSet.signature`) of the segments that it was trained on.

    Raises StorageError if `folder` exists already or can't be written.
    """
    with storage.writing_folder(folder) as partial:
        for name in _NETWORK_FILES if info.config.is_network else _ESTIMATOR_FILES:
            shutil.copyfile(model_files / name, partial / name)
        (partial / "history.json").write_text(json.dumps([asdict(epoch) for epoch in history]), encoding="utf-8")
        scaling.save(partial / "scaler.npz")
        np.save(partial / "training.npy", trained_on)
        evaluation.frame().drop(columns="predicted").to_parquet(partial / "predictions.parquet", compression="zstd")
        checksums = {name: _checksum(partial / name) for name in files_of(info.config)}
        _write_info(partial / "run.json", info, checksums)
    return load_run(folder)


def describe_run(name: str, *, title: str, note: str) -> None:
    """Give one of the user's runs a title and a note.  RunError if there is no such run, or it is a bundled one."""
    with _changing:
        folder = _own_folder(name)
        info, checksums = _read_info(folder)
        info = replace(info, title=title.strip()[:LONGEST_TEXT], note=note.strip()[:LONGEST_TEXT])
        with storage.writing_file(folder / "run.json") as partial:
            _write_info(partial, info, checksums)


def delete_run(name: str) -> None:
    """Delete one of the user's runs.  RunError if there is no such run, or it is a bundled one."""
    with _changing:
        storage.delete_folder(_own_folder(name))


def _own_folder(name: str) -> Path:
    folder = storage.runs_dir() / name
    if Path(name).name != name or not (folder / "run.json").is_file():
        raise RunError(f"There is no run {name} among yours; the bundled ones stay as they are.")
    return folder


def _write_info(path: Path, info: RunInfo, checksums: dict[str, str]) -> None:
    said = asdict(info)
    del said["name"]  # a run is called as its folder is
    said["model"] = info.config.model
    path.write_text(json.dumps({"format": FORMAT, **said, "checksums": checksums}, indent=2), encoding="utf-8")


def load_run(run: str | Path) -> Run:
    """Open a run by its name or its folder, checking that it is whole.

    Raises RunError if there is none, it is damaged, foreign, or of a newer format.
    """
    folder = folder_of(run)
    info, checksums = _read_info(folder)
    for name in files_of(info.config):
        if not (folder / name).is_file() or _checksum(folder / name) != checksums.get(name):
            raise RunError(f"The run {folder.name} is damaged ({name} is not as it was written); train it again.")
    if feature_set(info.features).version != info.feature_version:
        raise RunError(
            f"The run {folder.name} was trained on version {info.feature_version} of its features and this is version "
            f"{feature_set(info.features).version}; train it again."
        )
    return Run(folder, info, Scaling.load(folder / "scaler.npz"))


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
            with suppress(GenreLabError, OSError):
                yield _known_info(folder, (folder / "run.json").stat().st_mtime_ns)


@lru_cache(maxsize=4096)
def _known_info(folder: Path, modified: int) -> RunInfo:
    """What run.json says, read once for each time that it was written."""
    return _read_info(folder)[0]


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
        if written not in (1, FORMAT):
            raise RunError(
                f"The run {folder.name} has format {written}, and this version reads up to {FORMAT}; update Genre Lab."
            )
        settings = said.pop("config")
        said["config"] = make_config(said.pop("model"), settings, seed=settings.pop("seed"))
        said["split"] = SplitConfig(**said["split"])
        said["counts"] = SplitCounts(**said["counts"])
        said["genres"] = tuple(said["genres"])
        if written == 1:
            said = _from_format_1(said, folder)
        else:
            said["untested_genres"] = tuple(said["untested_genres"])
            said["scores"] = Scores(**said["scores"])
            said["ci95"] = {name: Interval(**interval) for name, interval in said["ci95"].items()}
            said["folds"] = tuple(Scores(**fold) for fold in said["folds"])
            said["selection"] = Scores(**said["selection"]) if said["selection"] else None
        return RunInfo(name=folder.name, **said), checksums
    except (OSError, ValueError, TypeError, LookupError, AttributeError, ConfigError) as error:
        raise RunError(f"{folder.name} is not a run of Genre Lab, or its run.json is damaged.") from error


def _from_format_1(said: dict[str, Any], folder: Path) -> dict[str, Any]:
    for name in ("loss", "accuracy", "track_accuracy", "macro_f1"):
        if not math.isfinite(said.pop(name)):
            raise ValueError(f"{name} is not a number")
    evaluation = _predictions(folder, said["genres"])
    heard = np.array(said["genres"])[evaluation.labels]
    new: dict[str, Any] = {
        "note": "",
        "data_id": "",
        "test_id": identity(evaluation.track, evaluation.start_s, heard),
        "left_out": {},
        "untested_genres": (),
        "folds": (),
        "selection": None,
        "sweep": "",
    }
    return said | new | {"scores": evaluation.scores, "ci95": evaluation.ci95}


def _predictions(folder: Path, genres: tuple[str, ...]) -> Evaluation:
    frame = pd.read_parquet(folder / "predictions.parquet")
    places = {genre: i for i, genre in enumerate(genres)}
    return Evaluation(
        genres=genres,
        labels=np.array([places[genre] for genre in frame["genre"]], dtype=np.int64),
        track=frame["track"].to_numpy(dtype=object).astype(str),
        start_s=frame["start_s"].to_numpy(),
        probabilities=frame[[f"p_{genre}" for genre in genres]].to_numpy(),
    )


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
