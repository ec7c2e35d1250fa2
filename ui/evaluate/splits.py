"""The section "Effect of the split": the same configuration under each seeded split."""

import streamlit as st

from genre_core import runs
from genre_core.datasets.splits import SEEDED_KINDS, SPLIT_DESCRIPTIONS, SplitKind
from genre_core.figures import evaluate as figures
from genre_core.runs import RunInfo
from genre_core.runs.comparison import describe_gap, runs_by_split
from ui import cached
from ui.evaluate import missing_splits
from ui.text import CHART


def show(info: RunInfo) -> None:
    """Show the accuracies under each split, what their gap means, and how to train the missing ones.

    With nothing to compare, and without the dataset to train on, say which dataset it needs; of a bundled run, whose
    dataset does not ship with it, show nothing.
    """
    found = runs_by_split(info, cached.visible_runs())
    shown = list(found.values()) + ([] if info.split.kind in SEEDED_KINDS else [info])
    missing = [kind for kind in SEEDED_KINDS if kind not in found]
    can_be_compared = len(shown) > 1 or missing_splits.can_be_trained(info, missing)
    if not can_be_compared and runs.is_bundled(info):
        return
    st.subheader("Effect of the split")
    st.markdown("Accuracy of the same model on the same dataset, with different ways to choose the test set.")
    if info.stopped and missing:
        st.caption("The training of this run was stopped early, so there is no comparison with other splits.")
    elif not can_be_compared:
        missing_splits.ask_for_dataset(info)
    else:
        _compare(info, found, shown, missing)


def _compare(info: RunInfo, found: dict[SplitKind, RunInfo], shown: list[RunInfo], missing: list[SplitKind]) -> None:
    left, right = st.columns([3, 2], gap="medium")
    left.plotly_chart(
        cached.figure(figures.split_scores, shown, info.name),
        config=CHART,
        key="evaluate_splits",
        alt="Accuracy per segment and per track for each split, with 95 % confidence intervals.",
    )
    with right:
        if explanation := describe_gap(found):
            st.markdown(f"**{explanation}**")
        for kind in found:
            st.caption(f"{kind.capitalize()} split: {SPLIT_DESCRIPTIONS[kind]}")
        if missing:
            missing_splits.show(info, missing)
