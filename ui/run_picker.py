"""The select box for a run."""

import streamlit as st

from genre_core import runs
from genre_core.runs import RunInfo
from ui import cached, lessons, shell, visitors
from ui.state import Keys

_WIDGET = "run_picker"
_ADDRESS = "run_address"
"""Name of the run that was last written to the address; another run there was opened by the visitor."""
_UNKNOWN = "run_unknown"
"""Name of a run in the address that can't be opened, until another is chosen."""


def choose() -> RunInfo:
    """Show a select box for a run. The choice is shared by all pages and kept in the address (`?run=NAME`).

    Without any run, show a message and stop the page. Trials of sweeps are not offered. A lesson may have its own run.
    """
    infos = {info.name: info for info in cached.visible_runs() if not info.is_trial and _is_offered(info)}
    if not infos:
        no_runs()
        st.stop()
    if not lessons.shows("run"):
        return _of_lesson(infos)
    of_lesson = lessons.take("run")
    chosen, requested = st.session_state.get(Keys.RUN), of_lesson or st.query_params.get("run")
    if requested and (of_lesson or requested != st.session_state.get(_ADDRESS)):
        st.session_state[_UNKNOWN] = None if requested in infos else requested
        chosen = requested if requested in infos else chosen
    if chosen not in infos:
        chosen = runs.DEFAULT_RUN if runs.DEFAULT_RUN in infos else next(iter(infos))
    st.session_state[Keys.RUN] = st.session_state[_WIDGET] = chosen
    if lessons.current() is None and st.query_params.get("run") != chosen:
        st.query_params["run"] = chosen
    lessons.write("run", chosen)
    st.session_state[_ADDRESS] = chosen
    labels = runs.run_labels(list(infos.values()))
    st.selectbox("Run", list(infos), key=_WIDGET, format_func=labels.__getitem__, on_change=_remember)
    if unknown := st.session_state.get(_UNKNOWN):
        message = f"The run '{unknown}' was not found or can't be opened; this is another run."
        shell.show_problem(message, kind="warning")
    return infos[chosen]


def _of_lesson(infos: dict[str, RunInfo]) -> RunInfo:
    """The run of a lesson that hides the select box; without it, show a message and stop the page."""
    name = lessons.fixed("run") or runs.DEFAULT_RUN
    if name not in infos:
        shell.show_problem("The run of this lesson was not found; ask for a new link.")
        st.stop()
    return infos[name]


def _is_offered(info: RunInfo) -> bool:
    """Whether the box offers a run: to the operator not all of a class, unless it was opened on Compare."""
    own = runs.is_bundled(info) or info.shared or info.owner == visitors.current().id
    return own or info.name in (st.session_state.get(Keys.RUN), st.query_params.get("run"))


def no_runs() -> None:
    """Show that there is no run, with a link to where one is trained."""
    st.info("There are no runs yet. Runs appear here after training.", icon=":material/info:")
    st.page_link("pages/train.py", label="Train a model", icon=":material/tune:")


def _remember() -> None:
    st.session_state[Keys.RUN] = st.session_state[_WIDGET]
    st.session_state[_UNKNOWN] = None
