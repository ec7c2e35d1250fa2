"""Import of a run from a ZIP archive, which a worker process checks and stores."""

from functools import partial

import streamlit as st

from genre_core import escaping
from genre_core.errors import GenreLabError
from genre_core.jobs import Job
from genre_core.runs import RunInfo
from genre_core.runs.exchange import import_run
from ui import cached, shell, trainings, uploading, visitors
from ui.state import Keys, visitor

_UPLOAD = "compare_import"
_JOB = "compare_import_job"
"""The job that imports the visitor's archive, until its result was shown."""
_PROBLEM = "compare_import_problem"
"""Why the last archive could not be imported, if so."""
_IMPORTED = "compare_imported"
"""Name of the run that was imported last."""


def show() -> None:
    """Show the uploader, and what became of the last archive."""
    _take_result()
    problem, imported = st.session_state.get(_PROBLEM), st.session_state.get(_IMPORTED)
    open_ = bool(problem or imported or st.session_state.get(_JOB))
    with st.expander("Import a run", icon=":material/upload:", key="compare_import_section", expanded=open_):
        st.file_uploader(
            "Exported run (ZIP)",
            "zip",
            key=uploading.widget_key(_UPLOAD),
            on_change=_begin,
            help='A file from "Run (ZIP)" or `genre-lab export`, at most 200 MB. Only the run in it is used.',
        )
        if problem:
            shell.show_problem(problem)
        elif imported:
            st.success(f"Imported as {escaping.markdown(imported)}.", icon=":material/check:")
        job = st.session_state.get(_JOB)
        if job and cached.ready([job], "Importing the run"):
            st.rerun()  # the table above lists the run


def _begin() -> None:
    """Give the archive to a worker, if the visitor may have one more run."""
    st.session_state[_PROBLEM] = st.session_state[_IMPORTED] = None
    owner = visitors.current().id
    for file in uploading.take(_UPLOAD):
        try:
            trainings.check_room(1)
            work = partial(import_run, owner=owner)
            st.session_state[_JOB] = cached.workers().submit(work, file.getvalue(), visitor=visitor())
        except GenreLabError as error:
            st.session_state[_PROBLEM] = str(error)


def _take_result() -> None:
    job: Job[RunInfo] | None = st.session_state.get(_JOB)
    if job is None or job.running:
        return
    st.session_state[_JOB] = None
    try:
        st.session_state[_IMPORTED] = st.session_state[Keys.RUN] = job.get().name
    except GenreLabError as error:
        st.session_state[_PROBLEM] = str(error)
