"""Test segments of a run as a playlist, and what to do where their audio is missing."""

from functools import partial

import pandas as pd
import streamlit as st

from genre_core import datasets, escaping, runs, storage
from genre_core.figures.segments import genre_shares
from genre_core.runs import RunInfo
from genre_core.wording import counted, percent
from ui import audio_folder, cached, downloads, playlist
from ui.playlist import Entry

_FOLDER = "evaluate_folder"
_NO_SONGS = "the songs of its dataset were removed or renamed, or are not shared with you."


def show(info: RunInfo, segments: pd.DataFrame, key: str, *, chosen: int | None = 0) -> None:
    """Show segments, which play one after another from the chosen one on.

    Parameters
    ----------
    segments : rows of `Evaluation.to_frame`.
    key : of the playlist; what `playlist.begin` takes.
    chosen : index of the segment to show; None for no other than before.
    """
    tracks = segments["track"].unique().tolist()
    find = partial(cached.find_audio, gathered=info.gathered)
    found = [track for track in tracks if find(track)]
    playlist.show(
        "Segments",
        _entries(segments, info.genres),
        cached.segment_seconds(info.name),
        key,
        find=find,
        chosen=chosen,
        # All bundled runs are tested on tracks of GTZAN, like the bundled dataset.
        bundled=runs.is_bundled(info) or info.dataset == datasets.BUNDLED,
    )
    st.caption("Mel spectrogram: frequency from bottom to top, brighter is louder. A drum is a vertical line.")
    if len(segments) > 1:
        st.caption("Segments play one after another; the arrow keys go to the previous and the next one.")
    missing = [track for track in tracks if track not in found]
    if missing and found:
        st.caption(f"The audio of {len(missing)} of {counted(len(tracks), 'track')} was not found.")
    if info.gathered:  # its audio is in no folder, and is not to be downloaded
        if not found:
            st.caption(f"{escaping.markdown(tracks[0])} can't be played: {_NO_SONGS}")
        return
    if not found:
        st.caption(_how_to_listen(info, escaping.markdown(tracks[0])))
        audio_folder.ask(info.genres, _FOLDER)
    elif audio_folder.can_be_named():
        with st.popover("Audio folder", icon=":material/folder:", type="tertiary"):
            audio_folder.ask(info.genres, _FOLDER)
    if missing:
        downloads.offer(missing, _FOLDER)


def _entries(segments: pd.DataFrame, genres: tuple[str, ...]) -> list[Entry]:
    probabilities = segments[[f"p_{genre}" for genre in genres]].to_numpy()
    places = zip(
        segments["track"], segments["start_s"], segments["true_genre"], segments["predicted_genre"], strict=True
    )
    return [
        Entry(
            str(track),
            float(start_s),
            (
                f"True genre: {true}, predicted: {predicted} {'✓' if true == predicted else '✗'} "
                f"(probability {percent(max(shares))})",
            ),
            tuple(genre_shares(shares, genres, true)),
        )
        for (track, start_s, true, predicted), shares in zip(places, probabilities.tolist(), strict=True)
    ]


def _how_to_listen(info: RunInfo, track: str) -> str:
    """What to enter to listen to a track whose audio was not found."""
    if not audio_folder.can_be_named():
        return f"The audio of {track} is not on this server."
    if folder := storage.read_settings().get("audio_folder"):
        problem = f"was not found in {escaping.markdown(folder)}"
    else:
        problem = "does not ship with Genre Lab" if runs.is_bundled(info) else "was not found"
    return f"The audio of {track} {problem}. To listen to it, enter a folder with one subfolder per genre."
