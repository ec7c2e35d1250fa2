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
    model.keras          a network in Keras format, for further work; not there in runs that were imported
    model.tflite         the same network in LiteRT format, which the app and the command line use
    model.skops          or a scikit-learn model
    linear.npz           the numbers of a linear model, by which it predicts without scikit-learn; not there for others,
                         and in runs of earlier versions

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
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genre_core import old_names
from genre_core.datasets import fingerprint
from genre_core.errors import DamagedFileError, RunError
from genre_core.models import serving
from genre_core.models.base import ModelConfig
from genre_core.models.config import make_config
from genre_core.models.history import HISTORY_FILE
from genre_core.models.linear import LINEAR_FILE
from genre_core.reading import as_type, read_json, reporting_damage
from genre_core.runs.info import RunInfo
from genre_core.runs.predictions import PREDICTIONS_FILE, read_predictions

FORMAT = 3

RUN_FILE, SCALING_FILE, SIGNATURES_FILE, DOMAIN_FILE = "run.json", "scaler.npz", "training.npy", "domain.npz"
KERAS_FILE = "model.keras"
_Setting = int | float | str | tuple[int, ...]
"""The value of a model's setting."""
OPTIONAL_FILES = (DOMAIN_FILE, LINEAR_FILE, KERAS_FILE)
COMMON_FILES = (HISTORY_FILE, PREDICTIONS_FILE, SCALING_FILE, SIGNATURES_FILE)


@dataclass(frozen=True)
class RunFile:
    """The content of run.json."""

    info: RunInfo
    checksums: dict[str, str]
    """SHA-256 of each other file, by its name."""


def model_files(config: ModelConfig) -> tuple[str, ...]:
    """The files of a trained model of this kind."""
    return (KERAS_FILE, serving.NETWORK_FILE) if config.is_network else (serving.ESTIMATOR_FILE,)


def run_files(config: ModelConfig) -> tuple[str, ...]:
    """The files that every run with such a model has, apart from run.json."""
    return (*COMMON_FILES, *(name for name in model_files(config) if name not in OPTIONAL_FILES))


def files_to_verify(folder: Path, run_file: RunFile) -> tuple[str, ...]:
    """The files of a run, except run.json; of those that runs may lack, those in its folder or with a checksum."""
    optional = [name for name in OPTIONAL_FILES if name in run_file.checksums or (folder / name).is_file()]
    return (*run_files(run_file.info.config), *optional)


def write_run_file(path: Path, run_file: RunFile) -> None:
    """Write run.json in the current format."""
    path.write_text(json.dumps(run_document(run_file), indent=2), encoding="utf-8")


def run_document(run_file: RunFile) -> dict[str, Any]:
    """The document of run.json in the current format."""
    content = asdict(run_file.info)
    del content["name"]  # the name of the folder
    content["model"] = run_file.info.config.model
    return {"format": FORMAT, **content, "checksums": run_file.checksums}


def read_run_file(folder: Path) -> RunFile:
    """Read the run.json of a run of any format.

    Raises
    ------
    RunError
        If it is missing, damaged or of a newer format.
    """
    with refusing_damage(folder):
        document = read_json(folder / RUN_FILE, dict[str, Any])
        with reporting_damage(folder / RUN_FILE):
            format_ = as_type(int, document.pop("format", None), "format")
            if format_ in range(1, FORMAT + 1):
                checksums = as_type(dict[str, str], document.pop("checksums", None), "checksums")
                if format_ < 3:
                    document = _format_3_names(document)
                if format_ == 1:
                    document = _with_scores_of_format_1(document, folder)
                return RunFile(_run_info(folder.name, document), checksums)
    raise RunError(
        f"The run {shown_name(folder.name)} has format {format_}, but this version reads formats up to {FORMAT}; "
        "update Genre Lab."
    )


@contextmanager
def refusing_damage(folder: Path) -> Iterator[None]:
    """Turn the damage of a run's file into a RunError that names the run."""
    try:
        yield
    except DamagedFileError as error:
        reason = str(error).rstrip(".")
        raise RunError(f"The run {shown_name(folder.name)} can't be opened, since {reason}; train it again.") from error


def shown_name(name: str) -> str:
    """The name of a run's folder in valid Unicode: old names of folders are not always UTF-8."""
    return os.fsencode(name).decode(errors="replace")


def _run_info(name: str, document: dict[str, Any]) -> RunInfo:
    """The facts of a run from a document of the current format, without its `format` and `checksums`."""
    model = as_type(str, document.pop("model", None), "model")
    settings = as_type(dict[str, _Setting], document.pop("config", None), "config")
    seed = as_type(int, settings.pop("seed", None), "config.seed")
    return as_type(RunInfo, {**document, "name": name, "config": make_config(model, settings, seed=seed)})


def _format_3_names(document: dict[str, Any]) -> dict[str, Any]:
    """The document of an earlier format under the current names."""
    current = {old_names.RUN_KEYS.get(key, key): value for key, value in document.items()}
    features = as_type(str, current.get("features"), "features")
    settings = as_type(dict[str, Any], current.get("config"), "config")
    return current | {
        "features": old_names.current_feature_set(features),
        "config": old_names.current_settings(settings),
    }


def _with_scores_of_format_1(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The document with scores and intervals computed from the predictions, and the facts that format 1 lacks."""
    for name in ("loss", "accuracy", "track_accuracy", "macro_f1"):
        as_type(float, document.pop(name, None), name)
    genres = as_type(tuple[str, ...], document.get("genres"), "genres")
    evaluation = read_predictions(folder, genres)
    true_genres = np.array(genres)[evaluation.labels]
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
