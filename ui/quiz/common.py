"""What the view of a player and the class screen share."""

import streamlit as st

from genre_core import escaping
from genre_core.classroom import Quiz, QuizRoom
from genre_core.runs import RunInfo
from genre_core.runs.labels import run_title
from ui import cached, text
from ui.quiz import session
from ui.state import Keys

_POLL_S = 2.0
_WIDER_CONTEXT = {"wide-mel", "lab"}
"""Feature sets that cover more than their segment."""


def show_heading(room: QuizRoom, quiz: Quiz) -> None:
    """Show which quiz this is, a button to switch to the other view, and one to leave."""
    config, info = room.config, cached.run(room.config.run).info
    length_s = config.n_segments * cached.segment_seconds(config.run)
    kind = "synthetic songs" if config.synthetic else "the test set"
    screen = st.session_state[Keys.QUIZ_SCREEN]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Quiz **{config.number}** · {length_s:.0f}-s clips from {kind} · Run: {_bold_title(info)}")
        st.button(
            "Play on this device" if screen else "Show class screen",
            icon=":material/play_arrow:" if screen else ":material/groups:",
            type="tertiary",
            on_click=_set_screen,
            args=(not screen,),
        )
        st.button("Leave quiz", icon=":material/logout:", type="tertiary", on_click=session.leave)
    if len(quiz.clips) < config.n_clips:
        st.caption(
            f"The quiz has {len(quiz.clips)} instead of {config.n_clips} clips, because no other track of the test "
            "set has playable audio of this length."
        )


def _set_screen(screen: bool) -> None:
    st.session_state[Keys.QUIZ_SCREEN] = screen


def _bold_title(info: RunInfo) -> str:
    return f"**{escaping.markdown(run_title(info))}**"


def show_run(info: RunInfo, synthetic: bool) -> None:
    """Show the accuracy of the run with its split, and what makes the comparison unfair."""
    st.caption(f"{_bold_title(info)}. {text.accuracy_summary(info)}")
    if warning := text.leakage_warning(info):
        advice = "" if synthetic else " For a fair comparison, choose a run with a track split or an artist split."
        st.caption(f":material/warning: {warning}{advice}")
    if synthetic:
        st.caption("The clips are synthetic; the run was not trained on such music.")
    elif _WIDER_CONTEXT & set(info.features.partition("@")[0].split("+")):
        st.caption("Its features cover the ten seconds around each segment, more than the clip that you hear.")


def watch(room: QuizRoom, n_answers: int) -> None:
    """Run the page again when the room has more answers than these."""

    def look() -> None:
        if len(room.answers()) != n_answers:
            st.rerun()

    st.fragment(look, run_every=_POLL_S)()
