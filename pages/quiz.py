"""Quiz: guess the genre of clips and compare the answers with the predictions of a run, alone or as a class."""

import streamlit as st

import ui.loading  # noqa: F401 (first: see there)
from genre_core.classroom import QuizRoom
from genre_core.errors import GenreLabError
from ui import cached, shell
from ui.quiz import play, screen, session, settings
from ui.state import Keys
from ui.text import SEE_LOG

POLL_S = 0.4
INTERNAL_ERROR = f"The quiz could not be made because of an internal error; {SEE_LOG}."


def show() -> None:
    st.title("Quiz")
    config = session.current()
    if config is None:
        settings.show()
        return
    try:
        room = cached.quiz_room(config)
    except GenreLabError as error:
        session.leave(str(error))
        st.rerun()
    task = room.task
    if task.running:
        st.fragment(show_progress, run_every=POLL_S)(room)
    elif task.result is None:
        cached.quiz_rooms().close(config)
        session.leave(task.problem or INTERNAL_ERROR)
        st.rerun()
    elif st.session_state[Keys.QUIZ_SCREEN]:
        screen.show(room, task.result)
    else:
        play.show(room, task.result)


def show_progress(room: QuizRoom) -> None:
    """Show how many clips are made, until all are."""
    task = room.task
    if not task.running:
        st.rerun()
    message = f"Making clips: {task.done} of {task.total} done" if task.total else "Searching for audio…"
    st.progress(task.done / task.total if task.total else 0.0, message)


shell.enter()
with shell.messages():
    show()
