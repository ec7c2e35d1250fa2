"""Predict: drop in a song and see its genre, along the time axis, and how far to trust the answer."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from genre_core import escaping, runs
from genre_core.audio import synthesis
from genre_core.figures.formatting import clock
from genre_core.jobs import BackgroundTask
from genre_core.prediction import SongPrediction
from genre_core.prediction import as_document as prediction_document
from genre_core.runs import RunInfo
from ui import cached, player, run_picker, shell, touch
from ui.cached import Heard
from ui.predict import explanation, result, similar
from ui.text import PERCENT

POLL_S = 0.6
HOPS_S = (0.75, 1.5, 3.0, 6.0)
OWN_FAULT = "It could not be judged because of an error of Genre Lab's own; its log says more."
EXAMPLE, CHOSEN, FILES, RECORDING = "predict_example", "predict_chosen", "predict_files", "predict_recording"
SHOWN = "predict_shown"
"""How many judgings had ended, and which song was chosen, when the page was drawn."""
STOPPED = "predict_stopped"
"""Keys of the songs whose judging the visitor ended."""
VIEWS = {
    "Tags": ":material/sell:",
    "Why": ":material/help:",
    "What if": ":material/tune:",
    "Similar tracks": ":material/library_music:",
}


Tasks = dict[str, BackgroundTask[Heard]]
"""The judging of each song, by its key."""


@dataclass(frozen=True)
class Song:
    """What is to be judged."""

    key: str
    """Tells it from all others on the page, also from a second upload of the same file."""
    name: str
    digest: str
    content: bytes = field(repr=False)


def show() -> None:
    st.title("Predict")
    st.markdown(
        "Drop in songs and see what genre a run hears in each, where it changes, and how far to trust that. "
        "Your songs are not stored."
    )
    left, right = st.columns(2, gap="large")
    with left:
        uploads = st.file_uploader(
            "Your songs", player.FORMATS, accept_multiple_files=True, key=FILES, on_change=forget_choice
        )
    with right:
        recording = st.audio_input(
            "Or record what is playing", sample_rate=44_100, key=RECORDING, on_change=forget_choice
        )
        titles = {song.name: song.title for song in synthesis.SONGS}
        example = st.pills(
            "Or a synthetic example",
            list(titles),
            format_func=titles.__getitem__,
            key=EXAMPLE,
            on_change=take_example,
            wrap=True,
        )
        if example:
            st.caption(f"{synthesis.song(example).description} No synthetic piece was trained on, so expect surprises.")
    left, middle, right = st.columns([3, 2, 2], gap="large", vertical_alignment="bottom")
    with left:
        info = run_picker.choose("PredictedSong by")
    hop_s = middle.segmented_control(
        "A segment every",
        HOPS_S,
        default=prediction.HOP_S,
        format_func="{:g} s".format,
        required=True,
        key="predict_hop",
        help="Segments of 3 s that begin closer together overlap, find changes more exactly, and take longer.",
    )
    with right:
        both = info.name != runs.PAPER and st.toggle(
            "Ask the paper's network too",
            key="predict_both",
            help="The paper's network beside it: what 58 hand-crafted features and 100 tracks make of the same song.",
        )
    songs = [upload_of(upload.file_id, upload.name, upload.getvalue()) for upload in uploads]
    if recording:
        songs.append(upload_of(recording.file_id, "Recording.wav", recording.getvalue()))
    if example:
        songs.append(upload_of(f"example-{example}", f"{titles[example]} (example)", cached.demo_song(example)))
    if not songs:
        st.info("Upload a song, record one or take an example.", icon=":material/music_note:")
        result.show_judge(info)
        return
    left_aside = [song for song in songs if song.key in st.session_state.setdefault(STOPPED, set())]
    if left_aside:
        show_stopped(left_aside)
    songs = [song for song in songs if song not in left_aside]
    if not songs:
        return
    tasks = {song.key: cached.batch_config(song.digest, song.content, info.name, hop_s) for song in songs}
    others = {song.key: cached.batch_config(song.digest, song.content, runs.PAPER, hop_s) for song in songs if both}
    busy = any(task.running for task in (*tasks.values(), *others.values()))
    # While songs are being judged the summary looks again by itself; the rest of the page stays as it is.
    st.fragment(show_summary, run_every=POLL_S if busy else None)(songs, tasks, others, info)
    with shell.messages():
        for song in songs:
            if song.key == st.session_state.get(CHOSEN) and (heard := tasks[song.key].result):
                st.fragment(show_song)(song, heard, others.get(song.key), info, hop_s)


def show_stopped(songs: list[Song]) -> None:
    """What the visitor stopped, and the way back."""
    text, button = st.columns([6, 1], vertical_alignment="center")
    text.info(f"Not judged: {escaping.markdown(', '.join(song.name for song in songs))}.", icon=":material/stop:")
    button.button("Judge", icon=":material/play_arrow:", key="predict_resume", on_click=st.session_state[STOPPED].clear)


def upload_of(key: str, name: str, content: bytes) -> Song:
    return Song(key, name, cached.content_digest(key, content), content)


def forget_choice() -> None:
    """New songs came or one went: show the newest."""
    st.session_state[CHOSEN] = None


def take_example() -> None:
    example = st.session_state[EXAMPLE]
    st.session_state[CHOSEN] = f"example-{example}" if example else None


def show_summary(songs: list[Song], tasks: Tasks, others: Tasks, info: RunInfo) -> None:
    """How far the judging is, a table of several songs, and a choice of one; `others` is what the paper's network says.

    Draws the whole page anew when another one is done or chosen.
    """
    with shell.messages():
        show_progress(songs, tasks)
        failed = [song for song in songs if not tasks[song.key].running and not tasks[song.key].result]
        keys = [song.key for song in songs if song not in failed]
        if keys and st.session_state.get(CHOSEN) not in keys:
            uploaded = [key for key in keys if not key.startswith("example-")]
            st.session_state[CHOSEN] = (uploaded or keys)[-1]
        if len(songs) > 1:
            show_table(songs, tasks, keys, info)
        if failed:
            sentences = [
                f"**{escaping.markdown(song.name)}**: {tasks[song.key].problem or OWN_FAULT}" for song in failed
            ]
            st.error("  \n".join(sentences), icon=":material/error:")
        ended = sum(not task.running for task in (*tasks.values(), *others.values()))
        if st.session_state.get(SHOWN) != (shown := (ended, st.session_state.get(CHOSEN))):
            st.session_state[SHOWN] = shown
            st.rerun()


def show_progress(songs: list[Song], tasks: Tasks) -> None:
    """One bar for all, which says what is going on, and a way to end it."""
    running = [song for song in songs if tasks[song.key].running]
    if not running:
        return
    under_way = [song for song in running if tasks[song.key].total]
    shares = [tasks[song.key].done / tasks[song.key].total for song in under_way]
    done = len(songs) - len(running)
    said = [f"{song.name} ({tasks[song.key].done} of {tasks[song.key].total} steps)" for song in under_way]
    text = escaping.markdown(f"BatchConfig {', '.join(said) or running[0].name}; {done} of {len(songs)} songs done")
    bar, button = st.columns([6, 1], vertical_alignment="center")
    bar.progress((done + sum(shares)) / len(songs), text=text)
    if button.button("Stop", icon=":material/stop:", key="predict_stop"):
        for song in running:
            tasks[song.key].stop()
        st.session_state[STOPPED].update(song.key for song in running)
        st.rerun()


def show_table(songs: list[Song], tasks: Tasks, keys: list[str], info: RunInfo) -> None:
    """A row a song, and a choice of one of `keys`; rows and box are kept in step."""
    names = {song.key: song.name for song in songs}
    table = pd.DataFrame([summary_row(song, tasks[song.key]) for song in songs])
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "file": st.column_config.TextColumn(width="medium"),
            "probability": st.column_config.NumberColumn(format=PERCENT, width="small"),
            "trust": st.column_config.NumberColumn(format=PERCENT, width="small"),
            "problem": st.column_config.TextColumn(width="large"),
        },
        placeholder="",
        key="predict_summary",
        on_select=lambda: take_row([song.key for song in songs]),
        selection_mode="single-row",
    )
    predictions = [(song.name, heard.prediction) for song in songs if (heard := tasks[song.key].result)]
    with st.container(horizontal=True):
        show_download("Table (CSV)", lambda: escaping.csv(table), "verdicts.csv", "text/csv")
        show_download(
            "All verdicts (JSON)",
            lambda: json.dumps([as_document(name, prediction, info) for name, prediction in predictions], indent=2),
            "verdicts.json",
            "application/json",
        )
    if len(keys) > 1:
        st.selectbox("Show", keys, format_func=names.__getitem__, key=CHOSEN)


def show_download(label: str, content: Any, name: str, mime: str) -> None:
    """A button whose file is made when it is pressed."""
    st.download_button(
        label, content, name, mime, key=f"predict_download_{label}", icon=":material/download:", on_click="ignore"
    )


def take_row(keys: list[str]) -> None:
    rows = st.session_state["predict_summary"].selection.rows
    if rows and rows[0] < len(keys):
        st.session_state[CHOSEN] = keys[rows[0]]


def summary_row(song: Song, task: BackgroundTask[Heard]) -> dict[str, str | float | None]:
    columns = ("file", "genre", "probability", "runner-up", "trust", "changes", "tags", "duration", "problem")
    row: dict[str, str | float | None] = dict.fromkeys(columns)
    row["file"] = song.name
    if task.result:
        prediction = task.result.prediction
        row |= {
            "genre": prediction.genre,
            "probability": 100 * prediction.probabilities[prediction.genre],
            "runner-up": prediction.runner_up,
            "trust": 100 * prediction.reliability.score,
            "changes": "; ".join(f"{clock(change.time_s)} {change.after}" for change in prediction.changes),
            "tags": ", ".join(tag.tag for tag in prediction.tags[:3]),
            "duration": clock(prediction.duration_s),
            "problem": " ".join((*prediction.reliability.reasons, *prediction.warnings)),
        }
    elif task.running:
        row["genre"] = "…"
    else:
        row["problem"] = task.problem or OWN_FAULT
    return row


def show_song(song: Song, heard: Heard, other: BackgroundTask[Heard] | None, info: RunInfo, hop_s: float) -> None:
    """All there is to say of one song."""
    beside = None
    if other and other.result:
        beside = (other.result, cached.run(runs.PAPER).info)
    elif other:
        said = "is still listening …" if other.running else f"can't judge it: {other.problem or OWN_FAULT}"
        st.caption(f"The paper's network {said}")
    result.show(song.name, heard, info, beside)
    result.show_timeline(song.digest, song.content, heard)
    view = st.segmented_control(
        "More",
        list(VIEWS),
        default="Tags",
        required=True,
        format_func=lambda name: f"{VIEWS[name]} {name}",
        key="predict_view",
        label_visibility="collapsed",
    )
    predicted = f"{song.digest}-{hop_s}"
    if view == "Tags":
        result.show_tags(heard.prediction)
    elif view == "Why":
        explanation.show(predicted, heard, info)
    elif view == "What if":
        explanation.show_what_if(predicted, heard, info)
    else:
        similar.show(heard.prediction)
    result.show_judge(info)
    with st.container(horizontal=True):
        show_download(
            "SongPrediction (JSON)",
            lambda: json.dumps(as_document(song.name, heard.prediction, info), indent=2),
            f"{song.name}.verdict.json",
            "application/json",
        )
        show_download(
            "Segments (CSV)",
            lambda: escaping.csv(result.segment_table(heard.prediction)),
            f"{song.name}.segments.csv",
            "text/csv",
        )


def as_document(name: str, prediction: SongPrediction, info: RunInfo) -> dict[str, Any]:
    """The verdict as the command line gives it, and which run it is of."""
    run = {
        "name": info.name,
        "accuracy": info.scores.accuracy,
        "track_accuracy": info.scores.track_accuracy,
        "split": {"kind": info.split.kind, **asdict(info.counts)},
    }
    return {"file": name, **prediction_document(prediction), "run": run}


shell.enter()
with shell.messages():
    show()
    touch.enable_taps()
