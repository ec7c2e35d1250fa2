"""The class screen, for a projector: how to join, how many answers there are, and the results on demand."""

import html
from collections import Counter
from urllib.parse import urlsplit

import streamlit as st

from genre_core.classroom import Quiz, QuizResult, QuizRoom
from ui.quiz import common, results
from ui.state import Keys

_LOCAL = ("localhost", "127.0.0.1", "::1")


def show(room: QuizRoom, quiz: Quiz) -> None:
    """Show the class screen."""
    common.show_heading(room, quiz)
    answers = room.answers()
    shown = bool(answers) and st.session_state[Keys.QUIZ_RESULTS_SHOWN]
    if not shown:
        _show_how_to_join(room.config.number)
    counts = Counter(answer.player for answer in answers)
    with st.container(horizontal=True, gap="large"):
        st.metric("Players", len(counts), width="content")
        st.metric("Answers", f"{len(answers)} of {len(counts) * len(quiz.clips)}", width="content")
        st.metric("Finished", sum(count == len(quiz.clips) for count in counts.values()), width="content")
    st.button(
        "Hide results" if shown else "Show results",
        type="secondary" if shown else "primary",
        icon=":material/bar_chart:",
        on_click=_set_shown,
        args=(not shown,),
        disabled=not answers,
    )
    if shown:
        results.show(room, QuizResult(quiz, answers), "the class")
    common.watch(room, len(answers))


def _set_shown(shown: bool) -> None:
    st.session_state[Keys.QUIZ_RESULTS_SHOWN] = shown


def _show_how_to_join(number: int) -> None:
    here = urlsplit(st.context.url or "")
    page = f"{here.netloc}/quiz" if here.netloc else "the page Quiz"
    st.html(
        '<div style="font-size:clamp(1.1rem,3vw,1.8rem)">Open <b>'
        f"{html.escape(page)}</b> and enter quiz number</div>"
        f'<div style="font-size:clamp(3.5rem,14vw,9rem);line-height:1.05;font-weight:700">{number}</div>'
    )
    if here.hostname in _LOCAL:
        st.caption(
            "Other devices cannot open this address. To let them join, start the dashboard with "
            "`genre-lab app --address 0.0.0.0` and open it here by this computer's network address."
        )
