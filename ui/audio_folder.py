"""The folder that holds the audio of known tracks: asked for where a page wants to play them, and remembered."""

from collections.abc import Iterable

import streamlit as st

from genre_core import datasets, storage
from genre_core.errors import GenreLabError


def ask(genres: Iterable[str], key: str) -> None:
    """A box for the folder, which is remembered once it holds a folder of one of the genres.

    Parameters
    ----------
    key : of the box in st.session_state.
    """
    st.session_state.setdefault(key, storage.read_settings().get("audio_folder", ""))
    st.text_input(
        "Folder with the audio",
        key=key,
        placeholder="/home/me/gtzan/genres",
        on_change=_remember,
        args=(tuple(genres), key),
    )
    if problem := st.session_state.get(_problem_of(key)):
        st.error(problem, icon=":material/error:")


def _remember(genres: tuple[str, ...], key: str) -> None:
    st.session_state[_problem_of(key)] = None
    try:
        folder = storage.user_path(st.session_state[key].strip()).absolute()
        datasets.check_audio_folder(folder, genres)
        storage.write_setting("audio_folder", str(folder))
    except GenreLabError as error:
        st.session_state[_problem_of(key)] = str(error)


def _problem_of(key: str) -> str:
    return f"{key}_problem"
