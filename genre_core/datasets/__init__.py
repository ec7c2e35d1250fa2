"""Datasets: tracks with genres, as the features of their segments.

`load_dataset` gives a `Dataset` from the bundled data, a folder with one subfolder per genre, a feature table or a file
of pictures; `gathered.extraction.extract` gives one from songs that were gathered in the browser.  `make_split` divides
it into a training, a validation and a test set.

Public submodules:

dataset : `Dataset`, and the `fingerprint` of a set of segments.
augmented : `AugmentedCopies` of the tracks of a dataset.
loading : `load_dataset`, `read_dataset` and the bundled data.
stored : `StoredDataset`, an uploaded table that can be chosen again; `add_dataset`, `open_dataset` ...
named : what users keep under a name, stored or gathered: listed, opened, shared, renamed and deleted in one way.
gathered : `GatheredDataset`, songs that visitors gather in the browser.
extraction : the features of audio files, cached.
folder : a folder with one subfolder per genre, and the files of its tracks.
finding : `audio_finder`, which finds the file of a track wherever it is.
table, pictures : reading and writing of files.
splits : `SplitConfig`, `make_split` and `Split`.
gtzan : published facts on the tracks of GTZAN.
doctor : the data doctor, which finds what is wrong with a dataset.  Imported on its own, since it needs scikit-learn.
"""

from genre_core.datasets.augmented import WITHOUT_AUDIO, AugmentedCopies, can_be_augmented, in_order
from genre_core.datasets.dataset import Dataset, fingerprint
from genre_core.datasets.finding import audio_finder
from genre_core.datasets.folder import check_audio_folder, find_track, list_tracks, read_folder
from genre_core.datasets.loading import (
    AUGMENTED_FEATURES,
    BUNDLED,
    BUNDLED_FEATURES,
    BUNDLED_FILES,
    augmented_file,
    load_dataset,
    read_dataset,
)
from genre_core.datasets.splits import Split, SplitConfig, make_split
from genre_core.datasets.table import read_table, write_table

__all__ = [
    "AUGMENTED_FEATURES",
    "BUNDLED",
    "BUNDLED_FEATURES",
    "BUNDLED_FILES",
    "WITHOUT_AUDIO",
    "AugmentedCopies",
    "Dataset",
    "Split",
    "SplitConfig",
    "audio_finder",
    "augmented_file",
    "can_be_augmented",
    "check_audio_folder",
    "find_track",
    "fingerprint",
    "in_order",
    "list_tracks",
    "load_dataset",
    "make_split",
    "read_dataset",
    "read_folder",
    "read_table",
    "write_table",
]
