"""Exploration of the features of a dataset before a model is trained.

statistics : `rank_features` by how well they separate the genres, their `correlations`, and tables of segments.
projection : `project` segments to two dimensions with PCA or t-SNE, and follow tracks through the result.
descriptions : `describe_feature` gives the name and meaning of a feature for display.
"""

from genre_core.exploration.descriptions import FeatureDescription, describe_feature
from genre_core.exploration.projection import (
    MAX_TSNE_SEGMENTS,
    MIN_SEGMENTS,
    PROJECTION_METHODS,
    Projection,
    ProjectionMethod,
    TrackPaths,
    project,
    stratified_sample,
    track_paths,
)
from genre_core.exploration.statistics import (
    correlations,
    group_similar,
    rank_features,
    rows_of,
    segment_table,
    strongest_pairs,
)

__all__ = [
    "MAX_TSNE_SEGMENTS",
    "MIN_SEGMENTS",
    "PROJECTION_METHODS",
    "FeatureDescription",
    "Projection",
    "ProjectionMethod",
    "TrackPaths",
    "correlations",
    "describe_feature",
    "group_similar",
    "project",
    "rank_features",
    "rows_of",
    "segment_table",
    "stratified_sample",
    "strongest_pairs",
    "track_paths",
]
