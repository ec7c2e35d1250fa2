"""Quiz: guess the genre of clips and compare the answers with the predictions of a run, alone or as a class."""

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from genre_core.classroom import QuizRoom
from genre_core.errors import GenreLabError
from ui import cached, lessons, shell, state
from ui.lessons import panel
from ui.quiz import play, screen, session, settings
from ui.state import Keys
from ui.text import SEE_LOG

POLL_S = 0.4
INTERNAL_ERROR = f"The quiz could not be made because of an internal error; {SEE_LOG}."


def show() -> None:
    st.title("Quiz")
    lessons.begin("quiz")
    config = session.current()
    if config is None:
        settings.show()
        panel.show()
        return
    try:
        room = cached.quiz_room(config)
    except GenreLabError as error:
        session.leave(str(error))
        st.rerun()
    if st.session_state[Keys.QUIZ_SCREEN] and session.may_lead(room):
        room.lead(state.visitor())
    else:
        st.session_state[Keys.QUIZ_SCREEN] = False
    job = room.job
    if job.running:
        st.fragment(show_progress, run_every=POLL_S)(room)
    elif job.result is None:
        cached.quiz_rooms().close(config)
        session.leave(job.problem or INTERNAL_ERROR)
        st.rerun()
    elif st.session_state[Keys.QUIZ_SCREEN]:
        screen.show(room, job.result)
    else:
        play.show(room, job.result)


def show_progress(room: QuizRoom) -> None:
    """Show how many clips are made, until all are."""
    job = room.job
    if not job.running:
        st.rerun()
    message = cached.waiting_text(job, "Making clips")
    if job.total:
        message = f"Making clips: {job.done} of {job.total} done"
    st.progress(job.done / job.total if job.total else 0.0, message)


shell.enter()
with shell.messages():
    show()
