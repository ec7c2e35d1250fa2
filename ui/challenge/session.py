"""The challenge that a visitor looks at: entered by its address or its code, and kept in the address."""

import streamlit as st

from genre_core.classroom import challenges
from genre_core.classroom.challenges import Challenge
from genre_core.errors import GenreLabError
from ui import shell

_CODE = "class_challenge"
"""Code of the challenge, or None."""
_ADDRESS = "class_challenge_address"
"""The code that was last written to the address; another one there was opened by the visitor."""
_MESSAGE = "class_challenge_message"
"""Why the last request was refused, or None."""
_PARAMETER = "challenge"


def current() -> Challenge | None:
    """The challenge of the address, or else the one that the visitor looked at, which is then written there."""
    state = st.session_state
    requested = st.query_params.get(_PARAMETER)
    if requested and requested != state.get(_ADDRESS):
        look_at(requested)
    try:
        challenge = challenges.find_challenge(state[_CODE]) if state.get(_CODE) else None
    except GenreLabError as error:
        leave(str(error))
        return None
    if challenge:
        state[_ADDRESS] = challenge.code
        if requested != challenge.code:
            st.query_params[_PARAMETER] = challenge.code
    elif requested:
        del st.query_params[_PARAMETER]
    return challenge


def look_at(text: str) -> None:
    """Look at the challenge with a code as it was typed."""
    try:
        st.session_state[_CODE] = challenges.find_challenge(text).code
        refuse(None)
    except GenreLabError as error:
        refuse(str(error))


def leave(message: str | None = None) -> None:
    """Look at no challenge any more, with a message why."""
    st.session_state[_CODE] = st.session_state[_ADDRESS] = None
    st.query_params.pop(_PARAMETER, None)
    refuse(message)


def refuse(message: str | None) -> None:
    """Keep the message why a request was refused for the next view; None if it was not."""
    st.session_state[_MESSAGE] = message


def show_message() -> None:
    """Show why the last request was refused, once."""
    if message := st.session_state.pop(_MESSAGE, None):
        shell.show_problem(message)
