"""The quiz that a visitor plays or shows: entered by address, by number or by starting one."""

import streamlit as st

from genre_core.classroom import QuizConfig, QuizRoom
from genre_core.errors import ConfigError, GenreLabError
from ui import cached, lessons, state, visitors
from ui.quiz import address
from ui.state import Keys


def current() -> QuizConfig | None:
    """The quiz of the address, or else the one that the visitor is in, which is then written to the address."""
    parameters = lessons.address_without_lesson()
    if "quiz" in parameters and parameters != st.session_state[Keys.QUIZ_ADDRESS]:
        try:
            asked = address.from_query(parameters, cached.quiz_rooms())
            _check_lesson(asked)
            enter(asked)
        except ConfigError as error:
            leave(str(error))
    config = st.session_state[Keys.QUIZ]
    if config is not None:
        st.session_state[Keys.QUIZ_ADDRESS] = address.to_query(config)
        if parameters != st.session_state[Keys.QUIZ_ADDRESS]:
            lesson = lessons.current()
            code = {} if lesson is None else {lessons.PARAMETER: lesson.code}
            st.query_params.from_dict(code | st.session_state[Keys.QUIZ_ADDRESS])
    return config


def _check_lesson(config: QuizConfig) -> None:
    """Raise ConfigError if a quiz differs from the lesson in what the lesson hides, and no other quiz may be joined."""
    parameters = address.to_query(config)
    of_lesson = lessons.held(parameters)
    differs = any(of_lesson.get(name, parameters[name]) != parameters[name] for name in ("run", "clips", "segments"))
    if differs and not lessons.shows("join"):
        raise ConfigError("This quiz has other settings than the lesson; start a new quiz, or leave the lesson.")


def enter(config: QuizConfig, *, screen: bool = False) -> None:
    """Enter a quiz at its first clip, as a player or with the class screen."""
    st.session_state[Keys.QUIZ] = config
    st.session_state[Keys.QUIZ_MESSAGE] = None
    st.session_state[Keys.QUIZ_POSITION] = 0
    st.session_state[Keys.QUIZ_SCREEN] = screen


def leave(message: str | None = None) -> None:
    """Leave the quiz, with a message for the settings page."""
    st.session_state[Keys.QUIZ] = st.session_state[Keys.QUIZ_ADDRESS] = None
    st.session_state[Keys.QUIZ_MESSAGE] = message
    for name in ("quiz", "clips", "segments", "songs"):
        st.query_params.pop(name, None)


def start(settings: QuizConfig, screen: bool) -> None:
    """Start a new quiz with these settings and another number, and enter it."""
    try:
        enter(cached.new_quiz(settings), screen=screen)
    except GenreLabError as error:
        leave(str(error))


def start_again(room: QuizRoom) -> None:
    """Start a quiz with the same settings and other clips; a class goes on to it with its screen."""
    screen = bool(st.session_state[Keys.QUIZ_SCREEN])
    start(room.config, screen)
    if screen and st.session_state[Keys.QUIZ]:
        room.go_on(st.session_state[Keys.QUIZ])


def may_lead(room: QuizRoom) -> bool:
    """Whether the visitor may show the class screen of a room: who leads it, or, as long as nobody does, who is alone
    in it; and the operator."""
    if visitors.current().is_operator:
        return True
    return room.may_lead(state.visitor()) and (room.is_led or room.n_players <= 1)


def join(number: int | None) -> None:
    """Enter the quiz with this number."""
    try:
        if number is None:
            raise ConfigError("Enter the number of the quiz first; the class screen shows it.")
        enter(cached.quiz_rooms().find(number))
    except ConfigError as error:
        leave(str(error))
