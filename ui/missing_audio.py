"""What to do where the audio of tracks is missing, beside what would play them."""

from collections.abc import Collection, Sequence

import streamlit as st

from genre_core import escaping, storage
from genre_core.wording import counted
from ui import audio_folder, downloads

_NO_SONGS = "the songs of its dataset were removed or renamed, or are not shared with you."


def show(
    tracks: Sequence[str], found: Collection[str], genres: tuple[str, ...], key: str, *, gathered: str, bundled: bool
) -> None:
    """Say which audio was not found, and show the controls to name its folder or to download it.

    Parameters
    ----------
    found : those of the tracks that have audio.
    key : of the controls, different on each page.
    gathered : name of the gathered dataset of the tracks; empty for others.
    bundled : whether the tracks are those of bundled data.
    """
    missing = [track for track in tracks if track not in found]
    if missing and found:
        st.caption(f"The audio of {len(missing)} of {counted(len(tracks), 'track')} was not found.")
    if gathered:  # its audio is in no folder, and is not to be downloaded
        if not found:
            st.caption(f"{escaping.markdown(tracks[0])} can't be played: {_NO_SONGS}")
        return
    if not found:
        st.caption(_how_to_listen(escaping.markdown(tracks[0]), bundled=bundled))
        audio_folder.ask(genres, key)
    elif audio_folder.can_be_named():
        with st.popover("Audio folder", icon=":material/folder:", type="tertiary"):
            audio_folder.ask(genres, key)
    if missing:
        downloads.offer(missing, key)


def _how_to_listen(track: str, *, bundled: bool) -> str:
    """What to enter to listen to a track whose audio was not found."""
    if not audio_folder.can_be_named():
        return f"The audio of {track} is not on this server."
    if folder := storage.read_settings().get("audio_folder"):
        problem = f"was not found in {escaping.markdown(folder)}"
    else:
        problem = "does not ship with Genre Lab" if bundled else "was not found"
    return f"The audio of {track} {problem}. To listen to it, enter a folder with one subfolder per genre."
