"""Prediction."""

from genre_core.prediction.song import (
    HOP_S,
    LEAST_HOP_S,
    MOST_HOP_S,
    DatasetScore,
    Judged,
    SegmentVerdict,
    Tag,
    Verdict,
    as_document,
    check_hop,
    judge,
    judge_file,
    score_dataset,
)

__all__ = [
    "HOP_S",
    "LEAST_HOP_S",
    "MOST_HOP_S",
    "DatasetScore",
    "Judged",
    "SegmentVerdict",
    "Tag",
    "Verdict",
    "as_document",
    "check_hop",
    "judge",
    "judge_file",
    "score_dataset",
]
