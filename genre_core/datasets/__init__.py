"""Datasets."""

from genre_core.datasets.dataset import Dataset, identity
from genre_core.datasets.folder import Progress, check_audio_folder, find_track, list_tracks, read_folder
from genre_core.datasets.loading import BUNDLED, BUNDLED_FEATURES, BUNDLED_FILES, load, read_file
from genre_core.datasets.table import read_table, write_table

__all__ = [
    "BUNDLED",
    "BUNDLED_FEATURES",
    "BUNDLED_FILES",
    "Dataset",
    "Progress",
    "check_audio_folder",
    "find_track",
    "identity",
    "list_tracks",
    "load",
    "read_file",
    "read_folder",
    "read_table",
    "write_table",
]
