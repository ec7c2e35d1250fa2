"""A challenge on the bundled dataset with runs of its students; trained once for all tests."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from genre_core import storage
from genre_core.classroom import challenges
from genre_core.classroom.challenges import SPLIT, Challenge, ChallengeConfig
from genre_core.datasets import Dataset
from genre_core.models.config import make_config
from genre_core.training import Trainer

CONFIG = ChallengeConfig("Who tunes best?", test_size=0.3, valid_size=0.2)


@dataclass(frozen=True)
class Stored:
    """A folder for GENRE_LAB_HOME that holds a challenge and runs."""

    home: Path
    code: str
    runs: dict[str, str]
    """Names of the runs by their owners' ids."""


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory, trainer: Trainer, bundled: Dataset) -> Stored:
    """A challenge, with one run each of the visitors `anna` and `ben`, and one of `anna` on the whole dataset."""
    home = tmp_path_factory.mktemp("challenge")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENRE_LAB_HOME", str(home))
        challenge = challenges.open_challenge(bundled, CONFIG)
        dataset = challenges.student_dataset(challenge.code)
        jobs = {
            "anna": trainer.start(dataset, make_config("lda", {}), SPLIT, owner="anna"),
            "ben": trainer.start(dataset, make_config("knn", {}), SPLIT, owner="ben"),
        }
        names = {owner: job.result().info.name for owner, job in jobs.items()}
    return Stored(home, challenge.code, names)


@pytest.fixture
def challenge(stored: Stored, home: Path) -> Challenge:
    """The challenge, in the folder of this test, with the runs of its students."""
    shutil.copytree(stored.home, home, dirs_exist_ok=True)
    return challenges.find_challenge(stored.code)


@pytest.fixture
def run_of(stored: Stored) -> dict[str, str]:
    """The names of the runs by their owners' ids."""
    return stored.runs


@pytest.fixture
def folder(challenge: Challenge) -> Path:
    """The folder of the challenge."""
    return storage.home() / "challenges" / challenge.code
