"""A run as one file to take home, with its report: see `genre_core.runs.exchange`."""

from pathlib import Path

from genre_core import storage
from genre_core.report.html import html_report
from genre_core.runs import Run, load_run
from genre_core.runs.exchange import export_run


def write_archive(run: Run, out: Path) -> None:
    """Write a run as a ZIP archive; an existing file is replaced.

    Raises
    ------
    StorageError
        If the file can't be written.
    """
    storage.check_writable(out, may_exist=True)
    export_run(run, out, report=html_report(run))


def run_archive(name: str) -> bytes:
    """The archive of the run with this name.

    Raises
    ------
    RunError
        If there is no such run, or it is damaged.
    """
    with storage.scratch_folder() as folder:
        write_archive(load_run(name), folder / "run.zip")
        return (folder / "run.zip").read_bytes()
