"""Choose a run; shared by Evaluate and Predict."""

from datetime import datetime

import streamlit as st

from genre_core import runs
from genre_core.audio.separation import MIX
from genre_core.features import stem_of
from genre_core.runs import RunInfo
from ui.state import Keys

_WIDGET = "run_picker"
_ADDRESS = "run_address"
"""The run that was last written to the address bar: another one was opened by the visitor."""


def choose(label: str = "Run") -> RunInfo:
    """A box to choose a run, which is remembered from page to page and stands in the address.

    Ends the page with advice if there is none.
    """
    infos = {info.name: info for info in runs.list_runs() if not info.split.selection}
    if not infos:
        st.info("There is no run yet. Train a classifier, and it appears here.", icon=":material/info:")
        st.page_link("pages/train.py", label="Train one", icon=":material/tune:")
        st.stop()
    remembered, asked = st.session_state.get(Keys.RUN), st.query_params.get("run")
    if asked in infos and asked != st.session_state.get(_ADDRESS):
        remembered = asked
    if remembered not in infos:
        remembered = runs.DEFAULT if runs.DEFAULT in infos else next(iter(infos))
    st.session_state[Keys.RUN] = st.session_state[_WIDGET] = remembered
    if st.query_params.get("run") != remembered:
        st.query_params["run"] = remembered
    st.session_state[_ADDRESS] = remembered
    st.selectbox(label, list(infos), key=_WIDGET, format_func=lambda name: title(infos[name]), on_change=_remember)
    return infos[remembered]


def title(info: RunInfo) -> str:
    """What a run is called in lists; the split comes first, since a phone cuts the end."""
    split = info.split.description
    stem = stem_of(info.features)
    data = info.data if stem == MIX else f"{info.data}, {stem} alone"
    what = info.title or f"{data}, {info.description}"
    stopped = ", stopped" if info.stopped else ""
    return f"{split[0].upper()}{split[1:]} · {what}{stopped} · {_date(info)}"


def _remember() -> None:
    st.session_state[Keys.RUN] = st.session_state[_WIDGET]


def _date(info: RunInfo) -> str:
    made = datetime.fromisoformat(info.created).astimezone()
    return f"{made.day} {made:%b %Y, %H:%M}"
