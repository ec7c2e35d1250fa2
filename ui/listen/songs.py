"""The songs of the page Listen: an example, one of the visitor's own, or a track of a folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import streamlit as st

from genre_core import datasets, escaping
from genre_core.audio import synthesis
from genre_core.classroom.uploads import Upload
from genre_core.errors import GenreLabError
from genre_core.wording import clock
from ui import audio_folder, cached, examples, opened_track, shell
from ui import songs as own

_SOURCES = {
    "Example": ":material/music_note: Example",
    "Upload": ":material/upload: Upload",
    "Folder": ":material/folder_open: Folder",
    opened_track.SOURCE: ":material/music_note: Opened track",
}


@dataclass(frozen=True)
class Song:
    """A song to listen to."""

    name: str
    digest: str
    read: Callable[[], bytes] = field(repr=False, compare=False)
    """Returns the content of its file; raises StorageError if it is gone."""
    credit: str = ""
    """Whose music it is, as Markdown to be shown beside its players; empty if it isn't an example."""
    at_s: float = 0.0
    """Where to listen first, in seconds."""

    @property
    def duration_s(self) -> float:
        """Duration of the decoded audio."""
        return cached.duration_s(self.digest, self.read)


def choose(label: str, slot: str, example: str) -> Song | None:
    """The controls for one song.

    Parameters
    ----------
    slot : tells the controls of several songs apart.
    example : name of the example that is chosen first.

    Returns
    -------
    None while no song is chosen, or the chosen one can't be decoded.
    """
    key = f"listen_source_{slot}"
    st.session_state.setdefault(key, "Example")  # not as the widget's default, since another page may have set it
    source = st.segmented_control(
        label,
        [source for source in _SOURCES if _is_offered(source, key)],
        format_func=_SOURCES.__getitem__,
        required=True,
        key=key,
        persist_state="session",
    )
    song: Song | None = None
    try:
        if source == "Upload":
            song = _uploaded(slot)
        elif source == "Folder":
            song = _track_of_folder(slot)
        elif source == opened_track.SOURCE:
            song = _opened()
        else:
            song = _example(slot, example)
        if song is not None:
            cached.duration_s(song.digest, song.read)
    except GenreLabError as error:
        shell.show_problem(f"{song.name}: {error}" if song else str(error))
        return None
    return song


def _is_offered(source: str, key: str) -> bool:
    if source == "Folder":
        return audio_folder.is_offered()
    if source == opened_track.SOURCE:
        return key == opened_track.SOURCE_KEY and opened_track.opened() is not None
    return True


def _opened() -> Song | None:
    if (opened := opened_track.opened()) is None:
        return None
    st.markdown(f"**{escaping.markdown(opened.track)}**, from {clock(opened.start_s)}")
    return _track(opened.track, opened.path, opened.start_s)


def _track(name: str, path: Path, at_s: float = 0.0) -> Song:
    modified = path.stat().st_mtime
    content = cached.track_content(path, modified)
    return Song(name, cached.content_digest(f"{path}-{modified}", content), lambda: content, at_s=at_s)


def _example(slot: str, default: str) -> Song | None:
    example = examples.choose(
        "Example", examples.songs(synthesis.TROUBADOUR), f"listen_example_{slot}", default=default
    )
    if example is None:
        return None
    return _song(f"example-{example.name}", example.title, examples.content(example), examples.credit(example))


def _uploaded(slot: str) -> Song | None:
    key = f"listen_upload_{slot}"

    def choose_newest(added: list[Upload]) -> None:
        st.session_state[key] = added[-1].id

    own.upload("Upload songs", f"listen_files_{slot}", choose_newest)
    songs = {song.id: song for song in own.show(f"listen_songs_{slot}")}
    if not songs:
        return None
    if st.session_state.get(key) not in songs:
        st.session_state[key] = list(songs)[-1]
    chosen = songs.get(
        st.selectbox("Song", list(songs), format_func=lambda song: songs[song].name, key=key, persist_state="session")
    )
    if chosen is None:
        return None
    return Song(chosen.name, chosen.digest, partial(own.read, chosen))


def _track_of_folder(slot: str) -> Song | None:
    folder = audio_folder.choose_known("Audio folder", f"listen_folder_{slot}")
    if folder is None:
        st.info("There is no audio folder yet. Choose one in Explore, under *Change dataset*.", icon=":material/info:")
        st.page_link("pages/explore.py", label="Open Explore", icon=":material/folder_open:")
        return None
    tracks = datasets.list_tracks(folder)
    track = st.selectbox(
        f"Track in {escaping.markdown(str(folder) if audio_folder.can_be_named() else folder.name)}",
        list(tracks),
        index=None,
        key=f"listen_track_{slot}",
        placeholder="Choose a track",
    )
    if track not in tracks:
        return None
    return _track(track, tracks[track])


def _song(key: str, name: str, content: bytes, credit: str = "") -> Song:
    return Song(name, cached.content_digest(key, content), lambda: content, credit)
