"""The choice of an example song, on Listen and Predict."""

from collections.abc import Callable, Sequence

import streamlit as st

from genre_core import escaping
from genre_core.audio import example_songs, librosa_songs, synthesis
from genre_core.audio.example_songs import ExampleSong
from genre_core.audio.librosa_songs import LibrosaSong
from genre_core.audio.synthesis import SyntheticSong
from ui import cached, downloads

Example = ExampleSong | LibrosaSong | SyntheticSong


def songs(*more: SyntheticSong) -> tuple[Example, ...]:
    """The songs that pages offer as examples, with further synthetic ones of a page: those to download come last."""
    return (*example_songs.SONGS, *more, *synthesis.SONGS, *librosa_songs.SONGS)


_SYNTHETIC = (
    "Synthetic: a program plays it. The bundled runs were not trained on such music. Predictions may be wrong, or "
    "say that the song is probably none of the ten genres."
)


def choose(
    label: str,
    songs: Sequence[Example],
    key: str,
    *,
    default: str | None = None,
    on_change: Callable[[], None] | None = None,
) -> Example | None:
    """Show a button for each song, and the description of the chosen one.

    If there is real music among the songs, the others are labeled as synthetic.  A song that has to be downloaded is
    offered for that.

    Parameters
    ----------
    default : name of the song that is chosen at first; one is then always chosen, also after the page was left.

    Returns
    -------
    None if no song is chosen, or it has not been downloaded.
    """
    by_name = {song.name: song for song in songs}
    mark = " (synthetic)" if any(isinstance(song, ExampleSong) for song in songs) else ""

    def title(name: str) -> str:
        song = by_name[name]
        if isinstance(song, LibrosaSong):
            icon = "" if song.license_text() else ":material/download: "
            return f"{icon}{escaping.markdown(song.title)}"
        return song.title if isinstance(song, ExampleSong) else f"{song.title}{mark}"

    name = st.pills(
        label,
        list(by_name),
        format_func=title,
        default=default,
        required=default is not None,
        key=key,
        on_change=on_change or "rerun",
        persist_state="session" if default else None,
        wrap=True,
    )
    if name is None:
        return None
    song = by_name[name]
    if isinstance(song, LibrosaSong) and not is_there(song):
        downloads.offer_song(song, key)
        return None
    st.caption(f"{song.description} {_SYNTHETIC}" if isinstance(song, SyntheticSong) else song.description)
    return song


def is_there(song: Example) -> bool:
    """Whether the file of an example is there; some have to be downloaded first."""
    return not isinstance(song, LibrosaSong) or bool(song.license_text())


def content(song: Example) -> bytes:
    """The file of an example."""
    return cached.synthetic_song(song.name) if isinstance(song, SyntheticSong) else song.path.read_bytes()


def credit(song: Example) -> str:
    """Whose music it is, as its license asks, as Markdown to be shown beside its players; empty if it is nobody's."""
    if isinstance(song, SyntheticSong):
        return ""
    if isinstance(song, LibrosaSong):
        return escaping.markdown(song.license_text())
    return f"{song.credit}, [{song.license}]({song.license_url}), from the Debian package {song.packages}."
