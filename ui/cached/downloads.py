"""Downloads of datasets: each is one job of the whole server, which any page follows."""

from pathlib import Path

import streamlit as st

from genre_core.datasets import downloads
from genre_core.datasets.downloads import Downloadable
from genre_core.jobs import Job
from ui.cached.work import background_workers
from ui.state import visitor


def download_job(dataset: Downloadable) -> Job[Path] | None:
    """The job that downloads a dataset, running or ended; None if it was not asked for."""
    return _jobs().get(dataset.name)


def start_download(dataset: Downloadable) -> None:
    """Download a dataset, unless that runs already.  Raises GenreLabError if too much work waits."""
    job = download_job(dataset)
    if job is None or not job.running:
        _jobs()[dataset.name] = background_workers().submit(
            downloads.download, dataset, visitor=visitor(), with_progress=True
        )


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, Job[Path]]:
    return {}
