"""Prediction."""

from genre_core.prediction.song import (
    HOP_S,
    LEAST_HOP_S,
    MOST_HOP_S,
    DatasetEvaluation,
    PredictedSong,
    SegmentPrediction,
    SongPrediction,
    Tag,
    as_document,
    check_hop,
    evaluate_dataset,
    predict_file,
    predict_song,
)

__all__ = [
    "HOP_S",
    "LEAST_HOP_S",
    "MOST_HOP_S",
    "DatasetEvaluation",
    "PredictedSong",
    "SegmentPrediction",
    "SongPrediction",
    "Tag",
    "as_document",
    "check_hop",
    "evaluate_dataset",
    "predict_file",
    "predict_song",
]
