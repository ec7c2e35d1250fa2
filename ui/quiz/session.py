"""The quiz that a visitor plays or shows: entered by address, by number or by starting one."""

import streamlit as st

from genre_core.classroom import QuizConfig
from genre_core.errors import ConfigError
from ui import cached
from ui.quiz import address
from ui.state import Keys


def current() -> QuizConfig | None:
    """The quiz of the address, or else the one that the visitor is in, which is then written to the address."""
    parameters = st.query_params.to_dict()
    if "quiz" in parameters and parameters != st.session_state[Keys.QUIZ_ADDRESS]:
        try:
            enter(address.from_query(parameters, cached.quiz_rooms()))
        except ConfigError as error:
            leave(str(error))
    config = st.session_state[Keys.QUIZ]
    if config is not None:
        st.session_state[Keys.QUIZ_ADDRESS] = address.to_query(config)
        if parameters != st.session_state[Keys.QUIZ_ADDRESS]:
            st.query_params.from_dict(st.session_state[Keys.QUIZ_ADDRESS])
    return config


def enter(config: QuizConfig, *, screen: bool = False) -> None:
    """Enter a quiz at its first clip, as a player or with the class screen."""
    st.session_state[Keys.QUIZ] = config
    st.session_state[Keys.QUIZ_MESSAGE] = None
    st.session_state[Keys.QUIZ_POSITION] = 0
    st.session_state[Keys.QUIZ_SCREEN], st.session_state[Keys.QUIZ_RESULTS_SHOWN] = screen, False


def leave(message: str | None = None) -> None:
    """Leave the quiz, with a message for the settings page."""
    st.session_state[Keys.QUIZ] = st.session_state[Keys.QUIZ_ADDRESS] = None
    st.session_state[Keys.QUIZ_MESSAGE] = message
    for name in ("quiz", "clips", "segments", "songs"):
        st.query_params.pop(name, None)


def start(run: str, n_clips: int, n_segments: int, synthetic: bool, screen: bool) -> None:
    """Start a new quiz and enter it."""
    enter(QuizConfig(run, cached.quiz_rooms().new_number(), n_clips, n_segments, synthetic), screen=screen)


def start_again(config: QuizConfig) -> None:
    """Start a quiz with the same settings and other clips."""
    start(config.run, config.n_clips, config.n_segments, config.synthetic, bool(st.session_state[Keys.QUIZ_SCREEN]))


def join(number: int | None) -> None:
    """Enter the quiz with this number."""
    try:
        if number is None:
            raise ConfigError("Enter the number of the quiz first; the class screen shows it.")
        enter(cached.quiz_rooms().find(number))
    except ConfigError as error:
        leave(str(error))
