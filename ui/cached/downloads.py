"""Downloads of datasets and songs: each is one job of the whole server, which any page follows."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from genre_core.jobs import Job
from ui.cached.work import background_workers
from ui.state import visitor


def download_job(name: str) -> Job[Any] | None:
    """The job that downloads a dataset or a song, running or ended; None if it was not asked for."""
    return _jobs().get(name)


def start_download(name: str, download: Callable[..., Any]) -> None:
    """Download a dataset or a song, unless that runs already.

    Parameters
    ----------
    download : called in a worker process with a `progress`.

    Raises
    ------
    GenreLabError
        If too much work waits.
    """
    job = download_job(name)
    if job is None or not job.running:
        _jobs()[name] = background_workers().submit(download, visitor=visitor(), with_progress=True)


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, Job[Any]]:
    return {}
