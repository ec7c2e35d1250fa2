"""What the view of a player and the class screen share."""

from collections.abc import Callable

import streamlit as st

from genre_core import escaping
from genre_core.audio import example_songs
from genre_core.classroom import ClipSource, Quiz, QuizClip, QuizRoom
from genre_core.runs import RunInfo
from genre_core.runs.labels import run_title
from genre_core.wording import clock
from ui import cached, examples, state, text
from ui.quiz import session
from ui.state import Keys

_WIDER_CONTEXT = {"wide-mel", "lab"}
"""Feature sets that cover more than their segment."""
_SOURCES: dict[ClipSource, str] = {
    "test": "the test set",
    "examples": "example songs",
    "synthetic": "synthetic songs",
}


def show_heading(room: QuizRoom, quiz: Quiz) -> None:
    """Show which quiz this is, a button to switch to the other view, and one to leave."""
    config, info = room.config, cached.run(room.config.run).info
    length_s = config.n_segments * cached.segment_seconds(config.run)
    screen = st.session_state[Keys.QUIZ_SCREEN]
    with st.container(horizontal=True, vertical_alignment="center", key="quiz_heading"):
        st.caption(f"Quiz **{config.number}**", width="content")
        with st.container(key="quiz_details", width="content"):
            st.caption(f"{length_s:.0f}-s clips from {_SOURCES[config.source]} · Run: {_bold_title(info)}")
        if session.may_lead(room):
            # Where everyone is the operator, no player's phone offers to take the class over.
            leads = not room.is_led or room.may_lead(state.visitor())
            with st.container(key="quiz_switch" if leads else "quiz_take_over", width="content"):
                st.button(
                    "Play on this device" if screen else "Show class screen",
                    icon=":material/play_arrow:" if screen else ":material/groups:",
                    type="tertiary",
                    on_click=_set_screen,
                    args=(not screen,),
                )
        st.button("Leave quiz", icon=":material/logout:", type="tertiary", on_click=session.leave)
    if len(quiz.clips) < config.n_clips:
        reason = (
            "no other track of the test set has playable audio of this length"
            if config.source == "test"
            else "the songs have no more clips of this length"
        )
        st.caption(f"The quiz has {len(quiz.clips)} instead of {config.n_clips} clips, because {reason}.")


def _set_screen(screen: bool) -> None:
    st.session_state[Keys.QUIZ_SCREEN] = screen


def _bold_title(info: RunInfo) -> str:
    return f"**{escaping.markdown(run_title(info))}**"


def show_run(info: RunInfo, source: ClipSource) -> None:
    """Show the accuracy of the run with its split, and what makes the comparison unfair."""
    st.caption(f"{_bold_title(info)}. {text.accuracy_summary(info)}")
    if warning := text.leakage_warning(info):
        fair = " For a fair comparison, choose a run with a track split or an artist split."
        st.caption(f":material/warning: {warning}{fair if source == 'test' else ''}")
    if source == "synthetic":
        st.caption("The clips are synthetic; the run was not trained on such music.")
    elif source == "examples":
        st.caption("The clips are from real songs that no bundled run was trained on.")
    elif _WIDER_CONTEXT & set(info.features.partition("@")[0].split("+")):
        st.caption("Its features cover the ten seconds around each segment, more than the clip that you hear.")


def title_of(clip: QuizClip, source: ClipSource) -> str:
    """The track or song that a clip is from, as a player reads it."""
    return example_songs.song(clip.track).title if source == "examples" else clip.track


def show_origin(clip: QuizClip, source: ClipSource) -> None:
    """Show which track or song a clip is from, with whose music it is; it tells the genre."""
    credit = examples.credit(example_songs.song(clip.track)) if source == "examples" else ""
    st.caption(f"{escaping.markdown(title_of(clip, source))}, from {clock(clip.start_s)}. {credit}".strip())


def watch(look: Callable[[], object], every_s: float) -> None:
    """Run the page again when `look` returns something else than now."""
    known = look()

    def compare() -> None:
        if look() != known:
            st.rerun()

    st.fragment(compare, run_every=every_s)()
