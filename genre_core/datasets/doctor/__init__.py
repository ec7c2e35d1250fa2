"""The data doctor: finds what is wrong with a dataset before a model is trained on it.

It looks for faults that make scores misleading (duplicates on both sides of a split, genres by a single artist,
recordings that give the genre away by their bandwidth) and for data from which nothing can be learned (silence,
clipping, outliers), and names the tracks.

`examine` checks the feature table and, with a folder of audio files, the recordings; `Diagnosis.unchecked` lists the
checks that could not be made.  `exclude_tracks` removes tracks from a dataset.

Conventions: a track is named GENRE/NAME; full scale is 1; frequencies are in Hz; shares are between 0 and 1.  Each
threshold is a constant of its module, with what it was measured on.
"""

from genre_core.datasets.doctor.examination import examine
from genre_core.datasets.doctor.exclusion import exclude_tracks
from genre_core.datasets.doctor.findings import FINDING_KINDS, Detail, Diagnosis, Finding, FindingKind, Severity

__all__ = [
    "FINDING_KINDS",
    "Detail",
    "Diagnosis",
    "Finding",
    "FindingKind",
    "Severity",
    "examine",
    "exclude_tracks",
]
