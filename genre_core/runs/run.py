"""A run: its facts, its model and its predictions."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy

from genre_core.datasets import Dataset
from genre_core.errors import RunError
from genre_core.evaluation import Evaluation
from genre_core.features import FeatureSet, feature_set
from genre_core.models import serving
from genre_core.models.calibration import calibrate_mean
from genre_core.models.domain import TrainingDomain
from genre_core.models.history import Epoch
from genre_core.models.scaling import Scaling
from genre_core.runs.contents import RunContents
from genre_core.runs.info import RunInfo

_SAME_SEGMENT = 0.05
"""Largest difference in any scaled column between two computations of the same segment. The HPSS columns differ by up
to 0.025 between our recipe and the Kaggle tables; different segments never agree to 0.05 in all 58 columns."""
_SAME_PICTURE = 6.0
"""Largest difference, in steps of uint8, between the 64 blocks of two renderings of the same picture."""
_BATCH_SEGMENTS = 2000
"""Segments scaled at a time: unscaled pictures (uint8) take an eighth of the memory of scaled ones."""


@dataclass(frozen=True, eq=False)
class Run:
    """A trained run, as opened by `load_run`, which has verified its files."""

    folder: Path
    info: RunInfo
    contents: RunContents

    @property
    def scaling(self) -> Scaling:
        return self.contents.scaling

    @property
    def feature_set(self) -> FeatureSet:
        return feature_set(self.info.features)

    @property
    def model_file(self) -> Path:
        """The file of the model."""
        return self.folder / (serving.NETWORK_FILE if self.info.config.is_network else serving.ESTIMATOR_FILE)

    def probabilities(self, values: np.ndarray) -> np.ndarray:
        """Predict genre probabilities.

        Parameters
        ----------
        values : unscaled features, shape (n, *shape), n at least 1.

        Returns
        -------
        Probabilities, shape (n, genres).

        Raises
        ------
        RunError
            If the model can't be read.
        """
        batches = np.array_split(values, max(len(values) // _BATCH_SEGMENTS, 1))
        n_genres = len(self.info.genres)
        predicted = [serving.probabilities(self.model_file, self.scaling.apply(batch), n_genres) for batch in batches]
        return np.concatenate(predicted)

    @property
    def training_signatures(self) -> np.ndarray:
        """Signatures of the training segments (`FeatureSet.signature`), shape (segments, signature)."""
        return self.contents.training_signatures

    @property
    def domain(self) -> TrainingDomain | None:
        """The domain of the training set; None if that was too small, or an earlier version trained the run."""
        return self.contents.domain

    def calibrated(self, mean_probabilities: np.ndarray, n_effective: float) -> np.ndarray:
        """Calibrate the mean probabilities of a song's segments against the run's track accuracy.

        See `models.calibration.calibrate_mean`.

        Parameters
        ----------
        mean_probabilities : shape (genres,).
        n_effective : number of segments that do not overlap, at least 1.
        """
        return calibrate_mean(mean_probabilities, n_effective, *self.track_calibration)

    @cached_property
    def track_calibration(self) -> tuple[float, float]:
        """The inverse temperature that calibrates test tracks, and their mean number of segments."""
        evaluation = self.evaluation()
        inverse_temperature = evaluation.track_inverse_temperature
        # With data leakage the test set can't justify more confidence.
        leaky = bool(self.info.counts.shared_tracks)
        segments_per_track = len(evaluation.labels) / len(evaluation.tracks)
        return min(inverse_temperature, 1.0) if leaky else inverse_temperature, segments_per_track

    def history(self) -> list[Epoch]:
        """Metrics of each training epoch; empty for models without epochs."""
        return self.contents.history

    def evaluation(self) -> Evaluation:
        """The predictions for the test set."""
        return self.contents.evaluation

    def seen(self, values: np.ndarray) -> np.ndarray:
        """Find segments that the run was trained on, by their content.

        Parameters
        ----------
        values : unscaled features, shape (n, *shape).

        Returns
        -------
        shape (n,), bool: whether a training segment has the same features, up to the differences between versions of
        the recipe.
        """
        return same_segments(self.feature_set, self.training_signatures, values)

    def check_dataset(self, dataset: Dataset) -> None:
        """Check that the run can predict a dataset.

        Raises
        ------
        RunError
            If the feature set or the segment length differs, or the dataset has genres unseen in training.
        """
        if dataset.features != self.info.features:
            raise RunError(
                f"The run {self.info.name} needs the feature set {self.info.features!r}, but {dataset.name} has "
                f"{dataset.features!r}; choose another run."
            )
        if not 0.9 < dataset.segment_samples / self.info.segment_samples < 1.1:
            mine, theirs = (n / self.feature_set.rate for n in (self.info.segment_samples, dataset.segment_samples))
            raise RunError(
                f"The run {self.info.name} needs segments of {mine:.0f} s, but those of {dataset.name} are "
                f"{theirs:.0f} s long; choose another run."
            )
        unseen = sorted(set(dataset.genres) - set(self.info.genres))
        if unseen:
            raise RunError(
                f"{dataset.name} has genres that the run {self.info.name} was not trained on: {', '.join(unseen)}; "
                "choose another run."
            )


def same_segments(features: FeatureSet, trained: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Find segments that are in a training set, by their content: see `Run.seen`.

    Parameters
    ----------
    trained : signatures of the training segments (`FeatureSet.signature`), shape (segments, signature).
    values : unscaled features, shape (n, *shape).

    Returns
    -------
    shape (n,), bool.
    """
    queried, tolerance = features.signature(values), _SAME_PICTURE
    if not features.is_picture:
        scaling = Scaling.fit(trained.astype(np.float64))
        trained, queried, tolerance = scaling.apply(trained), scaling.apply(values), _SAME_SEGMENT
    distance, _ = scipy.spatial.cKDTree(trained).query(queried, p=np.inf, distance_upper_bound=tolerance)
    return np.isfinite(distance)
