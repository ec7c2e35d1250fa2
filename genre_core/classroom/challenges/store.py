"""The challenges of a server: opening and finding them, their students and their submissions.

For several threads and processes at once.  Everything survives a restart of the server.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from genre_core import storage
from genre_core.classroom.challenges import files
from genre_core.classroom.challenges.challenge import (
    MAX_STUDENTS,
    Challenge,
    ChallengeConfig,
    Results,
    State,
    Student,
    Submission,
)
from genre_core.classroom.challenges.drawing import draw_sets
from genre_core.classroom.challenges.nicknames import checked_nickname, same_nickname
from genre_core.datasets import BUNDLED, Dataset
from genre_core.errors import ConfigError, DamagedFileError
from genre_core.reading import reporting_damage
from genre_core.visitors import new_code, read_code
from genre_core.wording import quoted

MAX_CHALLENGES = 50


@dataclass(frozen=True)
class DamagedChallenge:
    """A challenge whose facts can't be read."""

    code: str
    reason: str
    """What is wrong, in a sentence."""


def open_challenge(dataset: Dataset, config: ChallengeConfig, *, is_secret: bool = False) -> Challenge:
    """Draw the test set of a dataset with a secret seed, and open a challenge on the rest.

    Parameters
    ----------
    is_secret : see `Challenge`.

    Raises
    ------
    DatasetError
        If the dataset can't be divided so.
    ConfigError
        If there are too many challenges.
    StorageError
        If the folder of the user can't be written to.
    """
    if len(_folders()) >= MAX_CHALLENGES:
        raise ConfigError(f"There are {MAX_CHALLENGES} challenges already; delete one.")
    code = new_code()
    while files.folder_of(code).exists():
        code = new_code()
    drawn = draw_sets(dataset, config, f"challenge {code}")
    students = drawn.students
    is_valid = students.subset == "valid"
    valid = students.take(np.asarray(is_valid))
    challenge = Challenge(
        code=code,
        config=config,
        created=now(),
        source="GTZAN-mini" if dataset.name == BUNDLED else dataset.name,
        features=dataset.features,
        segment_samples=dataset.segment_samples,
        genres=students.genres,
        untested_genres=drawn.untested_genres,
        dataset_id=students.fingerprint,
        valid_id=valid.fingerprint,
        train_tracks=students.n_tracks - valid.n_tracks,
        valid_tracks=valid.n_tracks,
        is_secret=is_secret,
    )
    with storage.writing_folder(files.folder_of(code)) as partial:
        files.write_dataset(partial / files.DATASET_FILE, students)
        files.write_dataset(partial / files.TEST_SET_FILE, drawn.test)
        (partial / files.TEST_SET_FILE).chmod(0o600)
        (partial / files.SUBMISSIONS).mkdir()
        files.write(partial / files.STUDENTS_FILE, [])
        files.write(partial / files.CHALLENGE_FILE, challenge)
    return challenge


def list_challenges() -> list[Challenge | DamagedChallenge]:
    """All challenges, newest first, then the damaged ones."""
    intact, damaged = [], []
    for folder in _folders():
        try:
            intact.append(files.read_challenge(folder))
        except DamagedFileError as error:
            damaged.append(DamagedChallenge(folder.name, str(error)))
    return [*sorted(intact, key=lambda one: one.created, reverse=True), *damaged]


def find_challenge(text: str) -> Challenge:
    """The challenge with a code as somebody typed it.

    Raises
    ------
    ConfigError
        If there is none.
    DamagedFileError
        If it is damaged.
    """
    folder = _folder(text)
    return files.read_challenge(folder)


def challenge_state(challenge: Challenge) -> State:
    """Whether students may still submit, or the results are revealed."""
    folder = files.folder_of(challenge.code)
    if (folder / files.RESULTS_FILE).exists():
        return "revealed"
    return "open" if challenge.is_open else "closed"


def set_open(code: str, is_open: bool) -> None:
    """Close a challenge for entering and submitting, or open it again.

    Raises ConfigError if there is no such challenge, or its reveal has begun.
    """
    folder = _folder(code)
    with files.changing(folder):
        challenge = _current(folder)
        if challenge_state(challenge) == "revealed":
            raise ConfigError("The results are revealed, so nothing can be submitted any more; open a new challenge.")
        if challenge.is_revealing:
            raise ConfigError(
                "The results are being computed, so nothing can be submitted any more. If that was interrupted, press "
                "Reveal results again."
            )
        files.write(folder / files.CHALLENGE_FILE, replace(challenge, is_open=is_open))


def begin_reveal(code: str) -> None:
    """Close a challenge for good; a reveal that was interrupted begins once more.

    Raises ConfigError if there is no such challenge.
    """
    folder = _folder(code)
    with files.changing(folder):
        files.write(folder / files.CHALLENGE_FILE, replace(_current(folder), is_open=False, is_revealing=True))


def delete_challenge(code: str) -> None:
    """Delete a challenge, which may be damaged, with its submissions.

    Raises ConfigError if there is no such challenge, StorageError if it can't be deleted.
    """
    folder = _folder(code)
    with files.changing(folder):
        storage.delete_folder(folder)


def student_dataset(code: str) -> Dataset:
    """The dataset that students train on: without the test set, with train and valid in `Dataset.subset`.

    Raises
    ------
    ConfigError
        If there is no such challenge.
    DamagedFileError
        If it is damaged.
    """
    folder = _folder(code)
    return files.read_dataset(folder / files.DATASET_FILE, files.read_challenge(folder))


# --- students ---------------------------------------------------------------------------------------------------------


def students(code: str) -> tuple[Student, ...]:
    """The students of a challenge, in the order in which they entered.

    Raises ConfigError if there is no such challenge, DamagedFileError if the file is damaged.
    """
    return files.read_students(_folder(code))


def student_of(code: str, owner: str) -> Student | None:
    """The student that a visitor is in a challenge; None if they have not entered it."""
    return next((student for student in students(code) if student.owner == owner), None)


def enter_challenge(code: str, owner: str, nickname: str) -> Student:
    """Take part in a challenge; a visitor who does already gets the new nickname.

    Raises
    ------
    ConfigError
        If there is no such challenge, it is closed or full, or the nickname is not allowed or taken.
    """
    folder = _folder(code)
    nickname = checked_nickname(nickname)
    with files.changing(folder):
        challenge, known = _current(folder), files.read_students(folder)
        if challenge_state(challenge) != "open":
            raise ConfigError("This challenge is closed; enter the code of another one.")
        others = [student for student in known if student.owner != owner]
        if any(same_nickname(student.nickname, nickname) for student in others):
            raise ConfigError(f"The nickname {quoted(nickname)} is taken, or looks like one that is; choose another.")
        if len(others) >= MAX_STUDENTS:
            raise ConfigError(
                f"This challenge is full: {MAX_STUDENTS} visitors have entered, which is the limit. Ask your teacher "
                "to remove one or to open another challenge."
            )
        mine = next((student for student in known if student.owner == owner), None)
        entered = replace(mine, nickname=nickname) if mine else Student(new_id(), owner, nickname, now())
        changed = [entered if student is mine else student for student in known]
        files.write(folder / files.STUDENTS_FILE, changed if mine else [*changed, entered])
    return entered


def remove_student(code: str, student: str) -> None:
    """Remove a student with all submissions; they may enter again.

    Parameters
    ----------
    student : `Student.id`.

    Raises
    ------
    ConfigError
        If there is no such challenge.
    """
    folder = _folder(code)
    with files.changing(folder):
        remaining = [one for one in files.read_students(folder) if one.id != student]
        files.write(folder / files.STUDENTS_FILE, remaining)
        for submission in submissions(code):
            if submission.student == student:
                files.delete_submission(folder, submission)


# --- submissions and results ------------------------------------------------------------------------------------------


def submissions(code: str) -> tuple[Submission, ...]:
    """The readable submissions of a challenge, in order of time.  Raises ConfigError if there is no such challenge."""
    return tuple(_each_submission(_folder(code), lambda error: None))


def damaged_submissions(code: str) -> list[str]:
    """Why some submissions can't be read, a sentence each."""
    reasons: list[str] = []
    _each_submission(_folder(code), lambda error: reasons.append(str(error)))
    return reasons


def results(code: str) -> Results | None:
    """The results; None before the reveal.

    Raises ConfigError if there is no such challenge, DamagedFileError if the file is damaged.
    """
    return files.read_results(_folder(code))


def version(code: str) -> str:
    """What changes with any change of a challenge, for caches: a digest of what is read from its folder.

    Submissions and results are written once, so that their names say enough.

    Raises ConfigError if there is no such challenge, DamagedFileError if it can't be read.
    """
    folder = _folder(code)
    with reporting_damage(folder / files.CHALLENGE_FILE):
        names = sorted(path.name for place in (folder, folder / files.SUBMISSIONS) for path in place.iterdir())
        changing = [(folder / name).read_bytes() for name in (files.CHALLENGE_FILE, files.STUDENTS_FILE)]
    return hashlib.sha256(b"\0".join([*map(os.fsencode, names), *changing])).hexdigest()


def new_id() -> str:
    """A random id of a student or a submission."""
    return secrets.token_hex(6)


def _each_submission(folder: Path, report: Callable[[DamagedFileError], None]) -> list[Submission]:
    found = []
    for path in (folder / files.SUBMISSIONS).glob("*.json"):
        if storage.is_partial(path):
            continue
        try:
            found.append(files.read_submission(path))
        except DamagedFileError as error:
            report(error)
    return sorted(found, key=lambda one: (one.created, one.id))


def _folders() -> list[Path]:
    try:
        folders = list(files.challenges_dir().iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [
        folder for folder in folders if (folder / files.CHALLENGE_FILE).is_file() and not storage.is_partial(folder)
    ]


def _folder(text: str) -> Path:
    code = read_code(text)
    if code is None or not (files.folder_of(code) / files.CHALLENGE_FILE).is_file():
        raise ConfigError(f"There is no challenge {quoted(text.strip())}; check the code.")
    return files.folder_of(code)


def _current(folder: Path) -> Challenge:
    """The facts of a challenge whose lock is held; it may have been deleted before."""
    if not (folder / files.CHALLENGE_FILE).is_file():
        raise ConfigError("This challenge was deleted; enter the code of another one.")
    return files.read_challenge(folder)


def now() -> str:
    """The time, as it is stored."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
