"""The visitor's own songs, for Predict and Listen: uploaded or recorded, and stored until they expire."""

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from genre_core.classroom import uploads
from genre_core.classroom.uploads import Upload
from genre_core.errors import GenreLabError
from genre_core.visitors import keep_hours
from ui import player, shell, visitors

_PROBLEMS = "songs_problems"
"""Why songs could not be stored or removed, the last time."""

OnAdd = Callable[[list[Upload]], None]
"""Called with the songs that were added."""


def read(upload: Upload) -> bytes:
    """The content of a song of the visitor.  Raises StorageError if it is gone."""
    return uploads.read(_owner(), upload.id)


def upload(label: str, key: str, on_add: OnAdd) -> None:
    """The uploader of songs, which is empty again once they are stored, and why some could not be."""
    st.file_uploader(
        label, player.FORMATS, accept_multiple_files=True, key=widget_key(key), on_change=store, args=(key, on_add)
    )
    for problem in st.session_state.get(_PROBLEMS, ()):
        shell.show_problem(problem)


def show(key: str) -> list[Upload]:
    """The visitor's songs, the newest last, in a list from which they can be removed."""
    songs = uploads.list_uploads(_owner())
    if not songs:
        return []
    names = {song.id: song.name for song in songs}
    st.session_state[key] = list(names)
    st.multiselect(
        "Your songs",
        list(names),
        format_func=lambda song: names.get(song, ""),
        key=key,
        on_change=_remove,
        args=(key, list(names)),
        help=f"The cross of a song removes it, the one at the end removes all. {how_long_kept()}",
    )
    return songs


def how_long_kept() -> str:
    """Who can see the visitor's songs, and when they are deleted."""
    if visitors.is_served():
        return f"Your songs are visible to you alone, kept for {keep_hours():g} hours and then deleted."
    return f"Your songs are kept on this computer for {keep_hours():g} hours and then deleted."


def widget_key(key: str) -> str:
    """The key of a widget that takes files: another one each time its files were stored, so that it is empty again."""
    return f"{key}_{st.session_state.get(_count_key(key), 0)}"


def store(key: str, on_add: OnAdd, name: str = "") -> None:
    """Store what a widget took, and empty it.

    Parameters
    ----------
    key : of the widget, as for `widget_key`.
    name : of what it took; by default that of each file.
    """
    given = st.session_state[widget_key(key)] or []
    files: list[UploadedFile] = given if isinstance(given, list) else [given]
    st.session_state[_count_key(key)] = st.session_state.get(_count_key(key), 0) + 1
    added, problems = [], []
    for file in files:
        try:
            added.append(uploads.add(_owner(), name or file.name, file.getvalue()))
        except GenreLabError as error:
            problems.append(str(error))
        _release(file)
    st.session_state[_PROBLEMS] = problems
    if added:
        on_add(added)


def _release(file: UploadedFile) -> None:
    """Streamlit would keep the file in memory as long as the session lasts."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def _remove(key: str, shown: list[str]) -> None:
    """Remove the songs that are not in the list any more."""
    problems = []
    for song in set(shown) - set(st.session_state[key]):
        try:
            uploads.remove(_owner(), song)
        except GenreLabError as error:
            problems.append(str(error))
    st.session_state[_PROBLEMS] = problems


def _count_key(key: str) -> str:
    return f"{key}_count"


def _owner() -> str:
    return visitors.current().id
