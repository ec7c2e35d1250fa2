"""Test segments of a run as a playlist, and what to do where their audio is missing."""

import pandas as pd
import streamlit as st

from genre_core import datasets, runs
from genre_core.figures.segments import genre_shares
from genre_core.runs import RunInfo
from genre_core.wording import percent
from ui import cached, missing_audio, playlist
from ui.playlist import Entry

_FOLDER = "evaluate_folder"


def show(info: RunInfo, segments: pd.DataFrame, key: str, *, chosen: int | None = 0) -> None:
    """Show segments, which play one after another from the chosen one on.

    Parameters
    ----------
    segments : rows of `Evaluation.to_frame`.
    key : of the playlist; what `playlist.begin` takes.
    chosen : index of the segment to show; None for no other than before.
    """
    tracks = segments["track"].unique().tolist()
    find = cached.audio_finder(info.gathered)
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
    bundled = runs.is_bundled(info)
    missing_audio.show(tracks, found, info.genres, _FOLDER, gathered=info.gathered, bundled=bundled)


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
