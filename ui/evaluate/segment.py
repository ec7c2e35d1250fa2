"""A segment that a run was tested on: its sound, its picture, and what the run made of it."""

import pandas as pd
import streamlit as st

from genre_core import escaping, storage
from genre_core.figures import evaluate as figures
from genre_core.figures.formatting import clock, percent
from genre_core.runs import RunInfo
from ui import audio_folder, cached, shell
from ui.text import NO_BAR

_FOLDER = "evaluate_folder"


def show(info: RunInfo, segment: pd.Series) -> None:
    """A row of `Evaluation.frame`."""
    track, start_s, genre, heard = (
        str(segment["track"]),
        float(segment["start_s"]),
        segment["genre"],
        segment["predicted"],
    )
    length_s = cached.segment_seconds(info.name)
    mark = "✓" if genre == heard else "✗"
    written = escaping.markdown
    st.markdown(
        f"**{written(track)}** from {clock(start_s)} to {clock(start_s + length_s)}: {written(genre)}, heard as "
        f"**{written(heard)}** {mark} "
        f"({percent(segment[f'p_{heard}'])} sure)"
    )
    path = cached.find_audio(track)
    with shell.messages():
        if path is not None:
            # The whole track, so that the class can go on listening; but it stops by itself where the segment ends.
            st.audio(
                cached.track_audio(path, path.stat().st_mtime),
                start_time=round(start_s),
                end_time=max(round(start_s + length_s), round(start_s) + 1),
                alt=f"{track}, from {clock(start_s)}",
            )
        _show_picture(info, track, start_s, length_s)
    shares = [float(segment[f"p_{name}"]) for name in info.genres]
    st.markdown("What the run made of it:")
    st.plotly_chart(figures.segment_probabilities(shares, info.genres, genre), config=NO_BAR, key="evaluate_segment")
    if path is None:
        named = storage.read_settings().get("audio_folder")
        where = f"is not in {named}" if named else "is not known to be on this machine"
        st.caption(
            f"To hear it: the audio of {written(track)} {written(where)}. Name the folder that holds a folder for each "
            "genre."
        )
        audio_folder.ask(info.genres, _FOLDER)
    else:
        with st.popover("Audio folder", icon=":material/folder:", type="tertiary"):
            audio_folder.ask(info.genres, _FOLDER)


def _show_picture(info: RunInfo, track: str, start_s: float, length_s: float) -> None:
    """The mel picture of a segment, where it is bundled or its audio is at hand."""
    picture = cached.segment_picture(info.dataset, track, start_s, length_s)
    if picture is None:
        return
    st.plotly_chart(
        figures.segment_picture(picture, start_s, length_s),
        config=NO_BAR,
        key="evaluate_picture",
        alt=f"Mel picture of {track} from {clock(start_s)}",
    )
    st.caption("Its mel picture: bright is loud. Low notes lie below, high ones above; a drum is an upright line.")
