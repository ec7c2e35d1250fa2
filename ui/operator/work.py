"""Work in progress, with a button that stops it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import streamlit as st

from genre_core.training import TrainingJob
from ui import cached, shell, visitors

_POLL_S = 2.0
_JOBS = {
    "warm_up": "Preparation of the server",
    "warm_up_stems": "Preparation of the server",
    "predict_content": "Prediction of a song",
    "predict_stems": "Prediction of stems",
    "separate": "Separation of stems",
    "read_folder": "Extraction of features",
    "add_dataset": "Reading of a table",
    "open_dataset": "Reading of a table",
    "prepare_quiz": "Clips of a quiz",
    "add_archive": "ZIP file of songs",
    "check": "Check of songs",
    "extract": "Extraction of features",
    "write_archive": "ZIP file of a dataset",
    "project": "Projection",
    "download_and_extract": "Download of a dataset",
    "download_song": "Download of a song",
    "submit_run": "Submission to a challenge",
    "reveal": "Reveal of a challenge",
    "import_run": "Import of a run",
    "run_archive": "Export of a run",
    "pack_class": "ZIP file of the class",
}
"""Names of the jobs that take seconds or longer."""


@dataclass(frozen=True)
class _Work:
    """Something in progress."""

    key: str
    name: str
    visitor: str
    state: str
    stop: Callable[[], None]


@st.fragment(run_every=_POLL_S)
def show() -> None:
    """Show what is in progress, refreshed every few seconds."""
    with shell.messages():
        st.subheader("Work in progress")
        found = list(_work())
        if not found:
            st.caption("Nothing is in progress.")
        for work in found:
            text, button = st.columns([5, 1], vertical_alignment="center")
            text.markdown(f"**{work.name}** · {work.visitor} · {work.state}")
            button.button("Stop", key=f"operator_stop_{work.key}", on_click=work.stop, width="stretch")


def _work() -> Iterator[_Work]:
    names = visitors.names()
    for job in cached.trainer().jobs:
        if not job.is_trial:
            name = f"Training: {job.config.short_title}"
            yield _Work(f"training_{id(job)}", name, names.get(job.owner, "Visitor"), _training(job), job.stop)
    for sweep in cached.sweeps():
        if sweep.running:
            done = f"{len(sweep.trials)} of {len(sweep.configs)} trials"
            yield _Work(f"sweep_{sweep.name}", "Sweep", names.get(sweep.owner, "Visitor"), done, sweep.stop)
    for one in (*cached.workers().jobs, *cached.background_workers().jobs):
        waits = "waiting" if one.place else "running"
        visitor = visitors.name_of_work(one.visitor)
        yield _Work(f"job_{id(one)}", _JOBS.get(one.name, "Other work"), visitor, waits, one.stop)


def _training(job: TrainingJob) -> str:
    return f"{100 * job.progress:.0f} %" if job.state == "training" else job.state
