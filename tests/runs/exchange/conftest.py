"""Archives of bundled runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genre_core.runs import load_run
from genre_core.runs.exchange import export_run


@pytest.fixture(scope="session")
def archive_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Exports a run by its name, once."""
    folder = tmp_path_factory.mktemp("archives")

    def archive(name: str) -> Path:
        path = folder / f"{name}.zip"
        if not path.exists():
            export_run(load_run(name), path, report="<p>report</p>")
        return path

    return archive


@pytest.fixture
def network(archive_of: Callable[[str], Path]) -> Path:
    """The archive of a run with a network of numbers."""
    return archive_of("paper-track")
