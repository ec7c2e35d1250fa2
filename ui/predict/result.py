"""The prediction of one song: genre, confidence, reliability, timeline and tags; and the run that made it."""

import html
from collections.abc import Callable

import streamlit as st

from genre_core import escaping, runs
from genre_core.features.embedding import TAG_KINDS, TagKind
from genre_core.figures import predict as figures
from genre_core.figures.theme import genre_colors
from genre_core.prediction import SongPrediction, domain
from genre_core.prediction.result import IN_DOMAIN_LIMIT
from genre_core.runs import RunInfo, run_title
from genre_core.wording import clock, counted, percent
from ui import cached, player, playhead, shell, text
from ui.cached import SongResult
from ui.text import CHART

_UNRELIABLE_COLOR = "#adb5bd"
_TAGS_IN_HEADLINE = 2


def show(name: str, prediction: SongPrediction, info: RunInfo, other: tuple[SongPrediction, RunInfo] | None) -> None:
    """The genre with its confidence and reliability, and all probabilities.

    `other` is the prediction of a second run, shown beside the first.
    """
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _show_genre(name, prediction, info)
        _show_reliability(prediction)
    with right:
        predictions = [(prediction, info), *([other] if other else [])]
        for cell, (one, of) in zip(st.columns(len(predictions)), predictions, strict=True):
            with cell:
                st.markdown(f"**Probabilities**{f' · {escaping.markdown(run_title(of))}' if other else ''}")
                st.plotly_chart(
                    cached.figure(figures.probabilities, one.probabilities),
                    config=CHART,
                    key=f"predict_probabilities_{of.name}",
                )
    for warning in prediction.warnings:
        shell.show_problem(warning, kind="info")


def _show_genre(name: str, prediction: SongPrediction, info: RunInfo) -> None:
    st.caption(f"{escaping.markdown(name)}, {clock(prediction.duration_s)}")
    out_of_domain = prediction.is_out_of_domain
    unreliable = out_of_domain or bool(prediction.reliability.reasons)
    color = _UNRELIABLE_COLOR if unreliable else genre_colors(info.genres)[prediction.genre]
    headline = f"Probably none of the {len(info.genres)} genres" if out_of_domain else prediction.genre
    size = "clamp(1.6rem,4vw,2.6rem)" if out_of_domain else "clamp(2.5rem,6vw,4.5rem)"
    st.html(
        f'<div style="font-size:{size};line-height:1.1;font-weight:700;'
        f'border-left:0.16em solid {color};padding-left:0.25em">{html.escape(headline)}</div>'
    )
    if out_of_domain:
        tags = ", ".join(f"**{escaping.markdown(tag.tag)}**" for tag in prediction.genre_tags(_TAGS_IN_HEADLINE))
        st.markdown(
            f"It sounds like {tags} (tags). Nearest genre: **{escaping.markdown(prediction.genre)}**.",
            help=f"The in-domain score of the song is {prediction.in_domain:.2f}. Below {IN_DOMAIN_LIMIT}, a song is "
            "out-of-domain: it is probably of none of the run's genres. Of tracks that are of one, by artists unseen "
            "in training where artists are known, 5 % are below it too.",
        )
    elif prediction.in_domain is None:
        st.caption(domain.why_unknown(info))
    runner_up = prediction.runner_up
    st.markdown(
        f"Confidence **{percent(prediction.confidence)}**, runner-up {escaping.markdown(runner_up)} "
        f"({percent(prediction.probabilities[runner_up])})",
        help=f"From {_counted_segments(prediction)}. Confidence is calibrated on the run's test tracks: of those "
        "predicted with a confidence of 80 %, about 80 % are predicted correctly.",
    )
    if prediction.changes:
        st.markdown(f"{counted(len(prediction.changes), 'genre change')}: see the timeline.")


def _show_reliability(prediction: SongPrediction) -> None:
    unreliable = bool(prediction.reliability.reasons)
    st.badge(
        f"{'Low reliability' if unreliable else 'Reliability'}: {percent(prediction.reliability.score)}",
        icon=":material/warning:" if unreliable else ":material/verified:",
        color="orange" if unreliable else "blue",
        help="How similar the song is to the training music, whether the recording is intact and the run certain. "
        "Below 50 %, the reasons are listed.",
    )
    for reason in prediction.reliability.reasons:
        shell.show_problem(reason, kind="warning")


def _counted_segments(prediction: SongPrediction) -> str:
    length_s = prediction.segments[0].end_s - prediction.segments[0].start_s
    return f"{counted(int(prediction.is_counted.sum()), 'segment')} of {length_s:.0f} s"


def show_timeline(digest: str, read: Callable[[], bytes], result: SongResult, credit: str) -> None:
    """The predicted genre over time, tied to a player.

    `read` returns the content of the song's file; `credit` says whose music it is, and may be empty.
    """
    prediction = result.prediction
    st.subheader("Timeline")
    st.markdown("The color is the predicted genre at each time. **Click the timeline to play from there.**")
    if prediction.changes:
        changes = "; ".join(
            f"at **{clock(change.time_s)}** from {escaping.markdown(change.from_genre)} to "
            f"{escaping.markdown(change.to_genre)} (confidence {percent(change.confidence)})"
            for change in prediction.changes
        )
        st.markdown(f"The genre changes {changes}.")
    if any(segment.is_out_of_domain and not segment.silent for segment in prediction.segments):
        st.markdown(
            "Crosshatched sections are out-of-domain: they sound like none of the run's genres and count for no genre "
            "change."
        )
    with playhead.tied(digest):
        st.plotly_chart(
            cached.figure(figures.timeline, prediction, result.envelope),
            config=CHART,
            key=f"predict_timeline_{digest}",
            alt="Predicted genre of each segment over the waveform; the table below has the same content.",
        )
        with shell.messages():
            player.play(digest, read())
    if credit:
        st.caption(credit)
    with st.expander("Table of segments", icon=":material/table_rows:"):
        _show_segments(prediction)


def _show_segments(prediction: SongPrediction) -> None:
    columns = {
        "start_s": st.column_config.NumberColumn("Start (s)", format="%.1f"),
        "end_s": st.column_config.NumberColumn("End (s)", format="%.1f"),
        "genre": st.column_config.TextColumn("Predicted genre"),
        "probability": st.column_config.NumberColumn("Probability", format="percent"),
        "silent": st.column_config.CheckboxColumn("Silent"),
        "in_domain": st.column_config.NumberColumn("In-domain score", format="%.2f"),
        **{f"p_{genre}": st.column_config.NumberColumn(genre, format="percent") for genre in prediction.probabilities},
    }
    table = prediction.to_frame()
    if prediction.in_domain is None:
        table = table.drop(columns="in_domain")
    st.dataframe(table, hide_index=True, column_config=columns, key="predict_segments")


def show_tags(prediction: SongPrediction) -> None:
    """The most probable tags, by kind."""
    st.caption(
        "Tags are predicted by MSD_musicnn, the network that computes the embedding: 50 tags of Last.fm users, each "
        "with its own probability. Several apply to a song at once."
    )
    kinds: tuple[set[TagKind], ...] = ({"genre"}, set(TAG_KINDS.values()) - {"genre"})
    for cell, title, shown in zip(
        st.columns(2, gap="medium"), ("Genres and styles", "Mood, voice, instrument and era"), kinds, strict=True
    ):
        with cell:
            st.markdown(f"**{title}**")
            st.plotly_chart(cached.figure(figures.tags, prediction, shown), config=CHART, key=f"predict_tags_{title}")


def show_run(info: RunInfo) -> None:
    """The run that predicts, and its accuracy with the split that it was measured on."""
    st.subheader("About the run")
    demonstration = " It demonstrates the protocol of the paper." if info.name == runs.PAPER_RUN else ""
    st.markdown(f"**{escaping.markdown(run_title(info))}**.{demonstration} {text.accuracy_summary(info)}")
    if warning := text.leakage_warning(info):
        st.warning(warning, icon=":material/warning:")
    st.caption(f"The run predicts one of these genres for every song: {escaping.markdown(', '.join(info.genres))}.")
