"""A gathered dataset as a ZIP of genre folders, GENRE/ARTIST/NAME, with its table `songs.csv`."""

from pathlib import Path

from genre_core.progress import Progress, no_progress


def write_archive(name: str, path: Path, *, progress: Progress = no_progress) -> None:
    """Write all songs of a dataset to a ZIP file; `importing.add_archive` makes the same dataset of it.

    The table `songs.csv` has the columns genre, artist, file, duration_s and digest.

    Parameters
    ----------
    progress : called with the number of songs done and their total.

    Raises
    ------
    DatasetError
        If it has no songs.
    StorageError
        If the disk is full.
    """
    raise NotImplementedError
