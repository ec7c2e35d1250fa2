"""The view "Tracks": the test tracks, and the segments of the selected one over time."""

import pandas as pd
import streamlit as st

from genre_core import escaping
from genre_core.evaluation import Evaluation
from genre_core.figures import segments as figures
from genre_core.runs import RunInfo
from genre_core.runs.folds import artists_of
from genre_core.wording import clock, listed
from ui import cached, shell
from ui.evaluate import segment
from ui.evaluate.tables import PERCENT_COLUMN, select_row
from ui.text import CHART

_ERRORS_ONLY, _SEGMENT = "evaluate_tracks_errors_only", "evaluate_track_segment"
_PLAYLIST = "evaluate_track_playlist"


@st.fragment
@shell.messages()
def show(info: RunInfo) -> None:
    """Show the view."""
    evaluation = cached.evaluation(info.name)
    tracks = evaluation.tracks
    n_correct, n_errors = int(tracks["correct"].sum()), int((~tracks["correct"]).sum())
    st.markdown(
        f"**{n_correct} of {len(tracks)}** tracks are predicted correctly, by the mean of the probabilities of their "
        "segments. Select a track to see its segments."
    )
    st.toggle(f"Errors only ({n_errors})", key=_ERRORS_ONLY, persist_state="session")
    tracks = tracks.sort_values(["correct", "probability"], ascending=[True, False], kind="stable", ignore_index=True)
    if st.session_state[_ERRORS_ONLY]:
        tracks = tracks[~tracks["correct"]]
    if tracks.empty:
        st.success("All tracks were predicted correctly.", icon=":material/check:")
        return
    left, right = st.columns([1, 1], gap="medium")
    with left:
        table = _table(tracks, evaluation)
        votes_column = st.column_config.TextColumn(
            width="small", help="Segments predicted as the predicted genre of the track, of all its test segments"
        )
        key = f"evaluate_tracks_{info.name}_{st.session_state[_ERRORS_ONLY]}"
        fold_column = st.column_config.TextColumn(width="small", help="The fold that tested the track")
        row = select_row(table, key, Probability=PERCENT_COLUMN, Votes=votes_column, Fold=fold_column)
    if row is None:
        right.caption("Select a row to see the segments of a track.")
        return
    with right:
        _show_track(info, str(tracks["track"].iloc[row]))


def _table(tracks: pd.DataFrame, evaluation: Evaluation) -> pd.DataFrame:
    """The tracks as they are listed."""
    folds = [", ".join(map(str, evaluation.track_folds.get(track, ()))) for track in tracks["track"]]
    columns = {
        "": tracks["correct"].map({True: "✓", False: "✗"}),
        "Track": tracks["track"],
        "Fold": folds,
        "True genre": tracks["true_genre"],
        "Predicted genre": tracks["predicted_genre"],
        "Probability": 100 * tracks["probability"],
        "Votes": [f"{votes} of {n}" for votes, n in zip(tracks["votes"], tracks["segments"], strict=True)],
    }
    return pd.DataFrame({name: column for name, column in columns.items() if name != "Fold" or any(folds)})


def _show_track(info: RunInfo, track: str) -> None:
    """Show the segments of a track over time, and the chosen one."""
    evaluation = cached.evaluation(info.name)
    segments = evaluation.take(evaluation.track == track).to_frame().sort_values("start_s", ignore_index=True)
    st.markdown(
        f"**{escaping.markdown(track)}**, true genre **{escaping.markdown(segments['true_genre'][0])}**. "
        f"{_predicted_genres(segments)}"
    )
    if folds := evaluation.track_folds.get(track):
        artist = artists_of(evaluation)[track]
        st.caption(_tested_in(info, folds, escaping.markdown(artist)))
    starts = segments["start_s"].tolist()
    figure_key, chosen_key = f"evaluate_track_segments_{info.name}_{track}", f"{_SEGMENT}_{info.name}_{track}"
    if st.session_state.get(chosen_key) not in starts:
        st.session_state[chosen_key] = starts[0]

    def take_click() -> None:
        if points := st.session_state[figure_key].selection.points:
            st.session_state[chosen_key] = points[0]["customdata"]

    length_s = cached.segment_seconds(info.name)
    st.plotly_chart(
        figures.track_segments(segments, info.genres, length_s, st.session_state[chosen_key]),
        config=CHART,
        key=figure_key,
        on_select=take_click,
        selection_mode="points",
        alt="Predicted probabilities of the track's segments over time. Segments can also be chosen below.",
    )
    if info.counts.shared_tracks and not info.split.folds:
        st.caption("Segments missing between the bars are in the training set: data leakage.")
    if len(starts) > 1:
        st.pills("Segment", starts, format_func=clock, key=chosen_key, required=True, wrap=True)
    segment.show(info, segments, f"{_PLAYLIST}_{track}", chosen=starts.index(st.session_state[chosen_key]))


def _predicted_genres(segments: pd.DataFrame) -> str:
    """As in: Predicted genres of its segments: 3 rock, 1 metal."""
    counts = segments["predicted_genre"].value_counts()
    listed = ", ".join(f"{count} **{escaping.markdown(genre)}**" for genre, count in counts.items())
    return f"Predicted genres of its segments: {listed}."


def _tested_in(info: RunInfo, folds: tuple[int, ...], artist: str) -> str:
    """As in: Artist: Bob Marley. Tested in fold 1, by a model that was not trained on this artist."""
    by = f"Artist: {artist}." if artist else "Artist unknown."
    if info.split.kind == "random":
        return f"{by} Tested in {'folds' if len(folds) > 1 else 'fold'} {listed([str(fold) for fold in folds])}."
    unseen = "artist" if info.split.kind == "artist" and artist else "track"
    return f"{by} Tested in fold {folds[0]}, by a model that was not trained on this {unseen}."
