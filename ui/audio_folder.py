"""Folders with audio: on localhost a visitor names them, in a class they choose from those that the operator allows or
has downloaded.

The setting `audio_folder` is the one with the audio files of known tracks; no visitor of a class writes it.
"""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from genre_core import datasets, storage
from genre_core.datasets import downloads
from genre_core.errors import ConfigError, GenreLabError
from genre_core.visitors import serving
from ui import shell, visitors

_PLACEHOLDER = "/home/me/music/genres"
"""An example of a folder, for its text box."""
_LABEL = "Audio folder"
_ON_SERVER = "A folder on the computer that runs Genre Lab, with one subfolder per genre."
_ALLOWED = "A folder that the operator allows, with one subfolder per genre."


def can_be_named() -> bool:
    """Whether a visitor can name a folder of the server: only on localhost."""
    return not visitors.is_served()


def known() -> list[Path]:
    """The folders that are known without naming one: those that the operator allows, or on localhost the setting, and
    the downloads."""
    settings, named = serving(), storage.read_settings().get("audio_folder")
    folders = list(settings.allowed) if settings else [Path(named)] if named else []
    downloaded = [downloads.folder_of(dataset) for dataset in downloads.DATASETS.values()]
    return folders + [folder for folder in downloaded if folder.is_dir() and folder not in folders]


def is_offered() -> bool:
    """Whether there is a folder to choose, or one can be named."""
    return can_be_named() or bool(known())


def choose_known(label: str, key: str) -> Path | None:
    """The known folder, or a choice if there are several; None without any."""
    folders = known()
    if len(folders) < 2:
        return next(iter(folders), None)
    chosen = st.selectbox(label, folders, format_func=_names(folders).__getitem__, key=key)
    return chosen if chosen in folders else None  # a browser may answer with any text


def enter(key: str, further_help: str = "") -> None:
    """A text box for a folder, or the choice of an allowed one, for a form; `entered` says which folder it is."""
    if can_be_named():
        st.text_input(
            _LABEL,
            value=str(next(iter(known()), "")),
            placeholder=_PLACEHOLDER,
            key=key,
            help=f"{_ON_SERVER} {further_help}".strip(),
        )
    else:
        folders = known()
        names = _names(folders)
        st.selectbox(_LABEL, folders, format_func=names.__getitem__, key=key, help=f"{_ALLOWED} {further_help}".strip())


def entered(key: str) -> Path:
    """The absolute path of the folder in `enter`; it need not exist.

    Raises
    ------
    GenreLabError : if the text is empty or no valid path, or the operator does not allow the folder.
    """
    value = st.session_state[key]
    if can_be_named():
        return _read_path(value)
    if value not in known():
        raise ConfigError("The operator does not allow this folder; choose another one.")
    return Path(value)


def ask(genres: Iterable[str], key: str) -> None:
    """Show a text box for the folder, and save it as a setting once it has a subfolder for one of the genres.

    Clearing the box clears the setting.  Visitors of a class see nothing.

    Parameters
    ----------
    key : of the text box in st.session_state.
    """
    if not can_be_named():
        return
    st.session_state.setdefault(key, storage.read_settings().get("audio_folder", ""))
    st.text_input(
        _LABEL, key=key, placeholder=_PLACEHOLDER, help=_ON_SERVER, on_change=_save, args=(tuple(genres), key)
    )
    if problem := st.session_state.get(_problem_key(key)):
        shell.show_problem(problem)


def remember(folder: Path) -> None:
    """Save a folder as the setting, on localhost.  Raises StorageError if it can't be stored."""
    if can_be_named():
        storage.write_setting("audio_folder", str(folder))


def _read_path(text: str) -> Path:
    if not text.strip():
        raise ConfigError(f"Enter a folder, such as {_PLACEHOLDER}.")
    return storage.user_path(text.strip()).absolute()


def _save(genres: tuple[str, ...], key: str) -> None:
    st.session_state[_problem_key(key)] = None
    try:
        if st.session_state[key].strip():
            path = _read_path(st.session_state[key])
            datasets.check_audio_folder(path, genres)
            remember(path)
        else:
            storage.write_setting("audio_folder", "")
    except GenreLabError as error:
        st.session_state[_problem_key(key)] = str(error)


def _problem_key(key: str) -> str:
    return f"{key}_problem"


def _names(folders: list[Path]) -> dict[Path, str]:
    """What each folder is called, without its place on the server; no two the same."""
    names = [folder.name for folder in folders]
    return {
        folder: f"{folder.name} ({number})" if names.count(folder.name) > 1 else folder.name
        for number, folder in enumerate(folders, start=1)
    }
