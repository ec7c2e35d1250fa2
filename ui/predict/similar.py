"""The tracks most like a song, with a player where their audio is at hand."""

import pandas as pd
import streamlit as st

from genre_core.datasets import gtzan
from genre_core.prediction import SongPrediction
from ui import audio_folder, cached, shell

_FOLDER = "predict_folder"
_SAME = 0.995
"""A cosine that only the same recording reaches."""


def show(prediction: SongPrediction) -> None:
    st.caption(
        "The tracks that the default run learned from, by the cosine of their mean embeddings (1: the same), as in "
        "Dias et al. 2022. Choose one to hear it, where its audio is at hand."
    )
    rows = pd.DataFrame(
        {
            "track": [similar.track for similar in prediction.similar],
            "artist": [gtzan.facts(similar.track).artist or None for similar in prediction.similar],
            "known by": ["its sound" if similar.heard else "a picture of it" for similar in prediction.similar],
            "similarity": [similar.similarity for similar in prediction.similar],
        }
    )
    event = st.dataframe(
        rows,
        hide_index=True,
        column_config={"similarity": st.column_config.ProgressColumn(format="%.3f", min_value=0.0, max_value=1.0)},
        placeholder="",
        key="predict_similar",
        on_select="rerun",
        selection_mode="single-row",
    )
    if prediction.similar[0].heard and prediction.similar[0].similarity >= _SAME:
        st.caption(f"It seems to be {prediction.similar[0].track} itself.")
    chosen = event.selection.rows
    track = prediction.similar[chosen[0] if chosen and chosen[0] < len(rows) else 0].track
    with shell.messages():
        if path := cached.find_audio(track):
            st.markdown(f"Hear **{track}**:")
            st.audio(cached.track_audio(path, path.stat().st_mtime), alt=track)
        else:
            st.caption(f"The audio of {track} is not at hand. Name the folder that holds a folder for each genre.")
            audio_folder.ask(sorted({similar.track.partition("/")[0] for similar in prediction.similar}), _FOLDER)
