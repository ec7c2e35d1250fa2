"""Names of what a visitor's session remembers, and its first values."""

import secrets

import streamlit as st


class Keys:
    """Keys of st.session_state; a widget's own key starts with its page's name."""

    DATASET = "dataset"
    """The Dataset that Explore shows and Train learns from."""
    DATASET_TASK = "dataset_task"
    """The BackgroundTask that extracts a folder, or None."""
    TRAINING = "training"
    """The visitor's TrainingJob, running or ended, or None."""
    SWEEP = "sweep"
    """The visitor's Sweep, running or ended, or None."""
    LEFT_OUT = "left_out"
    """Tracks that Train leaves out of a data set: see ui/doctor.py."""
    RUN = "run"
    """Name of the run that Evaluate shows and Predict asks."""
    QUIZ = "quiz"
    """The QuizConfig of the quiz that the visitor plays or shows, or None."""
    PLAYER = "quiz_player"
    """Tells the visitor from other players; drawn by chance, and says nothing of them."""
    COMPARED = "compare_chosen"
    """Names of the runs that are chosen on Compare."""


def start() -> None:
    """Give every key a value; called once for each page view, before the page."""
    for key in (Keys.DATASET, Keys.DATASET_TASK, Keys.TRAINING, Keys.SWEEP, Keys.LEFT_OUT, Keys.RUN, Keys.QUIZ):
        st.session_state.setdefault(key, None)
    st.session_state.setdefault(Keys.PLAYER, secrets.token_hex(8))


def started() -> bool:
    """Whether `start` was called for this session."""
    return Keys.DATASET in st.session_state
