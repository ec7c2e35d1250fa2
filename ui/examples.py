"""The choice of a synthetic song, as an example on Listen and Predict."""

from collections.abc import Callable, Sequence

import streamlit as st

from genre_core.audio.synthesis import SyntheticSong


def choose(
    label: str,
    songs: Sequence[SyntheticSong],
    key: str,
    *,
    default: str | None = None,
    on_change: Callable[[], None] | None = None,
) -> SyntheticSong | None:
    """Show a button for each song, and the description of the chosen one.

    Parameters
    ----------
    default : name of the song that is chosen at first; one is then always chosen, also after the page was left.

    Returns
    -------
    None if no song is chosen.
    """
    by_name = {song.name: song for song in songs}
    name = st.pills(
        label,
        list(by_name),
        format_func=lambda name: by_name[name].title,
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
    st.caption(f"{song.description} The bundled runs were not trained on synthetic music, so predictions may be wrong.")
    return song
