"""The songs of the page Predict: uploads, a recording and an example."""

from dataclasses import dataclass, field

import streamlit as st

from genre_core.audio import example_songs, synthesis
from ui import cached, examples, player

EXAMPLE, FILES, RECORDING = "predict_example", "predict_files", "predict_recording"
CHOSEN = "predict_chosen"
"""Key of the song whose result is shown."""
_EXAMPLE_PREFIX = "example-"


@dataclass(frozen=True)
class Song:
    """A song to predict."""

    key: str
    """Differs between all songs of the page, also between two uploads of the same file."""
    name: str
    digest: str
    content: bytes = field(repr=False)

    @property
    def is_example(self) -> bool:
        """Whether it is the chosen example."""
        return self.key.startswith(_EXAMPLE_PREFIX)


def choose() -> list[Song]:
    """The controls for songs; returns the chosen ones, uploads first."""
    left, right = st.columns(2, gap="medium")
    with left:
        uploads = st.file_uploader(
            "Upload songs", player.FORMATS, accept_multiple_files=True, key=FILES, on_change=_forget_choice
        )
    with right:
        recording = st.audio_input("Record audio", sample_rate=44_100, key=RECORDING, on_change=_forget_choice)
        example = examples.choose(
            "Examples", (*example_songs.SONGS, *synthesis.SONGS), EXAMPLE, on_change=_choose_example
        )
    songs = [_song(upload.file_id, upload.name, upload.getvalue()) for upload in uploads]
    if recording:
        songs.append(_song(recording.file_id, "Recording.wav", recording.getvalue()))
    if example:
        key, name = f"{_EXAMPLE_PREFIX}{example.name}", f"{example.title} (example)"
        songs.append(_song(key, name, examples.content(example)))
    return songs


def _song(key: str, name: str, content: bytes) -> Song:
    return Song(key, name, cached.content_digest(key, content), content)


def _forget_choice() -> None:
    """Show the newest song after songs were added or removed."""
    st.session_state[CHOSEN] = None


def _choose_example() -> None:
    example = st.session_state[EXAMPLE]
    st.session_state[CHOSEN] = f"{_EXAMPLE_PREFIX}{example}" if example else None
