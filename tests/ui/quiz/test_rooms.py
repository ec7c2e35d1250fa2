"""Who may start a quiz, also one that somebody else has prepared."""

from pathlib import Path

import numpy as np
import pytest

from genre_core import runs
from genre_core.classroom import Quiz, QuizClip, QuizConfig, QuizRooms
from genre_core.datasets.gathered import store
from genre_core.errors import RunError
from genre_core.jobs import Job
from genre_core.visitors import Visitor
from tests.ended_jobs import succeeded
from ui import cached, visitors
from ui.cached import quizzes


def submit(config: QuizConfig) -> Job[Quiz]:
    clip = QuizClip("blues/1", 0.0, 3.0, 0, np.array([0.9, 0.1]), b"")
    return succeeded(Quiz(("blues", "jazz"), (clip,) * 5))


def test_a_prepared_quiz_on_songs_that_are_not_shared_is_only_for_who_may_hear_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    songs = store.create_dataset("Songs of Ann", ["blues", "jazz"], "ann").name
    info = runs.load_run(runs.PAPER_RUN).info

    class Trained:
        """A run that was trained on these songs."""

        def __init__(self) -> None:
            self.info = type("Info", (), {"name": info.name, "gathered": songs})()

    rooms = QuizRooms()
    monkeypatch.setattr(quizzes, "quiz_rooms", lambda: rooms)
    monkeypatch.setattr(quizzes, "run", lambda name: Trained())
    settings = QuizConfig(runs.PAPER_RUN, 1234, source="test")
    rooms.prepare(settings, submit)
    monkeypatch.setattr(visitors, "current", lambda: Visitor("ben"))
    with pytest.raises(RunError, match="are not shared with the class"):
        cached.new_quiz(settings)
    monkeypatch.setattr(visitors, "current", lambda: Visitor("ann"))
    assert cached.new_quiz(settings).number != settings.number
    store.share_dataset(songs, True)
    monkeypatch.setattr(visitors, "current", lambda: Visitor("ben"))
    assert cached.new_quiz(settings).run == settings.run
