"""Where the audio of a track is missing: a button that downloads its dataset.  In a class, only the operator
sees it."""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from genre_core import escaping
from genre_core.datasets import downloads
from genre_core.datasets.downloads import Downloadable
from genre_core.errors import GenreLabError
from genre_core.jobs import Job
from genre_core.wording import size_text
from ui import cached, shell, visitors
from ui.text import SEE_LOG

_FOLLOW_S = 0.5
_FAILED = f"The download failed; {SEE_LOG}. Try again."


def offer(tracks: Iterable[str], key: str) -> None:
    """Offer to download the smallest dataset that holds one of these tracks, or show how far that is.

    Parameters
    ----------
    tracks : GENRE/NAME of tracks whose audio was not found.
    key : of the widgets, different on each page.
    """
    if not visitors.current().is_operator:
        return
    held = {dataset.name: dataset for track in tracks for dataset in downloads.with_track(track)}
    dataset = next((held[name] for name in downloads.DATASETS if name in held), None)
    if dataset is None or downloads.state_of(dataset) == "downloaded":
        return
    job = cached.download_job(dataset)
    if job and job.running:
        st.fragment(_follow, run_every=_FOLLOW_S)(job, dataset, key)
    else:
        if job and job.failed and not job.stopped:
            shell.show_problem(job.problem or _FAILED)
        verb = "Download" if downloads.state_of(dataset) == "absent" else "Continue the download of"
        st.button(
            f"{verb} {dataset.title} ({size_text(dataset.archive_bytes)})",
            icon=":material/download:",
            key=f"{key}_download",
            on_click=_start,
            args=(dataset, _problem_key(key)),
        )
        if problem := st.session_state.get(_problem_key(key)):
            shell.show_problem(problem)
    st.caption(escaping.markdown(f"{dataset.license} {dataset.citation}"))


def _start(dataset: Downloadable, problem_key: str) -> None:
    st.session_state[problem_key] = None
    try:
        cached.start_download(dataset)
    except GenreLabError as error:
        st.session_state[problem_key] = str(error)


def _follow(job: Job[Path], dataset: Downloadable, key: str) -> None:
    """Show how far the download is, until it ends: then its audio is there, and the page is run again."""
    if not job.running:
        st.rerun()
    label = cached.waiting_text(job, f"Downloading {dataset.title}")
    if job.total:
        label = f"Downloading and unpacking {dataset.title}: {size_text(job.done)} of {size_text(job.total)}"
    st.progress(min(job.done / job.total, 1.0) if job.total else 0.0, label)
    if st.button("Stop", icon=":material/stop:", key=f"{key}_stop", disabled=job.stopped):
        job.stop()


def _problem_key(key: str) -> str:
    return f"{key}_download_problem"
