"""What a teacher prepares for a class, on disk: a lesson link and a challenge with a leaderboard."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from genre_core import datasets
from genre_core.classroom import challenges
from genre_core.classroom.challenges import SPLIT, ChallengeConfig
from genre_core.classroom.lessons import Lessons
from genre_core.models.config import make_config
from genre_core.training import Trainer

STUDENTS = 15
"""Students with a submission."""


@dataclass(frozen=True)
class PreparedClass:
    """The codes of what was prepared."""

    lesson: str
    challenge: str


def prepare(home: Path) -> PreparedClass:
    """Prepare a class in a home folder."""
    with _at_home(home):
        lesson = Lessons().create("train", "Neighbors", parameters={"model": "knn"}, hidden=("split",))
        challenge = challenges.open_challenge(
            datasets.load_dataset(datasets.BUNDLED), ChallengeConfig("Challenge", "track", 0.3, 0.2)
        )
        dataset = challenges.student_dataset(challenge.code)
        trainer = Trainer()
        for number in range(STUDENTS):
            owner = f"{number:016x}"
            config = make_config("knn", {"neighbors": str(1 + 2 * number)})
            run = trainer.start(dataset, config, SPLIT, owner=owner).result()
            challenges.enter_challenge(challenge.code, owner, f"Student {number}")
            challenges.submit_run(challenge.code, owner, run.info.name)
        trainer.close()
    return PreparedClass(lesson.code, challenge.code)


@contextmanager
def _at_home(home: Path) -> Iterator[None]:
    former = os.environ.get("GENRE_LAB_HOME")
    os.environ["GENRE_LAB_HOME"] = str(home)
    try:
        yield
    finally:
        del os.environ["GENRE_LAB_HOME"]
        if former is not None:
            os.environ["GENRE_LAB_HOME"] = former
