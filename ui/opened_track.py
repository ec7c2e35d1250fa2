"""The track of a dataset that was opened on Listen from another page."""

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import streamlit as st

from ui.state import Keys

SOURCE = "Track"
"""The source of songs on Listen that this is."""
SOURCE_KEY = "listen_source_first"


@dataclass(frozen=True)
class OpenedTrack:
    """A track, and where to listen."""

    track: str
    path: Path
    start_s: float


def open_on_listen(track: OpenedTrack) -> NoReturn:
    """Go to Listen with this track."""
    st.session_state[Keys.OPENED_TRACK] = track
    st.session_state[SOURCE_KEY] = SOURCE
    st.switch_page("pages/listen.py")


def opened() -> OpenedTrack | None:
    """The track that was opened last, if its file is still there."""
    track: OpenedTrack | None = st.session_state.get(Keys.OPENED_TRACK)
    return track if track and track.path.is_file() else None
