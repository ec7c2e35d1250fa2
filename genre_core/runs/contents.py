"""The files of a run beside run.json, read and checked against it: the one place where they enter.

The model's own files are read where they are run, by `genre_core.models.serving`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core.evaluation import Evaluation
from genre_core.features import FeatureSet
from genre_core.features.registry import SIGNATURE_BLOCKS
from genre_core.models.domain import TrainingDomain
from genre_core.models.history import Epoch, read_history
from genre_core.models.scaling import Scaling
from genre_core.reading import reporting_damage
from genre_core.reading.array_files import check_array, read_array
from genre_core.runs.formats import DOMAIN_FILE, SCALING_FILE, SIGNATURES_FILE
from genre_core.runs.info import RunInfo
from genre_core.runs.predictions import PREDICTIONS_FILE, read_predictions


@dataclass(frozen=True, eq=False)
class RunContents:
    """What the files of a run hold; shared by all who open it, so never changed."""

    scaling: Scaling
    history: list[Epoch]
    """Empty for models without epochs."""
    evaluation: Evaluation
    """The predictions for the test set."""
    training_signatures: np.ndarray
    """Signatures of the training segments (`FeatureSet.signature`), shape (segments, signature)."""
    domain: TrainingDomain | None
    """The domain of the training set; None if that was too small, or an earlier version trained the run."""


def read_contents(folder: Path, info: RunInfo, features: FeatureSet) -> RunContents:
    """Read the files of a run.

    Raises
    ------
    DamagedFileError
        If a file is missing or damaged, or does not belong to these facts.
    """
    domain = folder / DOMAIN_FILE
    return RunContents(
        scaling=Scaling.load(folder / SCALING_FILE, features.shape),
        history=read_history(folder),
        evaluation=_evaluation(folder, info),
        training_signatures=_signatures(folder / SIGNATURES_FILE, features),
        domain=TrainingDomain.load(domain, features.shape) if domain.is_file() else None,
    )


def _evaluation(folder: Path, info: RunInfo) -> Evaluation:
    evaluation = read_predictions(folder, info.genres, [fold.segments for fold in info.folds])
    with reporting_damage(folder / PREDICTIONS_FILE):
        if len(evaluation.labels) != info.counts.test_segments:
            raise ValueError(f"it has {len(evaluation.labels)} segments, not {info.counts.test_segments}")
    return evaluation


def _signatures(path: Path, features: FeatureSet) -> np.ndarray:
    array = read_array(path)
    with reporting_damage(path):
        if features.is_picture:
            return check_array("the array", array, (None, SIGNATURE_BLOCKS**2 * features.shape[2]), kinds="u")
        return check_array("the array", array, (None, *features.shape))
