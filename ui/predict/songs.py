"""The songs of the page Predict: the visitor's own, and an example."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from genre_core.classroom.uploads import Upload
from ui import cached, examples, lessons, recorder
from ui import songs as own

EXAMPLE, FILES, RECORDING, OWN = "predict_example", "predict_files", "predict_recording", "predict_songs"
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
    read: Callable[[], bytes] = field(repr=False, compare=False)
    """Returns the content of its file; raises StorageError if it is gone."""
    credit: str = ""
    """Whose music it is, as Markdown to be shown beside its player; empty for the visitor's own."""

    @property
    def is_example(self) -> bool:
        """Whether it is the chosen example."""
        return self.key.startswith(_EXAMPLE_PREFIX)


def choose() -> list[Song]:
    """The controls for songs, folded away once there is one: the prediction comes first.

    Returns the visitor's own, the newest last, and then the chosen example.
    """
    known = {song.name: song for song in examples.songs()}
    asked = lessons.take("example", is_new=EXAMPLE not in st.session_state)
    if asked in known:
        st.session_state[EXAMPLE] = asked
        _choose_example()
    chosen = known.get(st.session_state.get(EXAMPLE, ""))
    has_songs = bool(own.stored()) or (chosen is not None and examples.is_there(chosen))
    label = "Choose other songs" if has_songs else "Choose songs"
    with st.expander(label, expanded=not has_songs, icon=":material/library_add:"):
        left, right = st.columns(2, gap="medium")
        with left:
            own.upload("Upload songs", FILES, _show_newest)
        with right:
            recorder.record("Record audio", RECORDING, _show_newest)
            example = examples.choose("Examples", examples.songs(), EXAMPLE, on_change=_choose_example)
        lessons.write("example", example.name if example else "")
        songs = [Song(song.id, song.name, song.digest, partial(own.read, song)) for song in own.show(OWN)]
    if example:
        key, content = f"{_EXAMPLE_PREFIX}{example.name}", examples.content(example)
        digest = cached.content_digest(key, content)
        title = f"{example.title} (example)"
        songs.append(Song(key, title, digest, lambda: content, examples.credit(example)))
    return songs


def _show_newest(added: list[Upload]) -> None:
    """Show the newest song after songs were added."""
    st.session_state[CHOSEN] = None


def _choose_example() -> None:
    example = st.session_state[EXAMPLE]
    st.session_state[CHOSEN] = f"{_EXAMPLE_PREFIX}{example}" if example else None
