"""The parts of a challenge in their order."""

import streamlit as st

from genre_core import escaping, runs
from genre_core.classroom import challenges
from genre_core.classroom.challenges import Challenge, State
from genre_core.wording import counted
from ui import shell, visitors
from ui.challenge import operator, results, session, student
from ui.challenge.board import show_board

_STATES: dict[State, str] = {
    "open": ":green-badge[Open]",
    "closed": ":gray-badge[Closed]",
    "revealed": ":blue-badge[Revealed]",
}


def show() -> None:
    """Show the challenge that the visitor looks at, or how to get to one."""
    st.subheader("Challenge")
    challenge = session.current()
    session.show_message()
    if challenge is None:
        _show_entrance()
        return
    with shell.messages():
        _show_challenge(challenge)


def _show_entrance() -> None:
    st.markdown(
        "Tune models on one dataset and compare them on a validation set. A test set that nobody is shown before says "
        "at the end who did best."
    )
    with st.form("class_challenge_code", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.text_input("Code of the challenge", max_chars=20, width=220)
        if st.form_submit_button("Open", icon=":material/login:"):
            session.look_at(code)
            st.rerun()
    if visitors.current().is_operator:
        operator.show_all()


def _show_challenge(challenge: Challenge) -> None:
    state = challenges.challenge_state(challenge)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escaping.markdown(challenge.config.title)}** {_STATES[state]}")
        st.button("Leave", icon=":material/logout:", type="tertiary", on_click=session.leave, key="class_leave")
    st.caption(_description(challenge, state))
    if visitors.current().is_operator and state != "revealed":
        operator.show_invitation(challenge)
    if state == "revealed":
        results.show(challenge)
    else:
        student.show(challenge, state)
        show_board(challenge, state)
    if visitors.current().is_operator:
        operator.show_controls(challenge, state)


def _description(challenge: Challenge, state: State) -> str:
    untested = f" Not tested: {', '.join(challenge.untested_genres)}." if challenge.untested_genres else ""
    hidden = "secret until" if challenge.is_secret else "not shown before"
    test_set = "" if state == "revealed" else f"; the test set is {hidden} the reveal"
    return escaping.markdown(
        f"Code {challenge.code} · {challenge.source} · {runs.feature_set_name(challenge.features)} · divided by "
        f"{challenge.config.split}: {counted(challenge.train_tracks, 'track')} in the training set and "
        f"{challenge.valid_tracks} in the validation set{test_set}.{untested}"
    )
