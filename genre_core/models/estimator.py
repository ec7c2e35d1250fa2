"""The models of scikit-learn: how each is made of its settings, fitted, and saved without pickle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED

import numpy as np
import skops.io
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import QuantileTransformer
from sklearn.svm import SVC

from genre_core.errors import TrainingError
from genre_core.models.calibration import sharpness
from genre_core.models.config import ForestConfig, KnnConfig, LdaConfig, LogisticConfig, ModelConfig, SvmConfig
from genre_core.models.history import Epoch
from genre_core.models.serving import ESTIMATOR_FILE, estimator_probabilities, two_sided
from genre_core.models.training_data import Trained, TrainingData

_FOLDS = 5
_MOST_EXAMPLES = 640  # that a kernel is spanned by
_MOST_POINTS = 1000  # of the curve of ranks


def build(config: ModelConfig, segments: int, inputs: int) -> Pipeline:
    """The unfitted estimator for so many segments, which takes scaled features of shape (n, inputs)."""
    steps: list[tuple[str, Any]] = []
    if getattr(config, "transform", "standard") == "ranks":
        # As few as any fold of the training part has segments, so that all folds get the same curve.
        points = max(min(segments // 2, _MOST_POINTS), 2)
        steps.append(("transform", QuantileTransformer(n_quantiles=points, output_distribution="normal")))
    return Pipeline([*steps, ("classify", _classifier(config, segments, inputs))])


def _classifier(config: ModelConfig, segments: int, inputs: int) -> Any:
    if isinstance(config, SvmConfig):
        return SVC(C=config.c, kernel=config.kernel, gamma=config.gamma / inputs)
    if isinstance(config, KnnConfig):
        return KNeighborsClassifier(
            min(config.neighbors, segments), weights=config.weights, metric=config.metric, algorithm="brute"
        )
    if isinstance(config, ForestConfig):
        return RandomForestClassifier(
            config.trees, max_features=config.share, min_samples_leaf=config.leaf, random_state=config.seed
        )
    if isinstance(config, LdaConfig):
        return _discriminant(config, segments, inputs)
    assert isinstance(config, LogisticConfig)
    return LogisticRegression(C=config.c, max_iter=5000)


def _discriminant(config: LdaConfig, segments: int, inputs: int) -> Any:
    """Linear discriminants, of the features or of their likeness to examples (Nystroem; Mika et al. 1999)."""

    def analysis(shrinkage: float | str) -> LinearDiscriminantAnalysis:
        return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)

    def of_kernel(gamma: float, shrinkage: float) -> list[tuple[str, Any]]:
        examples = min(segments, _MOST_EXAMPLES)
        kernel = Nystroem(gamma=gamma / inputs, n_components=examples, random_state=config.seed)
        return [("kernel", kernel), ("discriminant", analysis(shrinkage))]

    if config.kernel == "linear":
        return analysis(config.shrinkage)
    curved = Pipeline(of_kernel(config.gamma, config.shrinkage))
    if config.kernel == "rbf":
        return curved
    # Without correlations distances are larger, and the borders may curve more.
    white = Pipeline([("whiten", PCA(whiten=True)), *of_kernel(4 * config.gamma, min(1.5 * config.shrinkage, 1.0))])
    return VotingClassifier([("rbf", curved), ("white", white), ("linear", analysis("auto"))], voting="soft")


def fit(
    config: ModelConfig,
    parts: TrainingData,
    *,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> "TrainedEstimator":
    """Fit an estimator to the training part.

    There are no epochs to tell of and nothing to stop: who wants it ended ends the process.

    Raises TrainingError if there are too few segments to fit it.
    """
    inputs = parts.x_train.shape[1]
    x = parts.scaled(parts.x_train)
    estimator = build(config, len(x), inputs)
    sharp = 1.0
    try:
        if isinstance(config, SvmConfig):
            sharp = _sharpness(estimator, x, parts)
        estimator.fit(x, parts.y_train)
    except ValueError as error:
        raise TrainingError(f"The model {config.model} could not be fitted: {error}.") from error
    return TrainedEstimator(estimator, sharp, parts.genres)


def _sharpness(estimator: Pipeline, x: np.ndarray, parts: TrainingData) -> float:
    """The factor of an SVM's decision values that makes their softmax fit the genres best (temperature scaling, Guo et
    al. 2017), found on folds of the training part that keep tracks together."""
    groups_a_genre = min(len(set(parts.group[parts.y_train == genre])) for genre in set(parts.y_train.tolist()))
    folds = min(_FOLDS, groups_a_genre)
    if folds < 2:
        return 1.0
    values = cross_val_predict(
        estimator, x, parts.y_train, groups=parts.group, cv=StratifiedGroupKFold(folds), method="decision_function"
    )
    values = two_sided(values.reshape(len(x), -1))
    # A genre may be missing from what was learned; classes are in ascending order.
    true = np.searchsorted(np.unique(parts.y_train), parts.y_train)
    return sharpness(values, true)


class TrainedEstimator(Trained):
    """An estimator that was fitted."""

    def __init__(self, estimator: Pipeline, sharpness: float, genres: int) -> None:
        self.estimator, self.sharpness, self.genres = estimator, sharpness, genres
        self.history: list[Epoch] = []
        self.parameters = _size(estimator[-1])

    def save(self, folder: Path) -> None:
        """Write model.skops."""
        skops.io.dump(
            {"estimator": self.estimator, "sharpness": self.sharpness},
            folder / ESTIMATOR_FILE,
            compression=ZIP_DEFLATED,
        )

    def probabilities(self, scaled: np.ndarray) -> np.ndarray:
        return estimator_probabilities(self.estimator, self.sharpness, scaled, self.genres)


def _size(classifier: Any) -> int:
    """How many numbers a classifier has learned, or keeps."""
    if isinstance(classifier, SVC):
        return classifier.support_vectors_.size + classifier.dual_coef_.size + classifier.intercept_.size
    if isinstance(classifier, KNeighborsClassifier):
        return int(np.size(classifier._fit_X))
    if isinstance(classifier, RandomForestClassifier):
        return sum(tree.tree_.node_count for tree in classifier.estimators_)
    if isinstance(classifier, VotingClassifier):
        return sum(_size(member) for member in classifier.estimators_)
    if isinstance(classifier, Pipeline):
        return sum(_size(step) for step in classifier.named_steps.values())
    if isinstance(classifier, Nystroem):
        return classifier.components_.size + classifier.normalization_.size
    if isinstance(classifier, PCA):
        return classifier.components_.size + classifier.mean_.size
    return classifier.coef_.size + classifier.intercept_.size
