"""The controls that select which runs the table shows."""

import pandas as pd
import streamlit as st

from genre_core import report
from genre_core.runs import RunInfo, comparison

ALL_TEST_SETS = "All (not ranked)"
_TEST_SET, _SEARCH, _TRIALS = "compare_test_set", "compare_search", "compare_trials"
_FILTERS = {"dataset": "Dataset", "split": "Split", "model": "Model", "features": "Feature set"}
"""Columns of `report.runs_table` with a filter, and their names."""
_SEARCHED = ["run", "title", "settings", "features", "dataset", "split", "sweep", "note"]


def is_ranked() -> bool:
    """Whether a single test set is chosen, so that the runs shown are ranked."""
    return bool(st.session_state[_TEST_SET] != ALL_TEST_SETS)


def filtered(infos: list[RunInfo]) -> list[RunInfo]:
    """Show the controls and return the runs that match.

    The runs of a single test set are ranked, best first; otherwise trials of sweeps come last.
    """
    test_sets = list(dict.fromkeys(comparison.describe_test_set(info) for info in infos))
    if st.session_state.get(_TEST_SET) not in test_sets:
        st.session_state[_TEST_SET] = ALL_TEST_SETS
    left, middle, right = st.columns([5, 4, 2], vertical_alignment="bottom")
    test_set = left.selectbox(
        "Test set",
        [ALL_TEST_SETS, *test_sets],
        key=_TEST_SET,
        persist_state="session",
        help="Choose a test set to rank the runs that were evaluated on it.",
    )
    query = middle.text_input(
        "Search", key=_SEARCH, persist_state="session", placeholder="Title, settings, note …", icon=":material/search:"
    )
    table = report.runs_table(infos)
    with right.popover(_filter_label(), icon=":material/filter_alt:", width="stretch", key="compare_filter"):
        keep = _filter(table, infos)
    texts = table[_SEARCHED].agg("\n".join, axis=1).str.lower()
    for word in query.lower().split():
        keep &= texts.str.contains(word, regex=False)
    if test_set != ALL_TEST_SETS:
        keep &= table["test_set"] == test_set
    found = [info for info, kept in zip(infos, keep, strict=True) if kept]
    if test_set == ALL_TEST_SETS:
        return sorted(found, key=lambda info: info.is_trial)
    return sorted(found, key=comparison.ranking_key, reverse=True)


def _filter_label() -> str:
    active = sum(bool(st.session_state.get(f"compare_{column}")) for column in _FILTERS)
    return f"Filter ({active})" if active else "Filter"


def _filter(table: pd.DataFrame, infos: list[RunInfo]) -> pd.Series:
    """Show the filters and return which rows of the table match."""
    keep = pd.Series(True, index=table.index)
    for column, label in _FILTERS.items():
        options = sorted(set(table[column]))
        key = f"compare_{column}"
        st.session_state[key] = [value for value in st.session_state.get(key, []) if value in options]
        chosen = st.multiselect(label, options, key=key, persist_state="session", placeholder="All")
        if chosen:
            keep &= table[column].isin(chosen)
    trials = pd.Series([info.is_trial for info in infos])
    if trials.any() and not st.toggle("Include sweep trials", key=_TRIALS, persist_state="session"):
        keep &= ~trials
    return keep
