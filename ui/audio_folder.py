"""The folder with the audio files of known tracks: a text box for it, and its setting."""

from collections.abc import Iterable

import streamlit as st

from genre_core import datasets, storage
from genre_core.errors import GenreLabError


def ask(genres: Iterable[str], key: str) -> None:
    """Show a text box for the folder, and save it as a setting once it has a subfolder for one of the genres.

    Parameters
    ----------
    key : of the text box in st.session_state.
    """
    st.session_state.setdefault(key, storage.read_settings().get("audio_folder", ""))
    st.text_input(
        "Audio folder",
        key=key,
        placeholder="/home/me/gtzan/genres",
        help="A folder on the computer that runs Genre Lab, with one subfolder per genre.",
        on_change=_save,
        args=(tuple(genres), key),
    )
    if problem := st.session_state.get(_problem_key(key)):
        st.error(problem, icon=":material/error:")


def _save(genres: tuple[str, ...], key: str) -> None:
    st.session_state[_problem_key(key)] = None
    try:
        folder = storage.user_path(st.session_state[key].strip()).absolute()
        datasets.check_audio_folder(folder, genres)
        storage.write_setting("audio_folder", str(folder))
    except GenreLabError as error:
        st.session_state[_problem_key(key)] = str(error)


def _problem_key(key: str) -> str:
    return f"{key}_problem"
