"""Evaluate: the scores of a run, the effect of its split, and its predictions down to the single segment."""

from functools import partial

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from genre_core.runs import RunInfo
from ui import augmented_scores, lessons, run_downloads, run_picker, shell, text, touch
from ui.evaluate import charts, confusion, curves, errors, folds, scores, splits, tracks
from ui.lessons import panel

_VIEWS = {
    "Confusion matrix": confusion.show,
    "Tracks": tracks.show,
    "Confident errors": errors.show,
    "Calibration": charts.show_calibration,
    "Scores per genre": charts.show_genre_scores,
    "ROC and precision-recall": curves.show,
    "Learning curves": charts.show_learning_curves,
}


@st.fragment
def show_views(info: RunInfo) -> None:
    """Show the chosen view of the predictions; the others are not computed."""
    test_set = "the validation set" if info.split.selection else "the test set"
    st.subheader("Predictions of all folds together" if info.folds else f"Predictions on {test_set}")
    control = partial(
        st.segmented_control,
        "View",
        list(_VIEWS),
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    view = lessons.choose("view", list(_VIEWS), control, key="evaluate_view")
    with shell.messages():
        _VIEWS[view](info)
    st.caption(f"Measured {text.measured_on(info)}.")


shell.enter()
st.title("Evaluate")
lessons.begin("evaluate", in_address=True)
st.markdown("See how accurate a run is on its test set, and which genres it confuses.")
with shell.messages():
    chosen_run = run_picker.choose()
    scores.show(chosen_run)
    if lessons.shows("downloads"):
        with st.container(horizontal=True):
            run_downloads.show(chosen_run)
    if chosen_run.folds:
        folds.show(chosen_run)
    if lessons.shows("splits"):
        splits.show(chosen_run)
    augmented_scores.show(chosen_run, key="evaluate_augmented_scores")
    show_views(chosen_run)
    touch.enable_taps()
panel.show()
