"""The format of a run on disk.

A run is a folder with

    run.json             format, title, note, dataset, feature set, genres, configuration, split, scores, versions,
                         checksums of the other files
    history.json         metrics of each epoch; empty for models without epochs
    predictions.parquet  the probabilities of every test segment; with folds, its fold and its artist
    scaler.npz           the scaling of the features, fitted on the training set
    training.npy         signatures of the training segments, by which `Run.seen` recognizes them
    domain.npz           what tells music of the run's genres from other music (`TrainingDomain`); not there if the
                         training set was too small, and in runs of earlier versions
    model.keras          a network in Keras format, for further work
    model.tflite         the same network in LiteRT format, which the app and the command line use
    model.skops          or a scikit-learn model

A run is written whole or not at all, and is read only if the checksums match. No file is a pickle.

With folds, the predictions are those of the folds' models, each for its own test set; the history is the mean of the
folds; and the stored model is trained on all segments.

To raise FORMAT: change what is written, let `read_run_file` read all earlier formats, and add a test on a run of each
(tests/data). The history of the format:

1: networks only; scores at the top level of run.json; no confidence intervals.
2: all models; intervals, folds, validation scores.
3: the keys of run.json and the columns of the predictions take their current names (`old_names`).
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genre_core import old_names
from genre_core.datasets import fingerprint
from genre_core.datasets.splits import SplitConfig
from genre_core.errors import ConfigError, RunError
from genre_core.evaluation import Interval, Scores
from genre_core.models import serving
from genre_core.models.base import ModelConfig
from genre_core.models.config import make_config
from genre_core.models.history import HISTORY_FILE
from genre_core.runs.info import AugmentedScores, RunInfo, SplitCounts
from genre_core.runs.predictions import PREDICTIONS_FILE, read_predictions

FORMAT = 3

RUN_FILE, SCALING_FILE, SIGNATURES_FILE, DOMAIN_FILE = "run.json", "scaler.npz", "training.npy", "domain.npz"
_COMMON_FILES = (HISTORY_FILE, PREDICTIONS_FILE, SCALING_FILE, SIGNATURES_FILE)


@dataclass(frozen=True)
class RunFile:
    """The content of run.json."""

    info: RunInfo
    checksums: dict[str, str]
    """SHA-256 of each other file, by its name."""


def model_files(config: ModelConfig) -> tuple[str, ...]:
    """The files of a trained model of this kind."""
    return ("model.keras", serving.NETWORK_FILE) if config.is_network else (serving.ESTIMATOR_FILE,)


def run_files(config: ModelConfig) -> tuple[str, ...]:
    """The files that every run with such a model has, apart from run.json."""
    return _COMMON_FILES + model_files(config)


def files_to_verify(run_file: RunFile) -> tuple[str, ...]:
    """The files of a run, except run.json."""
    return run_files(run_file.info.config) + ((DOMAIN_FILE,) if DOMAIN_FILE in run_file.checksums else ())


def write_run_file(path: Path, run_file: RunFile) -> None:
    """Write run.json in the current format."""
    content = asdict(run_file.info)
    del content["name"]  # the name of the folder
    content["model"] = run_file.info.config.model
    document = {"format": FORMAT, **content, "checksums": run_file.checksums}
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")


def read_run_file(folder: Path) -> RunFile:
    """Read the run.json of a run of any format.

    Raises
    ------
    RunError
        If it is missing, damaged or of a newer format.
    """
    try:
        document = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        format_, checksums = document.pop("format"), dict(document.pop("checksums"))
        if format_ not in range(1, FORMAT + 1):
            raise RunError(
                f"The run {folder.name} has format {format_}, but this version reads formats up to {FORMAT}; update "
                "Genre Lab."
            )
        if format_ < 3:
            document = _format_3_names(document)
        content = _with_scores_of_format_1(document, folder) if format_ == 1 else _with_scores(document)
        settings = content.pop("config")
        content["config"] = make_config(content.pop("model"), settings, seed=settings.pop("seed"))
        content["split"] = SplitConfig(**content["split"])
        content["counts"] = SplitCounts(**content["counts"])
        content["genres"] = tuple(content["genres"])
        return RunFile(RunInfo(name=folder.name, **content), checksums)
    except (OSError, ValueError, TypeError, LookupError, AttributeError, ConfigError) as error:
        raise RunError(f"{folder.name} is not a run of Genre Lab, or its run.json is damaged.") from error


def _format_3_names(document: dict[str, Any]) -> dict[str, Any]:
    """The document of an earlier format under the current names."""
    current = {old_names.RUN_KEYS.get(key, key): value for key, value in document.items()}
    current["features"] = old_names.current_feature_set(current["features"])
    current["config"] = old_names.current_settings(current["config"])
    return current


def _with_scores(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its scores as objects."""
    validation = document["validation_scores"]
    return document | {
        "untested_genres": tuple(document["untested_genres"]),
        "scores": Scores(**document["scores"]),
        "ci95": _intervals(document["ci95"]),
        "folds": tuple(Scores(**fold) for fold in document["folds"]),
        "validation_scores": Scores(**validation) if validation else None,
        # Runs of format 3 may lack these two.
        "augmentations": tuple(document.get("augmentations", ())),
        "augmented": {
            name: AugmentedScores(Scores(**test["scores"]), _intervals(test["ci95"]))
            for name, test in document.get("augmented", {}).items()
        },
    }


def _intervals(ci95: dict[str, Any]) -> dict[str, Interval]:
    return {name: Interval(**interval) for name, interval in ci95.items()}


def _with_scores_of_format_1(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The document with scores and intervals computed from the predictions, and the facts that format 1 lacks."""
    for name in ("loss", "accuracy", "track_accuracy", "macro_f1"):
        if not math.isfinite(document.pop(name)):
            raise ValueError(f"{name} is not a finite number")
    evaluation = read_predictions(folder, document["genres"])
    true_genres = np.array(document["genres"])[evaluation.labels]
    return document | {
        "note": "",
        "dataset_id": "",
        "test_id": fingerprint(evaluation.track, evaluation.start_s, true_genres),
        "excluded": {},
        "untested_genres": (),
        "scores": evaluation.scores,
        "ci95": evaluation.ci95,
        "folds": (),
        "validation_scores": None,
        "sweep": "",
    }
