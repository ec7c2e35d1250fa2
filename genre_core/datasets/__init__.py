"""Data sets, and where one comes from: the bundled table, a folder of genre folders, a table."""

from genre_core import storage
from genre_core.datasets.dataset import Dataset
from genre_core.datasets.folder import Progress, check_audio_folder, find_track, read_folder
from genre_core.datasets.table import read_table, write_table
from genre_core.errors import DatasetError

__all__ = [
    "BUNDLED",
    "Dataset",
    "Progress",
    "check_audio_folder",
    "find_track",
    "load",
    "read_folder",
    "read_table",
    "write_table",
]

BUNDLED = "bundled"
"""Name of the data set that ships with the project: the features of the 100 tracks of GTZAN-mini."""

_TABLES = (".csv", ".parquet")


def load(source: str, *, jobs: int = -1, progress: Progress = lambda done, total: None) -> Dataset:
    """The data set that a user names: "bundled", a folder of genre folders, or a .csv or .parquet table.

    Raises DatasetError if there is no such thing or it can't be used.
    """
    if source == BUNDLED:
        return read_table(storage.BUNDLED / "features.parquet", BUNDLED)
    path = storage.user_path(source)
    if path.is_dir():
        return read_folder(path, jobs=jobs, progress=progress)
    if not path.exists():
        raise DatasetError(
            f"There is no {source}; give a folder of genre folders, a .csv or .parquet table, or bundled."
        )
    if path.suffix.lower() not in _TABLES:
        raise DatasetError(
            f"{path.name} is not a data set; give a folder of genre folders or a .csv or .parquet table."
        )
    return read_table(path, path.name)
