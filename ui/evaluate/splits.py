"""The section "Effect of the split": the same configuration under each seeded split."""

import streamlit as st

from genre_core import runs
from genre_core.datasets.splits import SEEDED_KINDS, SPLIT_DESCRIPTIONS
from genre_core.figures import evaluate as figures
from genre_core.runs import RunInfo
from genre_core.runs.comparison import describe_gap, runs_by_split
from ui.evaluate import missing_splits
from ui.text import NO_BAR


def show(info: RunInfo) -> None:
    """Show the accuracies under each split, what their gap means, and how to train the missing ones."""
    found = runs_by_split(info, runs.list_runs())
    shown = list(found.values()) + ([] if info.split.kind in SEEDED_KINDS else [info])
    st.subheader("Effect of the split")
    st.markdown("Accuracy of the same model on the same dataset, with different ways to choose the test set.")
    left, right = st.columns([3, 2], gap="medium")
    left.plotly_chart(
        figures.split_scores(shown, info.name),
        config=NO_BAR,
        key="evaluate_splits",
        alt="Accuracy per segment and per track for each split, with 95 % confidence intervals.",
    )
    with right:
        if explanation := describe_gap(found):
            st.markdown(f"**{explanation}**")
        for kind in found:
            st.caption(f"{kind.capitalize()} split: {SPLIT_DESCRIPTIONS[kind]}")
        missing = [kind for kind in SEEDED_KINDS if kind not in found]
        if info.stopped and missing:
            st.caption("The training of this run was stopped early, so there is no comparison with other splits.")
        elif missing:
            missing_splits.show(info, missing)
