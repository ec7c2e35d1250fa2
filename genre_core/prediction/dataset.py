"""Evaluation of a run on a dataset, without the segments that the run was trained on."""

from dataclasses import dataclass

import numpy as np

from genre_core.datasets import Dataset
from genre_core.evaluation import Evaluation
from genre_core.prediction import reference
from genre_core.runs import Run


@dataclass(frozen=True, eq=False)
class DatasetEvaluation:
    """Predictions of a run for a dataset, without the segments that it was trained on."""

    evaluation: Evaluation | None
    """Of the segments unseen in training; None if there are none."""
    seen_segments: int
    """Segments that the run was trained on."""
    seen_tracks: int
    """Tracks with at least one such segment."""
    shared_tracks: int
    """Tracks with both kinds of segments: they raise the scores by data leakage."""


def evaluate_dataset(dataset: Dataset, run: Run) -> DatasetEvaluation:
    """Evaluate a run on the segments of a dataset that it was not trained on.

    Segments are recognized by their features, whatever their files are called. Tracks that the default run was trained
    on by their pictures alone are recognized by their names.

    Raises RunError if the run needs other features or does not know a genre of the dataset.
    """
    run.check_dataset(dataset)
    seen = run.seen(dataset.values)
    if run.feature_set.trained_on_genres:  # trained on pictures too, which the features of the audio do not match
        seen |= np.isin(dataset.track, reference.bundled().all_tracks)
    new = ~seen
    evaluation = None
    if new.any():
        evaluation = Evaluation(
            genres=run.info.genres,
            labels=np.searchsorted(np.array(run.info.genres), dataset.genre[new]),
            track=dataset.track[new],
            start_s=dataset.start_s[new],
            probabilities=run.probabilities(dataset.values[new]),
        )
    seen_tracks, new_tracks = (set(dataset.track[rows].tolist()) for rows in (seen, new))
    return DatasetEvaluation(evaluation, int(seen.sum()), len(seen_tracks), len(seen_tracks & new_tracks))
