"""The files of a challenge, a folder for each in `challenges/` of the user's folder.

    challenge.json        `Challenge`
    dataset.npz           the students' dataset
    test_set.npz          the test set, which `scoring.reveal` alone reads
    students.json         all `Student`s
    submissions/ID.json   a `Submission`
    submissions/ID/       the copy of its run
    results.json          `Results`; not there before the reveal

A file is written whole or not at all.  Who changes them holds `changing`, across threads and processes.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from genre_core import storage
from genre_core.classroom.challenges.challenge import Challenge, Results, Student, Submission
from genre_core.datasets import Dataset
from genre_core.errors import StorageError
from genre_core.reading import read_json, reporting_damage
from genre_core.reading.array_files import check_array, read_arrays
from genre_core.runs import Run
from genre_core.runs.formats import RUN_FILE, files_to_verify, read_run_file

CHALLENGE_FILE, STUDENTS_FILE, RESULTS_FILE = "challenge.json", "students.json", "results.json"
DATASET_FILE, TEST_SET_FILE, SUBMISSIONS = "dataset.npz", "test_set.npz", "submissions"
_LOCK_FILE = "lock"
_LOCK_TIMEOUT_S = 60.0
_TEXTS = ("genre", "track", "artist", "subset")


def challenges_dir() -> Path:
    """All challenges, one folder each."""
    return storage.home() / "challenges"


def is_secret(path: Path) -> bool:
    """Whether a file is the test set of a challenge whose results are not revealed."""
    return path.name == TEST_SET_FILE and not (path.parent / RESULTS_FILE).exists()


def folder_of(code: str) -> Path:
    """The folder of a challenge, which need not exist."""
    return challenges_dir() / code


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the lock of a challenge.  Raises StorageError if something else holds it for too long."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / _LOCK_FILE, timeout=_LOCK_TIMEOUT_S):
            yield
    except Timeout:
        raise StorageError("Too many are writing to this challenge; try again in a minute.") from None
    except PermissionError as error:
        raise StorageError(f"Can't write to {folder} ({error.strerror}); allow it to be written to.") from error


def write(path: Path, value: Any) -> None:
    """Write a dataclass, or a list of them, as JSON."""
    document = [asdict(one) for one in value] if isinstance(value, list) else asdict(value)
    with storage.writing_file(path) as partial:
        partial.write_text(json.dumps(document, indent=1), encoding="utf-8")


def read_challenge(folder: Path) -> Challenge:
    """Read the facts of a challenge.  Raises DamagedFileError if they are damaged."""
    return read_json(folder / CHALLENGE_FILE, Challenge)


def read_students(folder: Path) -> tuple[Student, ...]:
    """Read the students of a challenge, in the order in which they entered.  Raises DamagedFileError."""
    students: tuple[Student, ...] = read_json(folder / STUDENTS_FILE, tuple[Student, ...])
    return students


def read_submission(path: Path) -> Submission:
    """Read a submission.  Raises DamagedFileError if it is damaged."""
    submission: Submission = _read(path, Submission)
    return submission


def submission_folder(folder: Path, submission: str) -> Path:
    """The folder with the copy of a submission's run."""
    return folder / SUBMISSIONS / submission


def write_submission(folder: Path, submission: Submission, run: Run) -> None:
    """Write a submission, with a copy of its run: first the copy, so that there is one for each submission."""
    with storage.writing_folder(submission_folder(folder, submission.id)) as partial:
        for name in (RUN_FILE, *files_to_verify(run.folder, read_run_file(run.folder))):
            shutil.copyfile(run.folder / name, partial / name)
    write(folder / SUBMISSIONS / f"{submission.id}.json", submission)


def delete_submission(folder: Path, submission: Submission) -> None:
    """Delete a submission with its run.  Raises StorageError if that fails."""
    (folder / SUBMISSIONS / f"{submission.id}.json").unlink(missing_ok=True)
    if submission_folder(folder, submission.id).exists():
        storage.delete_folder(submission_folder(folder, submission.id))


def read_results(folder: Path) -> Results | None:
    """Read the results of the reveal; None before it.  Raises DamagedFileError if they are damaged."""
    path = folder / RESULTS_FILE
    results: Results | None = _read(path, Results) if path.exists() else None
    return results


def _read(path: Path, kind: type) -> Any:
    """The content of a file that is written once and then stays as it is, read once."""
    with reporting_damage(path):
        modified = path.stat().st_mtime_ns
    return _read_version(path, kind, modified)


@lru_cache(maxsize=8192)
def _read_version(path: Path, kind: type, modified: int) -> Any:
    return read_json(path, kind, most_bytes=4_000_000)


def write_dataset(path: Path, dataset: Dataset) -> None:
    """Write the arrays of a dataset of a challenge."""
    arrays = {name: getattr(dataset, name) for name in ("values", "start_s", *_TEXTS)}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})


def read_dataset(path: Path, challenge: Challenge) -> Dataset:
    """Read a dataset of a challenge.

    Raises
    ------
    DamagedFileError
        If it is missing or damaged.
    """
    with reporting_damage(path):
        arrays = read_arrays(path)
        values = arrays["values"]
        texts = {name: arrays[name] for name in _TEXTS if name in arrays}
        for name, array in texts.items():
            check_array(name, array, (len(values),), kinds="U", finite=False)
        return Dataset(
            name=challenge.dataset,
            features=challenge.features,
            values=values,
            start_s=check_array("start_s", arrays["start_s"], (len(values),)),
            segment_samples=challenge.segment_samples,
            genre=texts["genre"],
            track=texts["track"],
            artist=texts.get("artist"),
            subset=texts.get("subset"),
        )
