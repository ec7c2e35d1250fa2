"""The state of all songs of the page Predict: progress, a table, and the choice of the song to show."""

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from genre_core import escaping
from genre_core.jobs import Job
from genre_core.runs import RunInfo
from genre_core.wording import clock
from ui import cached, shell, state
from ui.cached import SongResult
from ui.predict import downloads
from ui.predict.songs import CHOSEN, Song
from ui.text import PERCENT, PREDICTION_FAILED

TABLE = "predict_summary"
SHOWN = "predict_shown"
"""Number of jobs that had ended, and the chosen song, when the page was last drawn."""
STOPPED = "predict_stopped"
"""Keys of the songs whose prediction the visitor stopped."""

Jobs = dict[str, Job[SongResult]]
"""The prediction of each song, by its key."""


@dataclass(frozen=True)
class SongJobs:
    """Songs and the jobs that predict them."""

    songs: list[Song]
    by_run: Jobs
    by_paper: Jobs
    """With the paper's network; empty if it is not compared."""

    @property
    def running(self) -> list[Song]:
        """The songs whose prediction with the chosen run is not done."""
        return [song for song in self.songs if self.by_run[song.key].running]

    @property
    def failed(self) -> list[Song]:
        """The songs that could not be predicted."""
        return [song for song in self.songs if not self.by_run[song.key].running and not self.by_run[song.key].result]

    @property
    def n_ended(self) -> int:
        """Number of jobs that have ended."""
        return sum(not job.running for job in (*self.by_run.values(), *self.by_paper.values()))

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return self.n_ended < len(self.by_run) + len(self.by_paper)


def without_stopped(songs: list[Song]) -> list[Song]:
    """The songs that the visitor did not stop; shows the others, with a button to predict them."""
    stopped = [song for song in songs if song.key in st.session_state.setdefault(STOPPED, set())]
    if stopped:
        message, button = st.columns([6, 1], vertical_alignment="center")
        names = ", ".join(song.name for song in stopped)
        message.info(f"Not predicted: {escaping.markdown(names)}.", icon=":material/stop:")
        button.button(
            "Predict",
            icon=":material/play_arrow:",
            key="predict_resume",
            on_click=st.session_state[STOPPED].clear,
            width="stretch",
        )
    return [song for song in songs if song not in stopped]


def show(jobs: SongJobs, info: RunInfo) -> None:
    """Progress, the table of several songs and the choice of one, and what failed.

    While songs are being predicted, this part of the page refreshes itself; the rest of the page is drawn again when a
    job has ended or another song is chosen.
    """
    st.fragment(_show, run_every=cached.POLL_S if jobs.busy else None)(jobs, info)


def _show(jobs: SongJobs, info: RunInfo) -> None:
    with shell.messages():
        _show_progress(jobs)
        available = [song for song in jobs.songs if song not in jobs.failed]
        if available and st.session_state.get(CHOSEN) not in [song.key for song in available]:
            newest = ([song for song in available if not song.is_example] or available)[-1]
            st.session_state[CHOSEN] = newest.key
        if len(jobs.songs) > 1:
            _show_table(jobs, available, info)
        if jobs.failed:
            problems = [(song.name, jobs.by_run[song.key].problem or PREDICTION_FAILED) for song in jobs.failed]
            messages = [f"**{escaping.markdown(name)}**: {escaping.markdown(problem)}" for name, problem in problems]
            st.error("  \n".join(messages), icon=":material/error:")
        shown = (jobs.n_ended, st.session_state.get(CHOSEN))
        if st.session_state.get(SHOWN) != shown:
            st.session_state[SHOWN] = shown
            st.rerun()


def _show_progress(jobs: SongJobs) -> None:
    """One bar for all songs, and a button to stop."""
    running = jobs.running
    if not running:
        return
    started = [(song, jobs.by_run[song.key]) for song in running if jobs.by_run[song.key].total]
    done = len(jobs.songs) - len(running)
    steps = ", ".join(f"{song.name} ({job.done} of {job.total} steps)" for song, job in started)
    first = running[0]
    waiting = cached.waiting_text(jobs.by_run[first.key], f"Predicting {first.name}")
    text = f"Predicting {steps}" if steps else waiting
    if len(jobs.songs) > 1:
        text += f"; {done} of {len(jobs.songs)} songs done"
    bar, button = st.columns([6, 1], vertical_alignment="center")
    share = (done + sum(job.done / job.total for _, job in started)) / len(jobs.songs)
    bar.progress(share, text=escaping.markdown(text))
    if button.button("Stop", icon=":material/stop:", key="predict_stop", width="stretch"):
        for song in running:
            jobs.by_run[song.key].stop(state.visitor())
        st.session_state[STOPPED].update(song.key for song in running)
        st.rerun()


def _show_table(jobs: SongJobs, available: list[Song], info: RunInfo) -> None:
    """A row for each song, and a box to choose one; a row can be chosen too."""
    st.dataframe(
        pd.DataFrame([_row(song, jobs.by_run[song.key]) for song in jobs.songs]),
        hide_index=True,
        column_config={
            "File": st.column_config.TextColumn(width="medium"),
            "Confidence": st.column_config.NumberColumn(format=PERCENT, width="small"),
            "Reliability": st.column_config.NumberColumn(format=PERCENT, width="small"),
            "Tags": st.column_config.TextColumn(width="medium"),
            "Notes": st.column_config.TextColumn(width="large"),
        },
        placeholder="",
        key=TABLE,
        on_select=lambda: _choose_row(jobs.songs),
        selection_mode="single-row",
    )
    predictions = [(song.name, result.prediction) for song in jobs.songs if (result := jobs.by_run[song.key].result)]
    with st.container(horizontal=True):
        downloads.button(
            "Table (CSV)",
            lambda: escaping.csv(pd.DataFrame([_csv_row(song, jobs.by_run[song.key]) for song in jobs.songs])),
            "predictions.csv",
            "text/csv",
        )
        downloads.button(
            "All predictions (JSON)",
            lambda: json.dumps([downloads.document(name, song, info) for name, song in predictions], indent=2),
            "predictions.json",
            "application/json",
        )
    if len(available) > 1:
        names = {song.key: song.name for song in available}
        st.selectbox("Song", list(names), format_func=names.__getitem__, key=CHOSEN)


def _choose_row(songs: list[Song]) -> None:
    rows = st.session_state[TABLE].selection.rows
    if rows and rows[0] < len(songs):
        st.session_state[CHOSEN] = songs[rows[0]].key


def _row(song: Song, job: Job[SongResult]) -> dict[str, str | float | None]:
    columns = (
        "File", "Genre", "Confidence", "Runner-up", "Reliability", "Genre changes", "Tags", "Duration", "Notes",
    )  # fmt: skip
    row: dict[str, str | float | None] = dict.fromkeys(columns)
    row["File"] = song.name
    if job.result:
        prediction = job.result.prediction
        out_of_domain = ["Out-of-domain: probably none of the genres."] if prediction.is_out_of_domain else []
        row |= {
            "Genre": prediction.genre,
            "Confidence": 100 * prediction.confidence,
            "Runner-up": prediction.runner_up,
            "Reliability": 100 * prediction.reliability.score,
            "Genre changes": "; ".join(f"{clock(change.time_s)} {change.to_genre}" for change in prediction.changes),
            "Tags": ", ".join(tag.tag for tag in prediction.tags[:3]),
            "Duration": clock(prediction.duration_s),
            "Notes": " ".join((*out_of_domain, *prediction.reliability.reasons, *prediction.warnings)),
        }
    elif job.running:
        row["Genre"] = "…"
    else:
        row["Notes"] = job.problem or PREDICTION_FAILED
    return row


def _csv_row(song: Song, job: Job[SongResult]) -> dict[str, Any]:
    """The row of a song as in the table of many songs that the command line writes."""
    if job.result:
        return {"file": song.name, **job.result.prediction.to_row()}
    return {"file": song.name} if job.running else {"file": song.name, "error": job.problem or PREDICTION_FAILED}
