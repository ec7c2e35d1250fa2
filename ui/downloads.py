"""A button that downloads what is missing: the dataset that has the audio of a track, or an example song.  In a class,
only the operator sees it."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from genre_core import escaping
from genre_core.audio import librosa_songs
from genre_core.audio.librosa_songs import LibrosaSong
from genre_core.datasets import downloads
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
    _offer(key, f"Downloading and unpacking {dataset.title}", label, dataset.name, downloads.download, dataset)
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
    title, name = escaping.markdown(song.title), f"song {song.name}"
    _offer(key, f"Downloading {title}", f"Download {title}", name, librosa_songs.download, song, librosa_songs.SERVER)
    st.caption(
        f"From [librosa's example recordings]({librosa_songs.PAGE}), with the text on its author and license, without "
        "which it is not played."
    )


def _offer(key: str, doing: str, label: str, name: str, download: Callable[..., Any], *arguments: Any) -> None:
    """A button that starts a download, or how far it is."""
    job = cached.download_job(name)
    if job and job.running:
        st.fragment(_follow, run_every=_FOLLOW_S)(job, doing, key)
        return
    if job and job.failed and not job.stopped:
        shell.show_problem(job.problem or _FAILED)
    st.button(
        label,
        icon=":material/download:",
        key=f"{key}_download",
        on_click=_start,
        args=(_problem_key(key), name, download, *arguments),
    )
    if problem := st.session_state.get(_problem_key(key)):
        shell.show_problem(problem)


def _start(problem_key: str, name: str, download: Callable[..., Any], *arguments: Any) -> None:
    st.session_state[problem_key] = None
    try:
        cached.start_download(name, download, *arguments)
    except GenreLabError as error:
        st.session_state[problem_key] = str(error)


def _follow(job: Job[Any], doing: str, key: str) -> None:
    """Show how far the download is, until it ends: then what it brings is there, and the page is run again."""
    if not job.running:
        st.rerun()
    label = cached.waiting_text(job, doing)
    if job.total:
        label = f"{doing}: {size_text(job.done)} of {size_text(job.total)}"
    st.progress(min(job.done / job.total, 1.0) if job.total else 0.0, label)
    if st.button("Stop", icon=":material/stop:", key=f"{key}_stop", disabled=job.stopped):
        job.stop()


def _problem_key(key: str) -> str:
    return f"{key}_download_problem"
