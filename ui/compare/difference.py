"""Two runs on the same test set: the paired difference in a sentence, and the segments on which they differ."""

import pandas as pd
import streamlit as st

from genre_core import datasets, escaping, runs
from genre_core.figures.segments import genre_shares
from genre_core.runs import RunInfo, run_labels
from genre_core.wording import clock, counted, percent
from ui import cached, missing_audio, playlist, shell, text
from ui.playlist import Entry

_NAMES = ("**A**", "**B**")
_FOLDER = "compare_folder"


@st.fragment
@shell.messages()
def show(chosen: list[RunInfo]) -> None:
    """Show the difference of two chosen runs if they were tested on the same segments."""
    if len(chosen) != 2:
        return
    difference = cached.difference(chosen[0].name, chosen[1].name)
    if difference is None:
        return
    st.subheader("Is the difference chance?")
    labels = run_labels(chosen)
    for name, info in zip(_NAMES, chosen, strict=True):
        st.markdown(f"{name}: {escaping.markdown(labels[info.name])}, measured {text.measured_on(info)}")
    st.markdown(difference.describe(*_NAMES))
    st.dataframe(
        difference.table(),
        hide_index=True,
        column_order=["counted", "difference", "p_value", "compared", "both", "first_only", "second_only", "neither"],
        column_config={
            "counted": "",
            "compared": "Number",
            "both": "Both correct",
            "first_only": "Only A correct",
            "second_only": "Only B correct",
            "neither": "Both incorrect",
            "difference": st.column_config.TextColumn("Accuracy of B minus A", width=265),
            "p_value": st.column_config.TextColumn("p-value", help="McNemar's test, exact and two-sided"),
        },
    )
    st.caption(
        "The p-value is that of McNemar's test. Segments of one track sound alike and are not independent, so the "
        "p-value of the segments is too low: go by the tracks. The intervals are by a bootstrap over tracks."
    )
    _show_segments(chosen[1], difference.differing)


def _show_segments(info: RunInfo, segments: pd.DataFrame) -> None:
    """Show the segments that only one run predicts correctly, as a table and as a playlist."""
    if segments.empty:
        return
    st.markdown(
        f"**{counted(len(segments), 'segment')}** predicted correctly by one of the two alone. Choose a row to listen "
        "from there on."
    )
    left, right = st.columns(2, gap="medium")
    table = pd.DataFrame(
        {
            "Track": segments["track"],
            "Start": segments["start_s"].map(clock),
            "True genre": segments["true_genre"],
            "A": _marked(segments["first_genre"], segments["true_genre"]),
            "B": _marked(segments["predicted_genre"], segments["true_genre"]),
        }
    )
    with left:
        event = st.dataframe(
            table,
            key="compare_differing",
            on_select="rerun",
            selection_mode="single-row",
            selection_default={"selection": {"rows": [0]}},
            hide_index=True,
            height=min(38 + 35 * len(table), 420),
        )
    rows = event.selection.rows
    with right:
        find = cached.audio_finder(info.gathered)
        bundled = runs.is_bundled(info) or info.dataset == datasets.BUNDLED
        playlist.show(
            "Segments on which the runs differ",
            _entries(segments, info.genres),
            cached.segment_seconds(info.name),
            "compare_differing_segments",
            find=find,
            chosen=rows[0] if rows and rows[0] < len(table) else None,
            bundled=bundled,
        )
        tracks = segments["track"].unique().tolist()
        found = [track for track in tracks if find(track)]
        missing_audio.show(tracks, found, info.genres, _FOLDER, gathered=info.gathered, bundled=runs.is_bundled(info))


def _marked(predicted: pd.Series, true: pd.Series) -> list[str]:
    return [f"{'✓' if one == other else '✗'} {one}" for one, other in zip(predicted, true, strict=True)]


def _entries(segments: pd.DataFrame, genres: tuple[str, ...]) -> list[Entry]:
    """The segments with the probabilities of the second run."""
    probabilities = segments[[f"p_{genre}" for genre in genres]].to_numpy()
    columns = ("track", "start_s", "true_genre", "first_genre", "predicted_genre")
    rows = zip(*(segments[column] for column in columns), probabilities.tolist(), strict=True)
    return [
        Entry(
            str(track),
            float(start_s),
            (f"True genre: {true}", f"A: {of_first}, B: {of_second} (probability {percent(max(shares))})"),
            tuple(genre_shares(shares, genres, true)),
        )
        for track, start_s, true, of_first, of_second, shares in rows
    ]
