"""A button that downloads what is missing: the dataset that has the audio of a track, or an example song.  In a class,
only the operator sees it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from genre_core import escaping
from genre_core.audio import librosa_songs
from genre_core.audio.librosa_songs import LibrosaSong
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
    verb = "Download" if downloads.state_of(dataset) == "absent" else "Continue the download of"
    label = f"{verb} {dataset.title} ({size_text(dataset.archive_bytes)})"
    download = _Download(
        dataset.name,
        f"Downloading and unpacking {dataset.title}",
        lambda: downloads.state_of(dataset) == "downloaded",
        partial(downloads.download_and_extract, dataset),
    )
    _offer(download, label, key)
    st.caption(escaping.markdown(f"{dataset.license} {dataset.citation}"))


def offer_song(song: LibrosaSong, key: str) -> None:
    """Offer to download an example song, or show how far that is.

    Parameters
    ----------
    key : of the widgets, different on each page.
    """
    if not visitors.current().is_operator:
        shell.show_problem(f"{song.title} was not downloaded yet; only the operator can do that.", kind="info")
        return
    title = escaping.markdown(song.title)
    download = _Download(
        f"song {song.name}",
        f"Downloading {title}",
        lambda: bool(song.license_text()),
        partial(librosa_songs.download_song, song, librosa_songs.SERVER),
    )
    _offer(download, f"Download {title}", key)
    st.caption(
        f"From [librosa's example recordings]({librosa_songs.PAGE}), with the text on its author and license, without "
        "which it is not played."
    )


def show_extractions() -> None:
    """How far the features of downloaded datasets are, which are extracted in the background."""
    for dataset in downloads.DATASETS.values():
        job = cached.download_job(dataset.name)
        if job and job.running and downloads.state_of(dataset) == "downloaded":
            st.fragment(_follow_extraction, run_every=_FOLLOW_S)(job, dataset)


def _follow_extraction(job: Job[Any], dataset: Downloadable) -> None:
    if job.running:
        st.progress(
            min(job.done / job.total, 1.0) if job.total else 0.0,
            f"Extracting features of {dataset.title}: {job.done} of {job.total} tracks",
        )


@dataclass(frozen=True)
class _Download:
    """A download that can be started, or runs."""

    name: str
    """Differs between all downloads."""
    doing: str
    """What is shown while it runs, as Markdown."""
    is_there: Callable[[], bool]
    work: Callable[..., Any]
    """Called in a worker process with a `progress`."""


def _offer(download: _Download, label: str, key: str) -> None:
    """A button that starts a download, or how far it is."""
    job = cached.download_job(download.name)
    if job and job.running:
        st.fragment(_follow, run_every=_FOLLOW_S)(job, download, key)
        return
    if job and job.failed and not job.stopped:
        shell.show_problem(job.problem or _FAILED)
    arguments = (download, _problem_key(key))
    st.button(label, icon=":material/download:", key=f"{key}_download", on_click=_start, args=arguments)
    if problem := st.session_state.get(_problem_key(key)):
        shell.show_problem(problem)


def _start(download: _Download, problem_key: str) -> None:
    st.session_state[problem_key] = None
    try:
        cached.start_download(download.name, download.work)
    except GenreLabError as error:
        st.session_state[problem_key] = str(error)


def _follow(job: Job[Any], download: _Download, key: str) -> None:
    """Show how far the download is, until what it brings is there, and the page is run again."""
    if not job.running or download.is_there():
        st.rerun()
    label = cached.waiting_text(job, download.doing)
    if job.total:
        label = f"{download.doing}: {size_text(job.done)} of {size_text(job.total)}"
    st.progress(min(job.done / job.total, 1.0) if job.total else 0.0, label)
    if st.button("Stop", icon=":material/stop:", key=f"{key}_stop", disabled=job.stopped):
        job.stop()


def _problem_key(key: str) -> str:
    return f"{key}_download_problem"
