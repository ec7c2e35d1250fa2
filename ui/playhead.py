"""Players and figures that move together in the browser, without a request to the server.

`tied` ties a browser's own player to the timeline above it. `component` makes a player from a script of its own, which
may use what `playhead.js` defines: a line over figures that follows the sound, clicks on them, and that everything else
stops when one begins to play.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.components.v2.types import ComponentRenderer

from ui import server

_SCOPE = "genre_lab_playhead"
_SHARED = Path(__file__).with_suffix(".js")


@contextmanager
def tied(key: str) -> Iterator[None]:
    """A container for one figure whose x axis is in seconds, and one player."""
    with st.container(key=f"{_SCOPE}_{key}"):
        component(_SHARED.with_name("tied.js"))(key=f"playhead_{key}", height=1)
        yield


@st.cache_resource(show_spinner=False)
def component(script: Path) -> ComponentRenderer:
    """The component of a script, with the style that players share, and the style sheet beside the script."""
    styles = (path for path in (_SHARED.with_suffix(".css"), script.with_suffix(".css")) if path.is_file())
    return st.components.v2.component(
        f"genre_lab_{script.stem}",
        js="\n".join(path.read_text(encoding="utf-8") for path in (_SHARED, script)),
        css="\n".join(path.read_text(encoding="utf-8") for path in styles),
    )


def address(sound: bytes, kind: str, key: str) -> str:
    """Where the visitor's browser gets a sound, for a script that plays it: as that of `st.audio`, and as long.

    Parameters
    ----------
    kind : its MIME type.
    key : different for all sounds of the session; the next one with the same key replaces it.
    """
    return server.base_path() + runtime.get_instance().media_file_mgr.add(sound, kind, key)
