"""Predict: drop in a song and see its genre, along the time axis, and how far to trust the answer."""

import html
import json
from dataclasses import asdict, dataclass, field

import pandas as pd
import streamlit as st

from genre_core import demo, runs
from genre_core.figures import predict as figures
from genre_core.figures.theme import genre_colours
from genre_core.figures.words import clock, percent
from genre_core.prediction import Verdict
from genre_core.runs import RunInfo
from ui import cached, player, run_picker, shell, touch, words
from ui.background import BackgroundTask
from ui.cached import Heard

FORMATS = ["wav", "flac", "ogg", "oga", "opus", "mp3", "m4a", "aac", "aif", "aiff"]
PERCENT = "%.1f %%"
NO_BAR = {"displayModeBar": False}
POLL_S = 0.6
OWN_FAULT = "It could not be judged because of an error of Genre Lab's own; its log says more."
EXAMPLE, CHOSEN, FILES, START = "predict_example", "predict_chosen", "predict_files", "predict_start"


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
        "Drop in songs and see what genre a run hears in each, and how that changes as the song goes by. "
        "Your songs are not stored."
    )
    left, right = st.columns(2, gap="large")
    with left:
        uploads = st.file_uploader(
            "Your songs", FORMATS, accept_multiple_files=True, key=FILES, on_change=forget_choice
        )
    with right:
        titles = {song.name: song.title for song in demo.SONGS}
        example = st.pills(
            "Or a synthetic example",
            list(titles),
            format_func=titles.__getitem__,
            key=EXAMPLE,
            on_change=take_example,
            wrap=True,
        )
        if example:
            st.caption(f"{demo.song(example).description} No synthetic piece was trained on, so expect surprises.")
        info = run_picker.choose("Judged by")
    songs = [upload_of(upload.file_id, upload.name, upload.getvalue()) for upload in uploads]
    if example:
        songs.append(upload_of(f"example-{example}", f"{titles[example]} (example)", cached.demo_song(example)))
    if not songs:
        st.info("Upload a song or take an example.", icon=":material/music_note:")
        trust(info)
        return
    tasks = {song.key: cached.judging(song.digest, song.content, info.name) for song in songs}
    busy = any(task.running for task in tasks.values())
    # While songs are being judged the results look again by themselves; the rest of the page stays as it is.
    st.fragment(show_results, run_every=POLL_S if busy else None)(songs, tasks, info, busy)


def upload_of(key: str, name: str, content: bytes) -> Song:
    return Song(key, name, cached.content_digest(key, content), content)


def forget_choice() -> None:
    """New songs came or one went: show the newest."""
    st.session_state[CHOSEN] = None


def take_example() -> None:
    example = st.session_state[EXAMPLE]
    st.session_state[CHOSEN] = f"example-{example}" if example else None


def show_results(songs: list[Song], tasks: dict[str, BackgroundTask[Heard]], info: RunInfo, busy: bool) -> None:
    """A summary of several songs, and the details of one."""
    with shell.messages():
        if busy and not any(task.running for task in tasks.values()):
            st.rerun()  # so that the page stops looking again
        show_progress(songs, tasks)
        failed = [song for song in songs if not tasks[song.key].running and not tasks[song.key].result]
        keys = [song.key for song in songs if song not in failed]
        if keys and st.session_state.get(CHOSEN) not in keys:
            uploaded = [key for key in keys if not key.startswith("example-")]
            st.session_state[CHOSEN] = (uploaded or keys)[-1]
        if len(songs) > 1:
            show_summary(songs, tasks, keys)
        if failed:
            sentences = [f"**{song.name}**: {tasks[song.key].problem or OWN_FAULT}" for song in failed]
            st.error("  \n".join(sentences), icon=":material/error:")
        for song in songs:
            if song.key in keys and song.key == st.session_state[CHOSEN] and (heard := tasks[song.key].result):
                show_verdict(song, heard, info)


def show_progress(songs: list[Song], tasks: dict[str, BackgroundTask[Heard]]) -> None:
    """One bar for all, which says what is going on."""
    running = [song for song in songs if tasks[song.key].running]
    if not running:
        return
    under_way = [song for song in running if tasks[song.key].total]
    shares = [tasks[song.key].done / tasks[song.key].total for song in under_way]
    done = len(songs) - len(running)
    said = [f"{song.name} ({tasks[song.key].done} of {tasks[song.key].total} segments)" for song in under_way]
    text = f"Judging {', '.join(said) or running[0].name}"
    st.progress((done + sum(shares)) / len(songs), text=f"{text}; {done} of {len(songs)} songs done")


def show_summary(songs: list[Song], tasks: dict[str, BackgroundTask[Heard]], keys: list[str]) -> None:
    """A row a song, and a choice of one of `keys`; rows and box are kept in step."""
    names = {song.key: song.name for song in songs}
    st.dataframe(
        pd.DataFrame([summary_row(song, tasks[song.key]) for song in songs]),
        hide_index=True,
        column_config={
            "file": st.column_config.TextColumn(width="medium"),
            "probability": st.column_config.NumberColumn(format=PERCENT, width="small"),
            "problem": st.column_config.TextColumn(width="large"),
        },
        placeholder="",
        key="predict_summary",
        on_select=lambda: take_row([song.key for song in songs]),
        selection_mode="single-row",
    )
    if len(keys) > 1:
        st.selectbox("Show", keys, format_func=names.__getitem__, key=CHOSEN)


def take_row(keys: list[str]) -> None:
    rows = st.session_state["predict_summary"].selection.rows
    if rows and rows[0] < len(keys):
        st.session_state[CHOSEN] = keys[rows[0]]


def summary_row(song: Song, task: BackgroundTask[Heard]) -> dict[str, str | float | None]:
    row: dict[str, str | float | None] = dict.fromkeys(("file", "genre", "probability", "duration", "problem"))
    row["file"] = song.name
    if task.result:
        verdict = task.result.verdict
        row |= {
            "genre": verdict.genre,
            "probability": 100 * verdict.probabilities[verdict.genre],
            "duration": clock(verdict.duration_s),
            "problem": " ".join(verdict.warnings),
        }
    elif task.running:
        row["genre"] = "…"
    else:
        row["problem"] = task.problem or OWN_FAULT
    return row


def show_verdict(song: Song, heard: Heard, info: RunInfo) -> None:
    verdict = heard.verdict
    for warning in verdict.warnings:
        st.warning(warning, icon=":material/warning:")
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.caption(f"{song.name}, {clock(verdict.duration_s)}")
        colour = genre_colours(info.genres)[verdict.genre]
        st.html(
            f'<div style="font-size:clamp(2.5rem,6vw,4.5rem);line-height:1.1;font-weight:700;'
            f'border-left:0.16em solid {colour};padding-left:0.25em">{html.escape(verdict.genre)}</div>'
        )
        st.markdown(f"with a probability of **{percent(verdict.probabilities[verdict.genre])}**")
        st.caption(f"The mean over its {spoken(verdict)}. Networks are often surer than they are right.")
    right.plotly_chart(figures.probabilities(verdict), config=NO_BAR, key="predict_probabilities")
    show_timeline(song, heard)
    trust(info)
    st.download_button(
        "Verdict as JSON",
        json.dumps(as_document(song, verdict, info), indent=2),
        file_name=f"{song.name}.verdict.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
    )


def spoken(verdict: Verdict) -> str:
    count = sum(not segment.silent for segment in verdict.segments)
    length_s = verdict.segments[0].end_s - verdict.segments[0].start_s
    return f"{count} segments of {length_s:.0f} s" if count > 1 else f"one segment of {length_s:.0f} s"


def show_timeline(song: Song, heard: Heard) -> None:
    """The segments over the waveform; a click on one plays from there."""
    st.subheader("As the song goes by")
    st.markdown("Each colour is the genre heard in a segment. **Click a segment to hear it**; point at it to read it.")
    key = f"predict_timeline_{song.digest}"
    event = st.plotly_chart(
        figures.timeline(heard.verdict, heard.loudness),
        config=NO_BAR,
        key=key,
        on_select="rerun",
        selection_mode="points",
        alt="The genre of each segment over the waveform; the table below says the same.",
    )
    points = event.selection.points
    start_s = float(points[0]["customdata"][0]) if points else 0.0
    player.play(song.digest, song.content, start_s=start_s, autoplay=bool(points))
    with st.expander("The segments as a table", icon=":material/table_rows:"):
        rows = [
            {
                "from": clock(segment.start_s),
                "to": clock(segment.end_s),
                "genre": "silent" if segment.silent else segment.genre,
                **{genre: 100 * share for genre, share in segment.probabilities.items()},
            }
            for segment in heard.verdict.segments
        ]
        shares = dict.fromkeys(heard.verdict.probabilities, st.column_config.NumberColumn(format=PERCENT))
        st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=shares, key="predict_segments")


def trust(info: RunInfo) -> None:
    """Which run judges, and how well it did on which split."""
    st.subheader("How far to trust it")
    demonstration = " It is a demonstration of the paper's protocol." if info.name == runs.DEFAULT else ""
    st.markdown(
        f"Judged by **{info.title or info.name}**.{demonstration} It named {percent(info.scores.accuracy)} of the "
        f"segments and {percent(info.scores.track_accuracy)} of the tracks right "
        f"{words.where(info)}."
    )
    if warning := words.memory_warning(info):
        st.warning(warning, icon=":material/warning:")
    st.caption(f"It knows only these genres, and gives every song one of them: {', '.join(info.genres)}.")


def as_document(song: Song, verdict: Verdict, info: RunInfo) -> dict[str, object]:
    """The verdict as the command line gives it, and which run it is of."""
    run = {
        "name": info.name,
        "accuracy": info.scores.accuracy,
        "track_accuracy": info.scores.track_accuracy,
        "split": {"kind": info.split.kind, **asdict(info.counts)},
    }
    return {"file": song.name, **asdict(verdict), "run": run}


shell.enter()
with shell.messages():
    show()
    touch.enable_taps()
