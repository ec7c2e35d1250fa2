"""Widgets that take files: they are empty again once a page has taken the files, which then leave Streamlit's memory.

Streamlit keeps what a widget holds in memory as long as the session lasts.
"""

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


def widget_key(key: str) -> str:
    """The key of a widget that takes files: another one each time they were taken, so that it is empty again."""
    return f"{key}_{st.session_state.get(_count_key(key), 0)}"


def take(key: str) -> list[UploadedFile]:
    """The files of a widget with `widget_key(key)`, in its callback; empties it.

    The files are in memory as long as the caller keeps them.
    """
    given = st.session_state[widget_key(key)] or []
    files: list[UploadedFile] = given if isinstance(given, list) else [given]
    st.session_state[_count_key(key)] = st.session_state.get(_count_key(key), 0) + 1
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    return files


def _count_key(key: str) -> str:
    return f"{key}_count"
