"""Datasets that can be downloaded: where each is, how its files are verified, its license and its citation.

registry : `DATASETS`, the datasets by name, and which of them hold a track.
transfer : from an address to a file, continued after a break.
unpacking : from an archive to folders of genres, verified.
downloading : both, into `storage.downloads_dir()`, where `datasets.audio_finder` and `load_dataset` find it.
"""

from genre_core.datasets.downloads.downloading import (
    State,
    download,
    download_and_extract,
    folder_of,
    state_of,
)
from genre_core.datasets.downloads.registry import DATASETS, Downloadable, find_dataset, with_track

__all__ = [
    "DATASETS",
    "Downloadable",
    "State",
    "download",
    "download_and_extract",
    "find_dataset",
    "folder_of",
    "state_of",
    "with_track",
]
