"""Session state: its keys and their first values."""

import secrets

import streamlit as st


class Keys:
    """Keys of st.session_state that outlive a page or that several modules share.

    The key of a widget, and one that a single module uses, is a constant of that module and starts with the name of
    its page.
    """

    DATASET = "dataset"
    """The Dataset that Explore shows and Train uses."""
    DATASET_JOB = "dataset_job"
    """The job that reads the dataset which the visitor chose, or None."""
    DATASET_DOING = "dataset_doing"
    """What that job does, in words."""
    TRAINING = "training"
    """The visitor's TrainingJob, running or ended, or None."""
    START_TRAINING = "start_training"
    """Whether Train is to start a training at once, since the visitor clicked that on Start."""
    SWEEP = "sweep"
    """The visitor's Sweep, running or ended, or None."""
    EXCLUDED = "excluded"
    """Tracks that are excluded from training: see ui/doctor.py."""
    RUN = "run"
    """Name of the run that Evaluate, Predict and Quiz use."""
    OPENED_TRACK = "opened_track"
    """The OpenedTrack that Listen shows, if one was opened from another page."""
    COMPARED = "compare_chosen"
    """Names of the runs that are chosen on Compare."""
    VISITOR = "visitor"
    """Random text that tells this visitor from others, where work is shared out."""
    WHO = "who"
    """The Visitor, where the dashboard is served to a class: see ui/visitors.py."""
    WITHOUT_COOKIES = "without_cookies"
    """Id of a visitor whose browser keeps no cookies; not there for others."""
    QUIZ = "quiz"
    """The QuizConfig of the quiz that the visitor plays or shows, or None."""
    QUIZ_ADDRESS = "quiz_address"
    """The parameters of the address as last written by the page, or None; other ones were opened by the visitor."""
    QUIZ_MESSAGE = "quiz_message"
    """Why a quiz could not be entered, or None."""
    QUIZ_POSITION = "quiz_position"
    """Index of the clip that the player is at."""
    QUIZ_SCREEN = "quiz_screen"
    """Whether Quiz shows the class screen instead of the view of a player."""


_FIRST_VALUES = {
    Keys.DATASET: None,
    Keys.DATASET_JOB: None,
    Keys.DATASET_DOING: "",
    Keys.TRAINING: None,
    Keys.START_TRAINING: False,
    Keys.SWEEP: None,
    Keys.EXCLUDED: None,
    Keys.RUN: None,
    Keys.QUIZ: None,
    Keys.QUIZ_ADDRESS: None,
    Keys.QUIZ_MESSAGE: None,
    Keys.QUIZ_POSITION: 0,
    Keys.QUIZ_SCREEN: False,
}


def start() -> None:
    """Give the keys their first values; called before each page view."""
    for key, value in _FIRST_VALUES.items():
        st.session_state.setdefault(key, value)
    st.session_state.setdefault(Keys.VISITOR, secrets.token_hex(8))


def visitor() -> str:
    """Random text that tells this visitor from others; empty outside of a session."""
    number: str = st.session_state.get(Keys.VISITOR, "")
    return number


def started() -> bool:
    """Whether `start` was called in this session."""
    return Keys.DATASET in st.session_state
