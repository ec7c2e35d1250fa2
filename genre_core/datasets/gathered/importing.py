"""A ZIP of genre folders, as a gathered dataset.

Folders may be nested at any depth, as in `Data/genres_original/blues/x.wav`; with artists they are GENRE/ARTIST/x.mp3.
Images, tables and hidden files beside the audio are ignored.
"""

from dataclasses import dataclass, field
from pathlib import Path

from genre_core.progress import Progress, no_progress


@dataclass(frozen=True)
class ArchiveReport:
    """What was read of an archive."""

    dataset: str
    """Name of the gathered dataset."""
    added: int
    """Number of songs that were added."""
    genres: tuple[str, ...]
    """Genres of the songs that were added, in alphabetical order."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Files that look like audio and were not added, each with the reason in a sentence."""
    ignored: int = 0
    """Number of other files: images, tables, hidden ones."""


def add_archive(
    name: str | None,
    path: Path,
    *,
    title: str = "",
    by: str = "",
    progress: Progress = no_progress,
) -> ArchiveReport:
    """Add the songs in a ZIP (or .tar.gz) of genre folders to a dataset; for a worker process.

    No file is in memory as a whole, and nothing is written but songs.

    Parameters
    ----------
    name : of a gathered dataset; None for a new one, which belongs to `by`.
    title : of a new dataset.
    by : id of the visitor who adds them; empty for the operator.
    progress : called with the number of files done and their total.

    Raises
    ------
    DatasetError
        If the file is no such archive, is hostile or damaged, or no song in it can be used; a new dataset is then
        deleted, and one that was there keeps what was added before.
    StorageError
        If the disk is full.
    """
    raise NotImplementedError
