"""The tracks most similar to a song, with a player where their audio is available."""

import pandas as pd
import streamlit as st

from genre_core import escaping
from genre_core.datasets import gtzan
from genre_core.prediction import SongPrediction
from ui import audio_folder, cached, downloads, shell

_FOLDER = "predict_folder"
_SAME = 0.995
"""A cosine similarity that only the same recording reaches."""


def show(prediction: SongPrediction) -> None:
    """The table of similar tracks, and a player for the chosen one."""
    st.caption(
        "Training tracks of the default run, ranked by the cosine similarity of their mean embeddings (1 for the same "
        "recording). Choose a track to play it, if its audio is available."
    )
    rows = pd.DataFrame(
        {
            "Track": [similar.track for similar in prediction.similar],
            "Artist": [gtzan.facts(similar.track).artist or None for similar in prediction.similar],
            "Embedding from": ["audio" if similar.from_audio else "spectrogram" for similar in prediction.similar],
            "Similarity": [similar.similarity for similar in prediction.similar],
        }
    )
    event = st.dataframe(
        rows,
        hide_index=True,
        column_config={"Similarity": st.column_config.ProgressColumn(format="%.3f", min_value=0.0, max_value=1.0)},
        placeholder="",
        key="predict_similar",
        on_select="rerun",
        selection_mode="single-row",
    )
    nearest = prediction.similar[0]
    if nearest.from_audio and nearest.similarity >= _SAME:
        st.caption(f"The song seems to be {escaping.markdown(nearest.track)} itself.")
    chosen = event.selection.rows
    track = prediction.similar[chosen[0] if chosen and chosen[0] < len(rows) else 0].track
    with shell.messages():
        if path := cached.audio_finder()(track):
            st.markdown(f"Play **{escaping.markdown(track)}**:")
            st.audio(cached.track_audio(path, path.stat().st_mtime), alt=track)
        else:
            if audio_folder.can_be_named():
                missing = f"The audio of {escaping.markdown(track)} was not found. Enter"
                request = missing if chosen else "To play a track, select it and enter"
                st.caption(f"{request} the audio folder: a folder with one subfolder per genre.")
            else:
                st.caption(f"The audio of {escaping.markdown(track)} is not on this server.")
            audio_folder.ask({similar.track.partition("/")[0] for similar in prediction.similar}, _FOLDER)
            downloads.offer([track], _FOLDER)
