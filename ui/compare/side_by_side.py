"""Runs side by side: scores with confidence intervals, learning curves, and the difference of confusion matrices."""

import streamlit as st

from genre_core import escaping
from genre_core.figures import compare as figures
from genre_core.figures.confusion import confusion_difference
from genre_core.runs import RunInfo, comparison, run_labels
from ui import cached, shell
from ui.text import CHART

_MAX_SHOWN = 12
"""Runs in the figure of scores if none is chosen."""


def show_scores(chosen: list[RunInfo], shown: list[RunInfo]) -> None:
    """Show the scores of the chosen runs or, if none is chosen, of the first in the table."""
    infos = chosen or shown[:_MAX_SHOWN]
    if not infos or len(chosen) == 1:
        return
    st.subheader("Accuracy with confidence intervals")
    if not chosen:
        st.caption("The first runs of the table; choose runs to compare only those.")
    else:
        for warning in comparison.compare(infos).warnings:
            shell.show_problem(f"{warning} They are grouped by test set below.", kind="warning", icon=":material/rule:")
    st.plotly_chart(cached.figure(figures.intervals, infos), config=CHART, key="compare_intervals")
    st.caption(
        "Markers are accuracies on the test set named above them; bars are 95 % confidence intervals. Where two "
        "intervals overlap widely, the difference may be due to chance."
    )


def show_curves(chosen: list[RunInfo]) -> None:
    """Show the learning curves of the chosen runs on their test sets."""
    networks = [info for info in chosen if info.config.is_network]
    if not networks:
        return
    st.subheader("Learning curves")
    labels = run_labels(chosen)
    histories = {labels[info.name]: cached.run(info.name).history() for info in networks}
    left, right = st.columns(2, gap="medium")
    left.plotly_chart(figures.curves(histories, "accuracy"), config=CHART, key="compare_accuracy")
    right.plotly_chart(figures.curves(histories, "loss"), config=CHART, key="compare_loss")
    caption = "Each curve is measured on the test set of its run."
    if comparison.compare(networks).test_sets > 1:
        caption += " **The test sets differ, so a higher curve does not mean a better model.**"
    if len(networks) < len(chosen):
        caption += " Models that are not trained in epochs have no curve."
    st.caption(caption)


def show_difference(chosen: list[RunInfo]) -> None:
    """Show the difference of the confusion matrices of two chosen runs."""
    if len(chosen) != 2:
        return
    st.subheader("Difference of the confusion matrices")
    first, second = chosen
    if first.genres != second.genres:
        st.info("These runs have different genres, so there is no difference to show.", icon=":material/info:")
        return
    if st.toggle("Swap the runs", key="compare_swap"):
        first, second = second, first
    labels = run_labels(chosen)
    minuend, subtrahend = (escaping.markdown(labels[info.name]) for info in (second, first))
    st.markdown(
        f"**{minuend}** minus **{subtrahend}**, in percentage points of the true genre.  \n"
        f"Blue: **{minuend}** is better (more correct predictions, fewer errors).  \n"
        f"Orange: **{subtrahend}** is better."
    )
    test_sets = [comparison.describe_test_set(info) for info in (second, first)]
    if test_sets[0] != test_sets[1]:
        st.caption(
            f"The test sets differ ({'; '.join(map(escaping.markdown, test_sets))}), so the difference is due to the "
            "test sets as well as to the models."
        )
    matrix = confusion_difference(cached.evaluation(first.name), cached.evaluation(second.name))
    st.plotly_chart(matrix, config=CHART, key="compare_difference", width=760)
