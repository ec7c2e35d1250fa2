"""The end of a class: its work as one ZIP file, and its deletion."""

import streamlit as st

from genre_core.classroom import closing
from genre_core.errors import GenreLabError
from genre_core.jobs import Job
from ui import cached, server, shell
from ui.state import visitor

_JOB, _PROBLEM = "operator_pack_job", "operator_close_problem"


def show() -> None:
    """Show the button that ends the class, and what follows it."""
    st.subheader("End the class")
    st.markdown(
        "All that the visitors made (runs, datasets, songs, challenges) is put into one ZIP file for you, and then "
        "deleted. Your own runs, datasets and lessons stay."
    )
    if problem := st.session_state.pop(_PROBLEM, None):
        shell.show_problem(problem)
    job: Job[frozenset[str]] | None = st.session_state.get(_JOB)
    if job is None or job.failed:
        if job and job.failed:
            shell.show_problem(job.problem or "The ZIP file could not be made; the log of Genre Lab has the details.")
        if st.button("Make the ZIP file", icon=":material/folder_zip:", key="operator_pack"):
            st.session_state[_JOB] = cached.background_workers().submit(
                closing.pack_class, server.class_file(), visitor=visitor(), with_progress=True
            )
            st.rerun()
    elif cached.ready([job], "Making the ZIP file"):
        address = f"{server.base_path()}/{server.CLASS_FILE}"
        st.html(f'<a href="{address}" target="_self" download>Download the ZIP file of the class</a>')
        if st.button("Delete the work of the class", icon=":material/delete:", key="operator_delete_class"):
            _confirm()


@st.dialog("Delete the work of the class")
def _confirm() -> None:
    st.markdown(
        "Runs, datasets, songs and challenges of all visitors are deleted, and work in progress is stopped. Have you "
        "downloaded the ZIP file? This can't be undone."
    )
    with st.container(horizontal=True):
        confirmed = st.button("Delete", type="primary", key="operator_confirm_delete", on_click=_delete)
        if st.button("Cancel", key="operator_cancel_delete") or confirmed:
            st.rerun()


def _delete() -> None:
    job: Job[frozenset[str]] = st.session_state[_JOB]
    try:
        for sweep in cached.sweeps():
            if sweep.owner:
                sweep.stop()
        for training in cached.trainer().jobs:
            if training.owner:
                training.stop()
        for work in (*cached.workers().jobs, *cached.background_workers().jobs):
            work.stop()
        closing.delete_class(job.get())
        server.forget_visitors()
    except GenreLabError as error:
        st.session_state[_PROBLEM] = str(error)
    else:
        server.class_file().unlink(missing_ok=True)
    st.session_state[_JOB] = None
