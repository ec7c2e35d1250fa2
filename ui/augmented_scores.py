"""The accuracy of a run on its test set with augmentations, on the pages that show a run."""

import streamlit as st

from genre_core import escaping
from genre_core.figures.augmentation import augmentation_title, augmented_scores
from genre_core.runs import RunInfo
from genre_core.wording import listed, percent
from ui import cached
from ui.text import CHART, measured_on


def show(info: RunInfo, *, key: str) -> None:
    """Show the accuracy on the clean and on the augmented test set; nothing if the run has none.

    Parameters
    ----------
    key : of the figure.
    """
    if not info.augmented:
        return
    tests = {"clean": info.scores} | {_title(name): test.scores for name, test in info.augmented.items()}
    accuracies = ", ".join(f"{name} {percent(scores.track_accuracy)}" for name, scores in tests.items())
    st.subheader("Augmented test set")
    st.markdown(f"Accuracy (tracks) {measured_on(info)}: {accuracies}.")
    st.plotly_chart(
        cached.figure(augmented_scores, info),
        config=CHART,
        key=key,
        alt="Accuracy per segment and per track on the clean and on each augmented test set, with 95 % confidence "
        "intervals.",
    )
    if info.augmentations:
        copies = listed([_title(name) for name in info.augmentations])
        st.caption(f"Trained on the training tracks as they are and on copies of them (bold): {copies}.")
    else:
        st.caption("Trained on the training tracks as they are: the training set was not augmented.")


def _title(name: str) -> str:
    title = augmentation_title(name)
    return escaping.markdown(title if title.startswith("MP3") else title[0].lower() + title[1:])
