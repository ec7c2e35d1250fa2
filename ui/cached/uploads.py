"""Uploaded tables."""

from genre_core import datasets
from genre_core.datasets import Dataset
from genre_core.jobs import Job
from ui.cached.work import cached_job, workers
from ui.state import visitor


@cached_job(2)
def read_table(digest: str, name: str, _content: bytes) -> Job[Dataset]:
    """The job that reads a table; `digest` is that of its content."""
    return workers().submit(datasets.read_dataset, _content, name, visitor=visitor())
