"""Datasets, students and submissions for tests of challenges."""

import numpy as np

from genre_core.classroom.challenges import Student, Submission
from genre_core.datasets import Dataset
from genre_core.evaluation import Scores

NOW = "2027-01-01T00:00:00+00:00"


def student(name: str) -> Student:
    return Student(id=name.lower(), owner=f"owner of {name}", nickname=name, entered=NOW)


def submission(name: str, correct: str, *, number: int = 0, accuracy: float = 0.5) -> Submission:
    """A submission of the student with this nickname, with this correctness of the validation tracks."""
    return Submission(
        id=f"{name.lower()}-{number}",
        student=name.lower(),
        run=f"run-{name}-{number}",
        description=f"Model {number}",
        created=f"2027-01-01T00:{number:02d}:00+00:00",
        scores=scores(correct, accuracy),
        correct=correct,
    )


def scores(correct: str, accuracy: float = 0.5) -> Scores:
    share = correct.count("1") / len(correct)
    return Scores(10 * len(correct), len(correct), accuracy, share, accuracy, 1.0)


def synthetic(rng: np.random.Generator, tracks: int = 10, *, artists: int = 0) -> Dataset:
    """A dataset of three genres that are well apart, with two segments a track; names tell the tracks apart.

    artists : artists of each genre; 0 if they are unknown.
    """
    genres = np.repeat(["ambient", "house", "techno"], 2 * tracks)
    numbers = np.tile(np.repeat(np.arange(tracks), 2), 3)
    values = rng.normal(size=(len(genres), 58)) + 3 * np.unique(genres, return_inverse=True)[1][:, None]
    quartets = [f"quartet {g}{n % artists}" for g, n in zip(genres, numbers, strict=True)] if artists else None
    return Dataset(
        name="festival",
        features="paper",
        values=values,
        genre=genres,
        track=np.array([f"{g}/secret {g}{n:03d}" for g, n in zip(genres, numbers, strict=True)]),
        start_s=np.tile([0.0, 3.0], 3 * tracks),
        artist=None if quartets is None else np.array(quartets),
    )
