"""Finding, listing and opening runs."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from genre_core import storage
from genre_core.errors import RunError, StorageError
from genre_core.features import feature_set
from genre_core.runs.contents import read_contents
from genre_core.runs.formats import RUN_FILE, files_to_verify, read_run_file, refusing_damage, shown_name
from genre_core.runs.info import RunInfo
from genre_core.runs.run import Run

DEFAULT_RUN = "three-networks"
"""The bundled run that predicts when no other is named."""
PAPER_RUN = "paper-random"
"""The bundled run of the paper's network under the paper's split."""


@dataclass(frozen=True)
class DamagedRun:
    """A run whose run.json can't be read."""

    name: str
    """Name of the run's folder."""
    reason: str
    """What is wrong, in a sentence."""

    @property
    def shown_name(self) -> str:
        """Its name in valid Unicode."""
        return shown_name(self.name)


def load_run(run: str | os.PathLike[str]) -> Run:
    """Open a run by its name or folder, and verify its files.

    Raises
    ------
    RunError
        If there is no such run, or it is damaged, of a newer format, or of another version of its features.

    Examples
    --------
    >>> from genre_core import load_run
    >>> run = load_run("paper-track")
    >>> run.info.split.kind, len(run.info.genres)
    ('track', 10)
    """
    folder = run_folder(run)
    stored = read_run_file(folder)
    info = stored.info
    for name in files_to_verify(folder, stored):
        if not (folder / name).is_file() or checksum(folder / name) != stored.checksums.get(name):
            raise RunError(f"The run {info.name} is damaged ({name} was changed or is missing); train it again.")
    features = feature_set(info.features)
    if features.version != info.feature_version:
        raise RunError(
            f"The run {info.name} was trained on version {info.feature_version} of the features {info.features}, but "
            f"this is version {features.version}; train it again."
        )
    with refusing_damage(folder):
        return Run(folder, info, read_contents(folder, info, features))


def run_folder(run: str | os.PathLike[str]) -> Path:
    """The folder of a run. A plain name is looked up among the bundled runs first, then among the user's.

    Raises
    ------
    RunError
        If there is no such run.
    """
    run = os.fspath(run)
    path = storage.user_path(run)
    candidates = [storage.bundled_runs_dir() / path, storage.runs_dir() / path] if path.name == run else []
    for folder in (*candidates, path):
        if (folder / RUN_FILE).is_file():
            return folder
    raise no_such_run(run)


def no_such_run(run: str) -> RunError:
    """The error for a run that does not exist, or that a visitor may not see."""
    return RunError(f"There is no run {run}; `genre-lab runs` lists all runs.")


def list_runs() -> list[RunInfo]:
    """List all readable runs: the user's, newest first; then the bundled ones, the default run first."""
    own = sorted(_readable(storage.runs_dir()), key=lambda info: info.created, reverse=True)
    bundled = sorted(_readable(storage.bundled_runs_dir()), key=lambda info: (info.name != DEFAULT_RUN, info.name))
    return own + bundled


def run_info(name: str) -> RunInfo:
    """The facts of a run, without opening it.

    Raises
    ------
    RunError
        If there is no such run, or its run.json is damaged.
    """
    folder = run_folder(name)
    facts = _facts(folder, (folder / RUN_FILE).stat().st_mtime_ns)
    if isinstance(facts, DamagedRun):
        raise RunError(facts.reason)
    return facts


def list_damaged_runs() -> list[DamagedRun]:
    """List the runs that `list_runs` leaves out, since their run.json can't be read: the user's, then the bundled
    ones, each by name."""
    parents = (storage.runs_dir(), storage.bundled_runs_dir())
    damaged = [[run for run in _all_runs(parent) if isinstance(run, DamagedRun)] for parent in parents]
    return [run for some in damaged for run in sorted(some, key=lambda run: run.name)]


def is_bundled(info: RunInfo | DamagedRun) -> bool:
    """Whether a run ships with Genre Lab, and so can't be changed."""
    return (storage.bundled_runs_dir() / info.name).is_dir()


def checksum(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_run_folder(folder: Path) -> bool:
    """Whether a folder is a run, which may be damaged."""
    return os.path.lexists(folder / RUN_FILE) and not storage.is_partial(folder)


def _readable(parent: Path) -> Iterator[RunInfo]:
    return (run for run in _all_runs(parent) if isinstance(run, RunInfo))


def _all_runs(parent: Path) -> Iterator[RunInfo | DamagedRun]:
    try:
        folders = [folder for folder in parent.iterdir() if is_run_folder(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise StorageError(f"The folder {parent} can't be read ({error.strerror}); allow it to be read.") from error
    for folder in folders:
        with suppress(FileNotFoundError):  # deleted meanwhile
            yield _facts(folder, (folder / RUN_FILE).lstat().st_mtime_ns)


@lru_cache(maxsize=4096)
def _facts(folder: Path, modified: int) -> RunInfo | DamagedRun:
    """The facts of a run, read once for each version of its run.json."""
    try:
        return read_run_file(folder).info
    except RunError as error:
        return DamagedRun(folder.name, str(error))
