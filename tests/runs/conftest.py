"""A run of the user's."""

import shutil
from pathlib import Path

import pytest

from genre_core import storage


@pytest.fixture
def copied(home: Path) -> Path:
    """The folder of a run of the user's, a copy of a bundled one."""
    folder = home / "runs" / "copied"
    shutil.copytree(storage.bundled_runs_dir() / "paper-track", folder)
    return folder
