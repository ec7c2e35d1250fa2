"""Predict: the genre of the visitor's songs, over time, with reliability, explanations and similar tracks."""

import json
from functools import partial

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from genre_core import escaping, prediction, runs
from genre_core.jobs import Job
from genre_core.runs import RunInfo
from ui import cached, lessons, run_picker, shell, text, touch
from ui import songs as own_songs
from ui.cached import SongResult
from ui.lessons import panel
from ui.predict import downloads, explanation, result, similar, songs, summary
from ui.predict.songs import CHOSEN, Song
from ui.predict.summary import SongJobs

HOPS_S = (0.75, 1.5, 3.0, 6.0)
VIEWS = {
    "Tags": ":material/sell:",
    "Explanation": ":material/help:",
    "What if": ":material/tune:",
    "Similar tracks": ":material/library_music:",
}


def show() -> None:
    st.title("Predict")
    lessons.begin("predict", in_address=True)
    st.markdown(
        "Predict the genre of a song, see where it changes and how reliable the prediction is. "
        f"{own_songs.how_long_kept()}"
    )
    chosen = songs.choose()
    place = st.container()  # the prediction comes first, the settings after it
    info, hop_s, compare = _choose_settings()
    with place:
        if chosen:
            _show_predictions(chosen, info, hop_s, compare)
        else:
            st.info("Upload a song, record one or choose an example.", icon=":material/music_note:")
    result.show_run(info)


def _choose_settings() -> tuple[RunInfo, float, bool]:
    """The run, the hop in seconds, and whether to compare with the paper's network."""
    st.subheader("Settings")
    info = run_picker.choose()
    left, right = st.columns(2, gap="medium", vertical_alignment="bottom")
    hop = partial(
        left.segmented_control,
        "Hop",
        HOPS_S,
        format_func="{:g} s".format,
        required=True,
        help="Time between the starts of segments. Segments last 3 s, so with a shorter hop they overlap: genre "
        "changes are located more exactly, and the prediction takes longer.",
    )
    hop_s = lessons.choose("hop", HOPS_S, hop, key="predict_hop", default=prediction.HOP_S)
    toggle = partial(
        right.toggle,
        "Compare with the paper's network",
        help="Show the probabilities of the paper's network beside those of the run. It was trained on 58 features "
        "of 100 tracks.",
    )
    compare = info.name != runs.PAPER_RUN and lessons.choose("compare", (False, True), toggle, key="predict_compare")
    return info, hop_s, compare


def _show_predictions(chosen: list[Song], info: RunInfo, hop_s: float, compare: bool) -> None:
    shown = summary.without_stopped(chosen)
    if not shown:
        return

    def start(run: str) -> summary.Jobs:
        return {song.key: cached.predict_song(song.digest, song.read, run, hop_s) for song in shown}

    jobs = SongJobs(shown, start(info.name), start(runs.PAPER_RUN) if compare else {})
    summary.show(jobs, info)
    with shell.messages():
        for song in shown:
            if song.key == st.session_state.get(CHOSEN) and (song_result := jobs.by_run[song.key].result):
                st.fragment(show_song)(song, song_result, jobs.by_paper.get(song.key), info, hop_s)


def show_song(
    song: Song, song_result: SongResult, by_paper: Job[SongResult] | None, info: RunInfo, hop_s: float
) -> None:
    """The result of one song."""
    with shell.messages():
        other = None
        if by_paper and by_paper.result:
            other = (by_paper.result.prediction, cached.run(runs.PAPER_RUN).info)
        elif by_paper:
            problem = by_paper.problem or text.PREDICTION_FAILED
            state = "is still predicting …" if by_paper.running else f"failed: {escaping.markdown(problem)}"
            st.caption(f"The paper's network {state}")
        result.show(song.name, song_result.prediction, info, other)
        result.show_timeline(song.digest, song.read, song_result, song.credit)
        views = partial(
            st.segmented_control,
            "View",
            list(VIEWS),
            required=True,
            format_func=lambda name: f"{VIEWS[name]} {name}",
            label_visibility="collapsed",
        )
        view = lessons.choose("view", list(VIEWS), views, key="predict_view")
        key = f"{song.digest}-{hop_s}"
        if view == "Tags":
            result.show_tags(song_result.prediction)
        elif view == "Explanation":
            explanation.show(key, song_result, info)
        elif view == "What if":
            explanation.show_what_if(key, song_result, info)
        else:
            similar.show(song_result.prediction)
        with st.container(horizontal=True):
            downloads.button(
                "Prediction (JSON)",
                lambda: json.dumps(downloads.document(song.name, song_result.prediction, info), indent=2),
                f"{escaping.file_name(song.name)}.prediction.json",
                "application/json",
            )
            downloads.button(
                "Segments (CSV)",
                lambda: escaping.csv(song_result.prediction.to_frame()),
                f"{escaping.file_name(song.name)}.segments.csv",
                "text/csv",
            )


shell.enter()
with shell.messages():
    show()
    touch.enable_taps()
panel.show()
