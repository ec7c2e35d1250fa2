"""The quizzes of this server."""

import streamlit as st

from genre_core.classroom import Quiz, QuizConfig, QuizRoom, QuizRooms, prepare_quiz
from genre_core.errors import RunError
from genre_core.jobs import Job
from ui.cached.runs import visible_runs
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

    def submit() -> Job[Quiz]:
        return workers().submit(prepare_quiz, config, visitor=visitor(), with_progress=True)

    return rooms.open(config, submit)
