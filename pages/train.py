"""The page Train: set up a model, train it, and follow its learning curves."""

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from genre_core.datasets import Dataset
from ui import doctor, lessons, shell
from ui.dataset_picker import choose_dataset
from ui.lessons import panel
from ui.state import Keys
from ui.train import setup, sweep, training

_TRAINING_FIRST = """<style>
@media (max-width: 640px) {
    .st-key-train_columns > * > [data-testid=stHorizontalBlock] { flex-direction: column-reverse; }
    [data-testid=stLayoutWrapper]:has(> .st-key-train_progress) { order: -1; }
}
</style>"""
"""On a phone, which shows the columns below each other, what is trained comes before its settings."""


def show() -> None:
    st.title("Train")
    lessons.begin("train")
    st.markdown(
        "Train a model to predict genres, and follow its learning curves. When the test loss rises while the training "
        "loss still falls, the model overfits."
    )
    dataset = choose_dataset()
    if dataset is None:
        st.session_state[Keys.START_TRAINING] = False
        return
    setup.open_address()
    if message := doctor.exclusion_message(dataset):
        st.caption(message)
    _show_training(dataset)


@st.fragment
def _show_training(chosen: Dataset) -> None:
    """The setup on the left; training and sweep on the right."""
    with shell.messages():
        with st.container(key="train_columns"):
            left, right = st.columns([5, 6], gap="large")
        if st.session_state[Keys.TRAINING] or st.session_state[Keys.START_TRAINING]:
            st.html(_TRAINING_FIRST)
        with left:
            setup.show_setup(chosen)
        with right:
            current = setup.read_setup(chosen)
            setup.warn_of_changes(current)
            setup.write_address(current)
            dataset = _training_dataset(chosen, current.features)
            training.show_start(dataset, current)
            with st.container(key="train_progress"):
                training.show_training(current)
            if lessons.shows("sweep"):
                sweep.show_sweep(dataset, current)
        panel.show()


def _training_dataset(dataset: Dataset, features: str) -> Dataset:
    """The dataset with the chosen feature set, without the tracks that are excluded on Explore."""
    return doctor.training_dataset(setup.in_feature_set(dataset, features))


shell.enter()
show()
