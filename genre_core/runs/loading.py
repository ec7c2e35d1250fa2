"""Finding, listing and opening runs."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from genre_core import storage
from genre_core.errors import GenreLabError, RunError
from genre_core.features import feature_set
from genre_core.models.scaling import Scaling
from genre_core.runs.formats import RUN_FILE, SCALING_FILE, files_to_verify, read_run_file
from genre_core.runs.info import RunInfo
from genre_core.runs.run import Run

DEFAULT_RUN = "three-networks"
"""The bundled run that predicts when no other is named."""
PAPER_RUN = "paper-random"
"""The bundled run of the paper's network under the paper's split."""


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
    for name in files_to_verify(stored):
        if not (folder / name).is_file() or checksum(folder / name) != stored.checksums.get(name):
            raise RunError(f"The run {folder.name} is damaged ({name} was changed or is missing); train it again.")
    if feature_set(info.features).version != info.feature_version:
        raise RunError(
            f"The run {folder.name} was trained on version {info.feature_version} of the features {info.features}, but "
            f"this is version {feature_set(info.features).version}; train it again."
        )
    return Run(folder, info, Scaling.load(folder / SCALING_FILE))


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
    raise RunError(f"There is no run {run}; `genre-lab runs` lists all runs.")


def list_runs() -> list[RunInfo]:
    """List all readable runs: the user's, newest first; then the bundled ones, the default run first."""
    own = sorted(_infos(storage.runs_dir()), key=lambda info: info.created, reverse=True)
    bundled = sorted(_infos(storage.bundled_runs_dir()), key=lambda info: (info.name != DEFAULT_RUN, info.name))
    return own + bundled


def is_bundled(info: RunInfo) -> bool:
    """Whether a run ships with Genre Lab, and so can't be changed."""
    return (storage.bundled_runs_dir() / info.name).is_dir()


def checksum(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _infos(parent: Path) -> Iterator[RunInfo]:
    if not parent.is_dir():
        return
    for folder in parent.iterdir():
        if (folder / RUN_FILE).is_file() and not storage.is_partial(folder):
            with suppress(GenreLabError, OSError):
                yield _cached_info(folder, (folder / RUN_FILE).stat().st_mtime_ns)


@lru_cache(maxsize=4096)
def _cached_info(folder: Path, modified: int) -> RunInfo:
    """The facts of a run, read once for each version of its run.json."""
    return read_run_file(folder).info
