"""The verdict on one song: its genre and how far to trust it, the song as it goes by, its tags."""

import html

import pandas as pd
import streamlit as st

from genre_core import escaping, runs
from genre_core.features.embedding import TAG_KINDS, TagKind
from genre_core.figures import predict as figures
from genre_core.figures.formatting import clock, percent
from genre_core.figures.theme import genre_colors
from genre_core.prediction import SongPrediction
from genre_core.runs import RunInfo
from ui import player, playhead, text
from ui.cached import Heard
from ui.text import NO_BAR

_DOUBTED_COLOR = "#adb5bd"


def show(name: str, heard: Heard, info: RunInfo, beside: tuple[Heard, RunInfo] | None) -> None:
    """The headline, the probabilities, and what speaks against them; `beside` is what another run says."""
    prediction = heard.prediction
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.caption(f"{escaping.markdown(name)}, {clock(prediction.duration_s)}")
        doubted = bool(prediction.reliability.reasons)
        color = _DOUBTED_COLOR if doubted else genre_colors(info.genres)[prediction.genre]
        st.html(
            f'<div style="font-size:clamp(2.5rem,6vw,4.5rem);line-height:1.1;font-weight:700;'
            f'border-left:0.16em solid {color};padding-left:0.25em">{html.escape(prediction.genre)}'
            f"{'?' if doubted else ''}</div>"
        )
        st.markdown(
            f"with a probability of **{percent(prediction.probabilities[prediction.genre])}**, then "
            f"{escaping.markdown(prediction.runner_up)} ({percent(prediction.probabilities[prediction.runner_up])})"
        )
        if prediction.changes:
            st.markdown(f"It is not of one genre: see the {_counted(len(prediction.changes), 'change')} below.")
        _show_trust(prediction)
        st.caption(
            f"{_spoken(prediction)} together, as sure as the run was right on the tracks that it was tested on: many "
            "segments that agree are right more often than each of them."
        )
    with right:
        if beside is None:
            st.plotly_chart(figures.probabilities(prediction.probabilities), config=NO_BAR, key="predict_probabilities")
        else:
            other, other_info = beside
            for cell, (one, of) in zip(
                st.columns(2), ((prediction, info), (other.prediction, other_info)), strict=True
            ):
                with cell:
                    st.markdown(f"**{escaping.markdown(of.title or of.name)}**")
                    st.plotly_chart(
                        figures.probabilities(one.probabilities), config=NO_BAR, key=f"predict_probabilities_{of.name}"
                    )
    for warning in prediction.warnings:
        st.info(warning, icon=":material/info:")


def _show_trust(prediction: SongPrediction) -> None:
    doubted = bool(prediction.reliability.reasons)
    st.badge(
        f"{'Doubtful' if doubted else 'Like music that it knows'}: trust {percent(prediction.reliability.score)}",
        icon=":material/warning:" if doubted else ":material/hearing:",
        color="orange" if doubted else "blue",
        help="How much the song is like the music that was learned from, and whether its sound is whole; it says "
        "nothing of which genre it is. Below a half there are reasons to doubt.",
    )
    for reason in prediction.reliability.reasons:
        st.warning(reason, icon=":material/warning:")


def _spoken(prediction: SongPrediction) -> str:
    count = sum(not segment.silent for segment in prediction.segments)
    length_s = prediction.segments[0].end_s - prediction.segments[0].start_s
    return f"{_counted(count, 'segment')} of {length_s:.0f} s"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def show_timeline(digest: str, content: bytes, heard: Heard) -> None:
    """The song as it goes by, tied to its player."""
    prediction = heard.prediction
    st.subheader("As the song goes by")
    st.markdown(
        "Each color is the genre heard at that time. **Click anywhere in it to hear the place**; the red line follows."
    )
    if prediction.changes:
        told = "; ".join(
            f"at **{clock(change.time_s)}** from {escaping.markdown(change.before)} to "
            f"{escaping.markdown(change.after)} ({percent(change.confidence)} sure)"
            for change in prediction.changes
        )
        st.markdown(f"The genre changes {told}.")
    with playhead.tied(digest):
        st.plotly_chart(
            figures.timeline(prediction, heard.loudness),
            config=NO_BAR,
            key=f"predict_timeline_{digest}",
            alt="The genre of each segment over the waveform; the table below says the same.",
        )
        player.play(digest, content)
    with st.expander("The segments as a table", icon=":material/table_rows:"):
        seconds = dict.fromkeys(("start_s", "end_s"), st.column_config.NumberColumn(format="%.1f"))
        shares = seconds | dict.fromkeys(prediction.probabilities, st.column_config.NumberColumn(format="percent"))
        st.dataframe(segment_table(prediction), hide_index=True, column_config=shares, key="predict_segments")


def segment_table(prediction: SongPrediction) -> pd.DataFrame:
    """A row a segment: from when to when in seconds, its genre, and each genre's probability."""
    return pd.DataFrame(
        [
            {
                "start_s": round(segment.start_s, 3),
                "end_s": round(segment.end_s, 3),
                "genre": "silent" if segment.silent else segment.genre,
                **segment.probabilities,
            }
            for segment in prediction.segments
        ]
    )


def show_tags(prediction: SongPrediction) -> None:
    """What the song is, several at once."""
    st.caption(
        "50 tags of Last.fm's users, each with its own probability, by the network whose embedding is used here "
        "(MSD_musicnn). Several apply at once."
    )
    kinds: tuple[set[TagKind], ...] = ({"genre"}, set(TAG_KINDS.values()) - {"genre"})
    for cell, title, shown in zip(
        st.columns(2, gap="large"), ("Genres and styles", "Mood, voice, instrument and era"), kinds, strict=True
    ):
        with cell:
            st.markdown(f"**{title}**")
            st.plotly_chart(figures.tags(prediction, shown), config=NO_BAR, key=f"predict_tags_{title}")


def show_judge(info: RunInfo) -> None:
    """Which run judges, and how well it did on which split."""
    st.subheader("Who judges")
    demonstration = " It is a demonstration of the paper's protocol." if info.name == runs.PAPER else ""
    st.markdown(f"**{escaping.markdown(info.title or info.name)}**.{demonstration} {text.record(info)}")
    if warning := text.memory_warning(info):
        st.warning(warning, icon=":material/warning:")
    st.caption(
        f"It knows only these genres, and gives every song one of them: {escaping.markdown(', '.join(info.genres))}."
    )
