"""The quizzes of this server."""

from contextlib import suppress

import streamlit as st

from genre_core.classroom import Quiz, QuizConfig, QuizRoom, QuizRooms, prepare_quiz
from genre_core.errors import GenreLabError, RunError
from genre_core.jobs import Job
from ui.cached.runs import run, visible_runs
from ui.cached.tracks import may_hear
from ui.cached.work import workers
from ui.state import visitor


@st.cache_resource(show_spinner=False)
def quiz_rooms() -> QuizRooms:
    """The rooms of all quizzes on this server."""
    return QuizRooms()


def quiz_room(config: QuizConfig) -> QuizRoom:
    """The room of the quiz with this configuration: one for all visitors. The quiz is made in the background.

    Raises RunError if there is no such run (an address may name anything); ConfigError if another quiz has its number.
    """
    rooms = quiz_rooms()
    if not rooms.has(config) and config.run not in {info.name for info in visible_runs()}:
        raise RunError("This address names a run that does not exist; start a new quiz.")
    return rooms.open(config, _submit)


def new_quiz(settings: QuizConfig) -> QuizConfig:
    """A new quiz with these settings and another number.

    Raises RunError if the visitor may not hear its clips, which another visitor may have prepared.
    """
    _check_clips(settings)
    return quiz_rooms().new(settings)


def prepare_next_quiz(settings: QuizConfig) -> None:
    """Begin to make a quiz with these settings, so that whoever starts one next plays at once."""
    with suppress(GenreLabError):  # too much work waits: it is made when it is started
        quiz_rooms().prepare(settings, _submit)


def _submit(config: QuizConfig) -> Job[Quiz]:
    _check_clips(config)
    return workers().submit(prepare_quiz, config, visitor=visitor(), with_progress=True)


def _check_clips(config: QuizConfig) -> None:
    """Raise RunError if the visitor may not hear the clips of a quiz."""
    if config.source == "test" and not may_hear(run(config.run).info.gathered):
        raise RunError("The songs of this run's dataset are not shared with the class; choose other clips.")
