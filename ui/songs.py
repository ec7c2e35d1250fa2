"""The visitor's own songs, for Predict and Listen: uploaded or recorded, and stored until they expire."""

from collections.abc import Callable

import streamlit as st

from genre_core.classroom import uploads
from genre_core.classroom.uploads import Upload
from genre_core.errors import GenreLabError
from genre_core.visitors import keep_hours
from ui import player, shell, uploading, visitors

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
        label,
        player.FORMATS,
        accept_multiple_files=True,
        key=uploading.widget_key(key),
        on_change=store,
        args=(key, on_add),
    )
    for problem in st.session_state.get(_PROBLEMS, ()):
        shell.show_problem(problem)


def stored() -> list[Upload]:
    """The visitor's songs, the newest last."""
    return uploads.list_uploads(_owner())


def show(key: str) -> list[Upload]:
    """The visitor's songs, the newest last, in a list from which they can be removed."""
    songs = stored()
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
        return f"Your songs are visible to you and the operator, kept for {keep_hours():g} hours and then deleted."
    return f"Your songs are kept on this computer for {keep_hours():g} hours and then deleted."


def store(key: str, on_add: OnAdd, name: str = "") -> None:
    """Store what a widget took, and empty it.

    Parameters
    ----------
    key : of the widget, as for `uploading.widget_key`.
    name : of what it took; by default that of each file.
    """
    added, problems = [], []
    for file in uploading.take(key):
        try:
            added.append(uploads.add(_owner(), name or file.name, file.getvalue()))
        except GenreLabError as error:
            problems.append(str(error))
    st.session_state[_PROBLEMS] = problems
    if added:
        on_add(added)


def _remove(key: str, shown: list[str]) -> None:
    """Remove the songs that are not in the list any more."""
    problems = []
    for song in set(shown) - set(st.session_state[key]):
        try:
            uploads.remove(_owner(), song)
        except GenreLabError as error:
            problems.append(str(error))
    st.session_state[_PROBLEMS] = problems


def _owner() -> str:
    return visitors.current().id
