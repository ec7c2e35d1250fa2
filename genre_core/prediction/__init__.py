"""Predictions of songs.

`predict` returns the SongPrediction of a file or a clip.  Modules:

- song: predict a file or a clip with a run;
- result: SongPrediction and its parts, as JSON and as a table;
- changes, reliability, reference: genre changes, reliability, similar tracks;
- domain, sections: whether a song, or a section of it, is of none of the run's genres;
- explanation: occlusion and feature contribution;
- dataset: evaluate a run on a dataset that it was not trained on;
- batch: predict all songs of a folder into a table.
"""

from genre_core.prediction.changes import GenreChange
from genre_core.prediction.dataset import DatasetEvaluation, evaluate_dataset
from genre_core.prediction.reference import SimilarTrack
from genre_core.prediction.reliability import Reliability
from genre_core.prediction.result import SegmentPrediction, SongPrediction, Tag
from genre_core.prediction.song import (
    HOP_S,
    LEAST_HOP_S,
    MOST_HOP_S,
    PredictedSong,
    check_hop,
    predict,
    predict_file,
    predict_song,
)

__all__ = [
    "HOP_S",
    "LEAST_HOP_S",
    "MOST_HOP_S",
    "DatasetEvaluation",
    "GenreChange",
    "PredictedSong",
    "Reliability",
    "SegmentPrediction",
    "SimilarTrack",
    "SongPrediction",
    "Tag",
    "check_hop",
    "evaluate_dataset",
    "predict",
    "predict_file",
    "predict_song",
]
