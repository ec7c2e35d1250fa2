"""The damaged runs: what is wrong with each, and a button to delete it."""

import zlib

import streamlit as st

from genre_core import escaping
from genre_core.runs import DamagedRun, is_bundled, list_damaged_runs
from genre_core.wording import counted
from ui import visitors
from ui.compare import actions


def show() -> None:
    """Show the runs whose run.json can't be read; nothing if there are none. To the operator alone: it is not known
    whose they are."""
    damaged = list_damaged_runs() if visitors.current().is_operator else []
    if not damaged:
        return
    with st.expander(counted(len(damaged), "damaged run"), icon=":material/heart_broken:", key="compare_damaged"):
        st.caption("They can't be opened, and nothing else depends on them.")
        for run in damaged:
            _show(run)


def _show(run: DamagedRun) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.markdown(f"**{escaping.markdown(run.shown_name)}**: {escaping.markdown(run.reason)}")
    with right:
        names = {} if is_bundled(run) else {run.name: run.shown_name}
        actions.delete_button(names, "Delete", key=f"compare_delete_{_key(run)}")


def _key(run: DamagedRun) -> str:
    """A part of a widget's key; names of folders may hold what a key can't."""
    return f"{zlib.crc32(run.shown_name.encode()):08x}"
