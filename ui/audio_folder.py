"""Folders that a visitor enters, and the setting for the one with the audio files of known tracks."""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from genre_core import datasets, storage
from genre_core.errors import ConfigError, GenreLabError
from ui import shell

PLACEHOLDER = "/home/me/music/genres"
"""An example of a folder, for its text box."""


def read_folder_path(text: str) -> Path:
    """The absolute path of a folder from a text box; it need not exist.

    Raises
    ------
    GenreLabError : if the text is empty or no valid path.
    """
    if not text.strip():
        raise ConfigError(f"Enter a folder, such as {PLACEHOLDER}.")
    return storage.user_path(text.strip()).absolute()


def ask(genres: Iterable[str], key: str) -> None:
    """Show a text box for the folder, and save it as a setting once it has a subfolder for one of the genres.

    Clearing the box clears the setting.

    Parameters
    ----------
    key : of the text box in st.session_state.
    """
    st.session_state.setdefault(key, storage.read_settings().get("audio_folder", ""))
    st.text_input(
        "Audio folder",
        key=key,
        placeholder=PLACEHOLDER,
        help="A folder on the computer that runs Genre Lab, with one subfolder per genre.",
        on_change=_save,
        args=(tuple(genres), key),
    )
    if problem := st.session_state.get(_problem_key(key)):
        shell.show_problem(problem)


def _save(genres: tuple[str, ...], key: str) -> None:
    st.session_state[_problem_key(key)] = None
    try:
        folder = ""
        if entered := st.session_state[key].strip():
            path = read_folder_path(entered)
            datasets.check_audio_folder(path, genres)
            folder = str(path)
        storage.write_setting("audio_folder", folder)
    except GenreLabError as error:
        st.session_state[_problem_key(key)] = str(error)


def _problem_key(key: str) -> str:
    return f"{key}_problem"
