"""A test segment of a run: its audio, its mel spectrogram and its predicted probabilities."""

import pandas as pd
import streamlit as st

from genre_core import datasets, escaping, runs, storage
from genre_core.figures import segments as figures
from genre_core.runs import RunInfo
from genre_core.wording import clock, percent
from ui import audio_folder, cached, downloads, shell
from ui.text import CHART

_FOLDER = "evaluate_folder"


def show(info: RunInfo, segment: pd.Series) -> None:
    """Show a segment.

    Parameters
    ----------
    segment : a row of `Evaluation.to_frame`.
    """
    track, start_s = str(segment["track"]), float(segment["start_s"])
    true_genre, predicted_genre = segment["true_genre"], segment["predicted_genre"]
    length_s = cached.segment_seconds(info.name)
    icon = ":green[:material/check:]" if true_genre == predicted_genre else ":red[:material/close:]"
    st.markdown(
        f"**{escaping.markdown(track)}**, {clock(start_s)} to {clock(start_s + length_s)}  \n"
        f"True genre: **{escaping.markdown(true_genre)}**, predicted: **{escaping.markdown(predicted_genre)}** {icon} "
        f"(probability {percent(segment[f'p_{predicted_genre}'])})"
    )
    path = cached.find_audio(track)
    with shell.messages():
        if path is not None:
            # The whole track, so that one can listen on; playback stops at the end of the segment.
            st.audio(
                cached.track_audio(path, path.stat().st_mtime),
                start_time=round(start_s),
                end_time=max(round(start_s + length_s), round(start_s) + 1),
                alt=f"{track}, from {clock(start_s)}",
            )
        _show_spectrogram(info, track, start_s, length_s)
    st.markdown("**Predicted probabilities**")
    probabilities = [float(segment[f"p_{name}"]) for name in info.genres]
    st.plotly_chart(
        cached.figure(figures.segment_probabilities, probabilities, info.genres, true_genre),
        config=CHART,
        key="evaluate_segment",
    )
    if path is None:
        st.caption(_how_to_listen(info, escaping.markdown(track)))
        audio_folder.ask(info.genres, _FOLDER)
        downloads.offer([track], _FOLDER)
    elif audio_folder.can_be_named():
        with st.popover("Audio folder", icon=":material/folder:", type="tertiary"):
            audio_folder.ask(info.genres, _FOLDER)


def _how_to_listen(info: RunInfo, track: str) -> str:
    """What to enter to listen to a track whose audio was not found."""
    if not audio_folder.can_be_named():
        return f"The audio of {track} is not on this server."
    if folder := storage.read_settings().get("audio_folder"):
        problem = f"was not found in {escaping.markdown(folder)}"
    else:
        problem = "does not ship with Genre Lab" if runs.is_bundled(info) else "was not found"
    return f"The audio of {track} {problem}. To listen to it, enter a folder with one subfolder per genre."


def _show_spectrogram(info: RunInfo, track: str, start_s: float, length_s: float) -> None:
    """Show the mel spectrogram of a segment, if it is bundled or its audio is available."""
    # All bundled runs are tested on tracks of GTZAN, like the bundled dataset.
    dataset = datasets.BUNDLED if runs.is_bundled(info) else info.dataset
    picture = cached.segment_picture(dataset, track, start_s, length_s)
    if picture is None:
        return
    st.plotly_chart(
        figures.segment_spectrogram(picture, start_s, length_s),
        config=CHART,
        key="evaluate_spectrogram",
        alt=f"Mel spectrogram of {track} from {clock(start_s)}",
    )
    st.caption(
        "Mel spectrogram: time from left to right, frequency from bottom to top, brighter is louder. A drum is a "
        "vertical line."
    )
