"""Splits: how the segments of a dataset are divided into a training, a validation and a test set.

random : by segment, as in the paper.  Segments of one track can be in both the training and the test set (data
    leakage), so the score also rewards a model that recognizes recordings.
track : by track.  All segments of a track are in the same set.
artist : by artist.  No artist in the test set is in the training set.  Tracks with an unknown artist are excluded.
fault-filtered : the published lists of GTZAN by Kereliuk, Sturm and Larsen (`datasets.gtzan`), 443 tracks for training,
    197 for validation and 290 for testing, without an artist in two sets.  The final model is trained on 443 + 197.
column : the predefined split in the dataset's own column `split`: train, valid (optional) and test.  A dataset without
    a test set is scored on its validation set (`predefined_split`).

random, track and artist splits are stratified: the same share of every genre is in the test set, at least one unit and
never all of them; or, in cross-validation, every segment is tested in one of the folds.  A genre with a single artist
can't be tested by artist: it stays in the training set, so that it can still be predicted, and is reported.
track and artist splits exclude known exact copies of other tracks.

`make_split(dataset, SplitConfig(...))` gives a `Split`, whose `folds` hold row numbers of the dataset.
"""

from genre_core.datasets.splits.config import SEEDED_KINDS, SPLIT_DESCRIPTIONS, SPLIT_KINDS, SplitConfig, SplitKind
from genre_core.datasets.splits.make import make_split, predefined_split
from genre_core.datasets.splits.split import Fold, Split, split_notes

__all__ = [
    "SEEDED_KINDS",
    "SPLIT_DESCRIPTIONS",
    "SPLIT_KINDS",
    "Fold",
    "Split",
    "SplitConfig",
    "SplitKind",
    "make_split",
    "predefined_split",
    "split_notes",
]
