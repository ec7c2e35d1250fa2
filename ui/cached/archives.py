"""Archives of songs that are unpacked in the background, a job for each dataset."""

import threading
from pathlib import Path

from genre_core.datasets.gathered import importing, incoming
from genre_core.datasets.gathered.importing import ArchiveReport
from genre_core.jobs import Job
from genre_core.progress import Progress, no_progress
from ui.cached.work import background_workers

_MOST_JOBS = 200
_lock = threading.Lock()
_archives: dict[str, tuple[str, Job[ArchiveReport]]] = {}
"""The last one of each dataset, by its name: the id of its upload, and the job."""


def begin_archive(dataset: str, upload: str, archive: Path, visitor: str) -> None:
    """Add the songs of an archive that has arrived to a dataset, unless that runs already: a browser whose connection
    broke asks again.

    Parameters
    ----------
    upload : id of the upload, which is deleted at the end.
    visitor : id of who has sent it.

    Raises
    ------
    GenreLabError : if too much work waits.
    """
    with _lock:
        known, job = _archives.get(dataset, ("", None))
        if job and job.running and known == upload:
            return
        job = background_workers().submit(
            add_archive, dataset, upload, archive, visitor, visitor=visitor, with_progress=True
        )
        _archives.pop(dataset, None)
        _archives[dataset] = upload, job
        for former in list(_archives)[:-_MOST_JOBS]:
            del _archives[former]


def archive_job(dataset: str) -> Job[ArchiveReport] | None:
    """The last archive that was added to a dataset."""
    return _archives.get(dataset, ("", None))[1]


def forget_archive(dataset: str) -> None:
    """Forget the last archive, whose report was read."""
    with _lock:
        _archives.pop(dataset, None)


def add_archive(
    dataset: str, upload: str, archive: Path, visitor: str, *, progress: Progress = no_progress
) -> ArchiveReport:
    """Add the songs of an archive to a dataset, and delete its upload; in a worker process."""
    try:
        return importing.add_archive(dataset, archive, by=visitor, progress=progress)
    finally:
        incoming.discard(upload, visitor)
