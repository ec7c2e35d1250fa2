"""Import: a run from a ZIP archive that `exporting` wrote, or that someone else made.

An archive is untrusted.  Only the files of a run are read from it, under names of our own and within the limits of
`genre_core.reading`; they are checked as those of every run are, the model is tried, and only then is the run stored.
"""

import itertools
import re
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from genre_core import old_names, storage
from genre_core.errors import ConfigError, DamagedFileError, GenreLabError, RunError, StorageError
from genre_core.models import serving
from genre_core.reading import limits, read_json, reporting_damage
from genre_core.reading.archives import read_files
from genre_core.reading.tables import open_table
from genre_core.runs.exchange.exporting import RUN_FOLDER
from genre_core.runs.exchange.facts import FACTS_FILE
from genre_core.runs.formats import (
    COMMON_FILES,
    KERAS_FILE,
    OPTIONAL_FILES,
    RUN_FILE,
    RunFile,
    read_run_file,
    write_run_file,
)
from genre_core.runs.info import RunInfo
from genre_core.runs.loading import load_run, run_info
from genre_core.runs.predictions import PREDICTIONS_FILE, TEXT_COLUMNS
from genre_core.runs.run import Run

MOST_UNPACKED_BYTES = limits.MOST_MODEL_BYTES
"""Of all files in an archive together."""
_NAME = re.compile(r"\w(?:[\w. -]{0,98}\w)?", re.ASCII)
_UNNAMED = "imported-run"


def import_run(source: Path | bytes, name: str | None = None, *, owner: str = "") -> RunInfo:
    """Store the run in a ZIP archive among the user's.

    Parameters
    ----------
    source : the file, or its content.
    name : of the new run; None for the one that it had.  A name that exists gets a number.
    owner : id of the visitor of a served dashboard who imports it; empty for the operator.

    Returns
    -------
    The facts of the new run.

    Raises
    ------
    RunError
        If there is no run in the archive, or it is damaged, of a newer format or of another version of its features.
    ConfigError
        If the name can't be that of a run.
    StorageError
        If the run can't be written.
    """
    if name is not None and not _NAME.fullmatch(name):
        raise ConfigError(
            "The name of a run has letters and digits, with spaces, dots, - and _ between them; choose another."
        )
    with storage.scratch_folder() as scratch:
        archive, folder = _file(source, scratch), scratch / "unpacked"
        folder.mkdir()
        try:
            former = _unpack(archive, folder)
            name = name or former
            (scratch / RUN_FOLDER).mkdir()
            folder = folder.rename(scratch / RUN_FOLDER / name)  # messages name the run
            _adopt(folder, owner)
            _check_predictions(folder / PREDICTIONS_FILE)
            _try_model(load_run(folder))
        except StorageError:
            raise
        except GenreLabError as error:
            reason = str(error).removeprefix(f"{archive.name} is damaged: ").removesuffix(".")
            reason = reason.removesuffix("; train it again")
            raise RunError(f"This file can't be imported as a run ({reason}); export the run again.") from error
        return _store(folder, name)


def _file(source: Path | bytes, scratch: Path) -> Path:
    if isinstance(source, Path):
        return source
    path = scratch / "archive.zip"
    path.write_bytes(source)
    return path


def _unpack(archive: Path, folder: Path) -> str:
    """Write the files of a run to a folder; returns the name that the run had."""
    wanted = {RUN_FILE, *COMMON_FILES, *OPTIONAL_FILES, serving.NETWORK_FILE, serving.ESTIMATOR_FILE} - {KERAS_FILE}
    facts = folder.with_name(FACTS_FILE)
    parents = set()
    with reporting_damage(archive):
        limits.check_size(archive.stat().st_size, limits.MOST_CONTENT_BYTES)
        for name, content in read_files(archive, most_bytes=MOST_UNPACKED_BYTES):
            entry = PurePosixPath(name)
            is_of_run = entry.parent.name == RUN_FOLDER and entry.name in wanted
            if not is_of_run and entry.name != FACTS_FILE:
                continue
            parents.add(entry.parent.parent if is_of_run else entry.parent)
            with (folder / entry.name if is_of_run else facts).open("xb") as file:
                shutil.copyfileobj(content, file)
        if not (folder / RUN_FILE).is_file() or len(parents) > 1:
            raise ValueError("it does not hold one run")
    return _former_name(facts)


def _former_name(facts: Path) -> str:
    """The name in predict.json, as far as it can be that of a run."""
    with suppress(DamagedFileError):
        name = read_json(facts, dict[str, Any]).get("run")
        if isinstance(name, str) and _NAME.fullmatch(name):
            return name
    return _UNNAMED


def _adopt(folder: Path, owner: str) -> None:
    """Write run.json anew, for its new owner and without what was left out."""
    stored = read_run_file(folder)
    checksums = {name: value for name, value in stored.checksums.items() if name != KERAS_FILE}
    info = replace(stored.info, owner=owner, shared=False, gathered="", imported=True)
    write_run_file(folder / RUN_FILE, RunFile(info, checksums))


def _check_predictions(path: Path) -> None:
    """Read the predictions as a table of someone else's, before they are read as those of a run.

    Raises DamagedFileError if they unfold to more than a table may.
    """
    with reporting_damage(path):
        table = open_table(path)
        texts = [name for name in table.names if old_names.PREDICTION_COLUMNS.get(name, name) in TEXT_COLUMNS]
        table.read([name for name in table.names if name not in texts], texts)


def _try_model(run: Run) -> None:
    """Predict one segment.  Raises RunError if the model can't."""
    kind = np.uint8 if run.feature_set.is_picture else np.float64
    run.probabilities(np.zeros((1, *run.feature_set.shape), kind))


def _store(folder: Path, wanted: str) -> RunInfo:
    """Move the files of a run to a folder of the user's runs, whose name gets a number if it exists."""
    names = itertools.chain([wanted], (f"{wanted}-{number}" for number in itertools.count(2)))
    name = next(name for name in names if not any((parent / name).exists() for parent in _parents()))
    with storage.writing_folder(storage.runs_dir() / name) as partial:
        for file in folder.iterdir():
            shutil.copyfile(file, partial / file.name)
    return run_info(name)


def _parents() -> tuple[Path, Path]:
    return storage.bundled_runs_dir(), storage.runs_dir()
