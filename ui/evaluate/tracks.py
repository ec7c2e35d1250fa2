"""What a run was tested on, in lists: the tracks with the votes of their segments, and the surest mistakes."""

from typing import Any

import pandas as pd
import streamlit as st

from genre_core import escaping
from genre_core.figures import evaluate as figures
from genre_core.figures.formatting import clock
from genre_core.runs import RunInfo
from ui import cached, shell
from ui.evaluate import clip
from ui.text import NO_BAR, PERCENT

_PERCENT = st.column_config.NumberColumn(format=PERCENT, width="small")
_WRONG, _SEGMENT = "evaluate_tracks_wrong", "evaluate_track_segment"


@st.fragment
@shell.messages()
def show_tracks(info: RunInfo) -> None:
    """Every tested track, and of the one that is selected its segments over time."""
    evaluation = cached.evaluation(info.name)
    tracks = evaluation.tracks
    right = tracks["genre"] == tracks["predicted"]
    st.markdown(
        f"**{int(right.sum())} of {len(tracks)}** tracks are heard right when the probabilities of a track's segments "
        "are averaged. Select a track to see how its segments voted."
    )
    st.toggle(f"Only the wrong ones ({int((~right).sum())})", key=_WRONG, persist_state="session")
    tracks = tracks.assign(right=right, sure=tracks[[f"p_{genre}" for genre in info.genres]].max(axis=1))
    tracks = tracks.sort_values(["right", "sure"], ascending=[True, False], kind="stable", ignore_index=True)
    if st.session_state[_WRONG]:
        tracks = tracks[~tracks["right"]]
    if tracks.empty:
        st.success("Every track was heard right.", icon=":material/check:")
        return
    left, detail = st.columns([1, 1], gap="medium")
    with left:
        table = pd.DataFrame(
            {
                "": tracks["right"].map({True: "✓", False: "✗"}),
                "track": tracks["track"],
                "heard as": tracks["predicted"],
                "votes": [f"{votes} of {of}" for votes, of in zip(tracks["votes"], tracks["segments"], strict=True)],
                "probability": 100 * tracks["sure"],
                "genre": tracks["genre"],
            }
        )
        place = _selected(table, f"evaluate_tracks_{info.name}_{st.session_state[_WRONG]}", probability=_PERCENT)
        st.caption("Votes: how many of its tested segments say what the track was heard as.")
    if place is None:
        detail.caption("Select a row to see its segments.")
        return
    with detail:
        _show_track(info, str(tracks["track"].iloc[place]))


def _show_track(info: RunInfo, track: str) -> None:
    """The segments of a track over time, and the one that is chosen."""
    evaluation = cached.evaluation(info.name)
    segments = evaluation.take(evaluation.track == track).frame().sort_values("start_s", ignore_index=True)
    genre = segments["genre"][0]
    st.markdown(f"**{escaping.markdown(track)}**, {escaping.markdown(genre)}: {_votes_in_words(segments)}")
    starts = segments["start_s"].tolist()
    key, pick = f"evaluate_votes_{info.name}_{track}", f"{_SEGMENT}_{info.name}_{track}"
    if st.session_state.get(pick) not in starts:
        st.session_state[pick] = starts[0]

    def take_click() -> None:
        if points := st.session_state[key].selection.points:
            st.session_state[pick] = points[0]["customdata"]

    st.plotly_chart(
        figures.track_votes(segments, info.genres, cached.segment_seconds(info.name), st.session_state[pick]),
        config=NO_BAR,
        key=key,
        on_select=take_click,
        selection_mode="points",
        alt="Probabilities of the genres in each segment of the track, over time; the boxes below choose a segment.",
    )
    if info.counts.shared_tracks and not info.split.folds:
        st.caption("What is missing between the bars is in the training part: the run has heard this track.")
    if len(starts) > 1:
        st.pills("Segment", starts, format_func=clock, key=pick, required=True, wrap=True)
    clip.show(info, segments.iloc[starts.index(st.session_state[pick])])


def _votes_in_words(segments: pd.DataFrame) -> str:
    """As in: 3 segments say rock, 1 says metal."""
    counts = segments["predicted"].value_counts()
    first, *others = [(int(votes), genre) for genre, votes in counts.items()]
    said = f"{first[0]} segment{'s say' if first[0] > 1 else ' says'} **{escaping.markdown(first[1])}**"
    return (
        ", ".join(
            [said, *(f"{votes} say{'s' if votes == 1 else ''} {escaping.markdown(genre)}" for votes, genre in others)]
        )
        + "."
    )


@st.fragment
@shell.messages()
def show_errors(info: RunInfo) -> None:
    """Every mistake, the surest first, and the segment that is selected."""
    errors = cached.evaluation(info.name).errors()
    if errors.empty:
        st.success("Every segment was heard right.", icon=":material/check:")
        return
    st.markdown(
        f"**{len(errors)}** of {info.scores.segments} segments are heard wrong; where the run was surest comes first. "
        "A sure mistake is worth hearing: the label may be wrong, or the song unlike its genre."
    )
    left, detail = st.columns([1, 1], gap="medium")
    with left:
        table = pd.DataFrame(
            {
                "track": errors["track"],
                "at": errors["start_s"].map(clock),
                "heard as": errors["predicted"],
                "sure": 100 * errors["confidence"],
                "genre": errors["genre"],
            }
        )
        place = _selected(table, f"evaluate_errors_{info.name}", sure=_PERCENT)
    with detail:
        if place is None:
            st.caption("Select a row to hear its segment.")
        else:
            clip.show(info, errors.iloc[place])


def _selected(table: pd.DataFrame, key: str, **columns: Any) -> int | None:
    """Show a table of which a row can be selected, the first to begin with; the place of the selected row."""
    chosen = st.dataframe(
        table,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0]}},
        hide_index=True,
        height=min(38 + 35 * len(table), 420),
        column_config={"": st.column_config.TextColumn(width=36), "track": st.column_config.TextColumn(width=165)}
        | columns,
    )
    rows = chosen.selection.rows
    return rows[0] if rows and rows[0] < len(table) else None
