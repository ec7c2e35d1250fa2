"""Runs."""

from genre_core.runs.run import (
    DEFAULT,
    FORMAT,
    LONGEST_TEXT,
    PAPER,
    Run,
    RunInfo,
    SplitCounts,
    delete_run,
    describe_run,
    files_of,
    folder_of,
    list_runs,
    load_run,
    new_name,
    save_run,
)

__all__ = [
    "DEFAULT",
    "FORMAT",
    "LONGEST_TEXT",
    "PAPER",
    "Run",
    "RunInfo",
    "SplitCounts",
    "delete_run",
    "describe_run",
    "files_of",
    "folder_of",
    "list_runs",
    "load_run",
    "new_name",
    "save_run",
]
