"""Saving, annotating, sharing and deleting runs."""

import secrets
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from genre_core import storage
from genre_core.errors import RunError
from genre_core.evaluation import Evaluation
from genre_core.models.domain import TrainingDomain
from genre_core.models.history import Epoch, write_history
from genre_core.models.linear import LINEAR_FILE
from genre_core.models.scaling import Scaling
from genre_core.runs import formats
from genre_core.runs.formats import RunFile, read_run_file, write_run_file
from genre_core.runs.info import MAX_TEXT_LENGTH, RunInfo
from genre_core.runs.loading import checksum, is_run_folder, load_run
from genre_core.runs.predictions import write_predictions
from genre_core.runs.run import Run

_changing = threading.Lock()
"""Held while a run is annotated or deleted, so that an annotation never re-creates a deleted run."""


def new_run_name(model: str, split: str) -> str:
    """A unique name for a new run; its random end tells apart runs started in the same second."""
    return f"{model}-{split}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def save_run(
    folder: Path,
    info: RunInfo,
    *,
    model_folder: Path,
    history: list[Epoch],
    evaluation: Evaluation,
    scaling: Scaling,
    training_signatures: np.ndarray,
    domain: TrainingDomain | None = None,
) -> Run:
    """Write a run.

    Parameters
    ----------
    folder : the new folder of the run.
    model_folder : the folder that holds the trained model's files.
    evaluation : the predictions for the test set. Those of a cross-validation have `fold`, the number (from 1) of the
        fold that tested each segment, in the order of `info.folds`; and `artist`, unless the artists of GTZAN apply.
    training_signatures : signatures (`FeatureSet.signature`) of the training segments.
    domain : the domain of the training set; None if the run can't tell in-domain from out-of-domain music.

    Raises
    ------
    StorageError
        If `folder` exists already or can't be written.
    ValueError
        If the folds of the evaluation are not those of `info`.
    """
    if evaluation.fold is not None and set(evaluation.fold.tolist()) != set(range(1, len(info.folds) + 1)):
        raise ValueError(f"the folds of the evaluation are not numbered from 1 to {len(info.folds)}")
    with storage.writing_folder(folder) as partial:
        for name in formats.model_files(info.config):
            shutil.copyfile(model_folder / name, partial / name)
        if (model_folder / LINEAR_FILE).is_file():
            shutil.copyfile(model_folder / LINEAR_FILE, partial / LINEAR_FILE)
        write_history(partial, history)
        scaling.save(partial / formats.SCALING_FILE)
        np.save(partial / formats.SIGNATURES_FILE, training_signatures)
        write_predictions(partial, evaluation)
        if domain:
            domain.save(partial / formats.DOMAIN_FILE)
        optional = [name for name in formats.OPTIONAL_FILES if (partial / name).is_file()]
        checksums = {name: checksum(partial / name) for name in (*formats.run_files(info.config), *optional)}
        write_run_file(partial / formats.RUN_FILE, RunFile(info, checksums))
    return load_run(folder)


def annotate_run(name: str, *, title: str, note: str) -> None:
    """Set the title and the note of one of the user's runs.

    Raises
    ------
    RunError
        If there is no such run, or it is bundled with Genre Lab.
    """
    _change(name, title=title.strip()[:MAX_TEXT_LENGTH], note=note.strip()[:MAX_TEXT_LENGTH])


def share_run(name: str, shared: bool) -> None:
    """Show one of the user's runs to all visitors of a served dashboard, or to its owner alone.

    Raises
    ------
    RunError
        If there is no such run, or it is bundled with Genre Lab.
    """
    _change(name, shared=shared)


def _change(name: str, **facts: Any) -> None:
    with _changing:
        folder = _user_folder(name)
        stored = read_run_file(folder)
        with storage.writing_file(folder / formats.RUN_FILE) as partial:
            write_run_file(partial, RunFile(replace(stored.info, **facts), stored.checksums))


def delete_run(name: str) -> None:
    """Delete one of the user's runs; it may be damaged.

    Raises
    ------
    RunError
        If there is no such run, or it is bundled with Genre Lab.
    """
    with _changing:
        storage.delete_folder(_user_folder(name))


def _user_folder(name: str) -> Path:
    folder = storage.runs_dir() / name
    if Path(name).name != name or name in ("", "..") or not is_run_folder(folder):
        raise RunError(f"You have no run named {name}; bundled runs can't be changed.")
    return folder
