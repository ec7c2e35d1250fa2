"""The choice of an example song, on Listen and Predict."""

from collections.abc import Callable, Sequence

import streamlit as st

from genre_core.audio.example_songs import ExampleSong
from genre_core.audio.synthesis import SyntheticSong
from ui import cached

_SYNTHETIC = (
    "Synthetic: a program plays it. The bundled runs were not trained on such music. Predictions may be wrong, or "
    "say that the song is probably none of the ten genres."
)


def choose(
    label: str,
    songs: Sequence[ExampleSong | SyntheticSong],
    key: str,
    *,
    default: str | None = None,
    on_change: Callable[[], None] | None = None,
) -> ExampleSong | SyntheticSong | None:
    """Show a button for each song, and the description of the chosen one.

    If there is real music among the songs, the others are labeled as synthetic.

    Parameters
    ----------
    default : name of the song that is chosen at first; one is then always chosen, also after the page was left.

    Returns
    -------
    None if no song is chosen.
    """
    by_name = {song.name: song for song in songs}
    mark = " (synthetic)" if any(isinstance(song, ExampleSong) for song in songs) else ""

    def title(name: str) -> str:
        song = by_name[name]
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
    st.caption(song.description if isinstance(song, ExampleSong) else f"{song.description} {_SYNTHETIC}")
    return song


def content(song: ExampleSong | SyntheticSong) -> bytes:
    """The file of an example."""
    return song.path.read_bytes() if isinstance(song, ExampleSong) else cached.synthetic_song(song.name)


def credit(song: ExampleSong | SyntheticSong) -> str:
    """Whose music it is, as its license asks, as Markdown to be shown beside its players; empty if it is nobody's."""
    if isinstance(song, SyntheticSong):
        return ""
    return f"{song.credit}, [{song.license}]({song.license_url}), from the Debian package {song.packages}."
