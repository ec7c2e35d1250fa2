"""The chosen runs: ticked in the table or chosen in the box below it."""

import streamlit as st

from genre_core.runs import RunInfo, run_labels
from ui.state import Keys

_TABLE_VERSION = "compare_table_version"
"""Raised to redraw the ticks of the table."""


def choose(infos: dict[str, RunInfo]) -> list[RunInfo]:
    """Show the box with the chosen runs, and return them."""
    labels = run_labels(list(infos.values()))
    st.multiselect(
        "Chosen runs",
        list(infos),
        key=Keys.COMPARED,
        persist_state="session",
        format_func=labels.__getitem__,
        on_change=_redraw_ticks,
        placeholder="Tick rows of the table, or choose runs here",
    )
    return [infos[name] for name in st.session_state[Keys.COMPARED]]


def forget_deleted(infos: dict[str, RunInfo]) -> None:
    """Remove runs that no longer exist from the chosen ones."""
    chosen = st.session_state.get(Keys.COMPARED, [])
    st.session_state[Keys.COMPARED] = [name for name in chosen if name in infos]


def table_version() -> int:
    """A number that is part of the table's key."""
    version: int = st.session_state.setdefault(_TABLE_VERSION, 0)
    return version


def ticked_rows(names: list[str]) -> list[int]:
    """The rows of the chosen runs."""
    return [row for row, name in enumerate(names) if name in st.session_state[Keys.COMPARED]]


def take_ticks(key: str, names: list[str]) -> None:
    """Choose the ticked runs, in addition to chosen ones that the table does not show."""
    ticked = [names[row] for row in st.session_state[key].selection.rows]
    st.session_state[Keys.COMPARED] = [name for name in st.session_state[Keys.COMPARED] if name not in names] + ticked


def _redraw_ticks() -> None:
    st.session_state[_TABLE_VERSION] = table_version() + 1
