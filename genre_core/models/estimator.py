"""The models of scikit-learn: building, fitting, and saving without pickle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED

import numpy as np
import skops.io
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import QuantileTransformer
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from genre_core.errors import TrainingError
from genre_core.models.base import ModelConfig
from genre_core.models.calibration import fit_inverse_temperature
from genre_core.models.estimator_config import (
    BoostingConfig,
    ForestConfig,
    KnnConfig,
    LdaConfig,
    LogisticConfig,
    NaiveBayesConfig,
    SvmConfig,
    TreeConfig,
)
from genre_core.models.history import Epoch
from genre_core.models.linear import LEAST_CLASSES, LinearModel
from genre_core.models.serving import (
    ESTIMATOR_FILE,
    INVERSE_TEMPERATURE,
    decisions_per_class,
    estimator_probabilities,
)
from genre_core.models.training_data import TrainedModel, TrainingData

_FOLDS = 5
_MAX_KERNEL_SAMPLES = 640  # rank of the Nystroem approximation
_MAX_QUANTILES = 1000


def build(config: ModelConfig, n_segments: int, n_features: int) -> Pipeline:
    """Build the estimator, to be fitted to `n_segments` rows of `n_features` scaled features."""
    steps: list[tuple[str, Any]] = []
    if getattr(config, "scaling", "standard") == "ranks":
        # Fewer quantiles than a fold of the training set has segments, so that all folds use the same number.
        n_quantiles = max(min(n_segments // 2, _MAX_QUANTILES), 2)
        transformer = QuantileTransformer(n_quantiles=n_quantiles, output_distribution="normal")
        steps.append(("transform", transformer))
    return Pipeline([*steps, ("classify", _classifier(config, n_segments, n_features))])


def _classifier(config: ModelConfig, n_segments: int, n_features: int) -> Any:
    if isinstance(config, SvmConfig):
        return SVC(C=config.c, kernel=config.kernel, gamma=config.gamma / n_features)
    if isinstance(config, KnnConfig):
        return KNeighborsClassifier(
            min(config.neighbors, n_segments), weights=config.weights, metric=config.metric, algorithm="brute"
        )
    if isinstance(config, ForestConfig):
        return RandomForestClassifier(
            config.trees,
            max_features=config.max_features,
            min_samples_leaf=config.min_samples_leaf,
            random_state=config.seed,
        )
    if isinstance(config, BoostingConfig):
        return HistGradientBoostingClassifier(
            max_iter=config.iterations,
            learning_rate=config.learning_rate,
            max_leaf_nodes=config.leaves,
            min_samples_leaf=config.min_samples_leaf,
            l2_regularization=config.l2,
            early_stopping=False,  # scikit-learn would stop by segments of tracks that it trains on
            random_state=config.seed,
        )
    if isinstance(config, TreeConfig):
        return DecisionTreeClassifier(
            max_depth=config.max_depth, min_samples_leaf=config.min_samples_leaf, random_state=config.seed
        )
    if isinstance(config, NaiveBayesConfig):
        return GaussianNB(var_smoothing=config.smoothing)
    if isinstance(config, LdaConfig):
        return _discriminant_analysis(config, n_segments, n_features)
    assert isinstance(config, LogisticConfig)
    return LogisticRegression(C=config.c, max_iter=5000)


def _discriminant_analysis(config: LdaConfig, n_segments: int, n_features: int) -> Any:
    """Linear discriminant analysis, of the features or of a kernel approximation (Nystroem; Mika et al. 1999)."""

    def linear(shrinkage: float | str) -> LinearDiscriminantAnalysis:
        return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)

    def with_kernel(gamma: float, shrinkage: float) -> list[tuple[str, Any]]:
        n_components = min(n_segments, _MAX_KERNEL_SAMPLES)
        kernel = Nystroem(gamma=gamma / n_features, n_components=n_components, random_state=config.seed)
        return [("kernel", kernel), ("discriminant", linear(shrinkage))]

    if config.kernel == "linear":
        return linear(config.shrinkage)
    rbf = Pipeline(with_kernel(config.gamma, config.shrinkage))
    if config.kernel == "rbf":
        return rbf
    # Distances between whitened features are larger, so gamma is too.
    whitened = Pipeline(
        [("whiten", PCA(whiten=True)), *with_kernel(4 * config.gamma, min(1.5 * config.shrinkage, 1.0))]
    )
    return VotingClassifier([("rbf", rbf), ("white", whitened), ("linear", linear("auto"))], voting="soft")


def fit(
    config: ModelConfig,
    data: TrainingData,
    *,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> "TrainedEstimator":
    """Fit an estimator to a training set.

    It has no epochs, so `on_epoch` and `should_stop` are never called; to stop it, end its process.

    Raises
    ------
    TrainingError : if the training set is too small for the model.
    """
    x = data.scaled(data.x_train)
    estimator = build(config, *x.shape)
    inverse_temperature = 1.0
    try:
        if isinstance(config, SvmConfig):
            inverse_temperature = _cross_validated_inverse_temperature(estimator, x, data)
        estimator.fit(x, data.y_train)
    except ValueError as error:
        raise TrainingError(f"The model {config.model} could not be fitted: {error}.") from error
    return TrainedEstimator(estimator, inverse_temperature, data.n_genres)


def _cross_validated_inverse_temperature(estimator: Pipeline, x: np.ndarray, data: TrainingData) -> float:
    """The inverse temperature for the decision values of an SVM, from cross-validation with folds by track."""
    tracks_per_genre = min(len(set(data.groups[data.y_train == genre])) for genre in set(data.y_train.tolist()))
    n_folds = min(_FOLDS, tracks_per_genre)
    if n_folds < 2:
        return 1.0
    decisions = cross_val_predict(
        estimator, x, data.y_train, groups=data.groups, cv=StratifiedGroupKFold(n_folds), method="decision_function"
    )
    logits = decisions_per_class(decisions.reshape(len(x), -1))
    # A genre may be missing from the training set: columns are the genres that are there, in ascending order.
    labels = np.searchsorted(np.unique(data.y_train), data.y_train)
    return fit_inverse_temperature(logits, labels)


class TrainedEstimator(TrainedModel):
    """A fitted estimator."""

    def __init__(self, estimator: Pipeline, inverse_temperature: float, n_genres: int) -> None:
        self.estimator, self.inverse_temperature, self.n_genres = estimator, inverse_temperature, n_genres
        self.history: list[Epoch] = []
        self.parameters = _count_parameters(estimator[-1])

    def save(self, folder: Path) -> None:
        """Write model.skops, and linear.npz if the model is linear."""
        skops.io.dump(
            {"estimator": self.estimator, INVERSE_TEMPERATURE: self.inverse_temperature},
            folder / ESTIMATOR_FILE,
            compression=ZIP_DEFLATED,
        )
        if linear := linear_model(self.estimator, self.inverse_temperature):
            linear.save(folder)

    def probabilities(self, scaled: np.ndarray) -> np.ndarray:
        return estimator_probabilities(self.estimator, self.inverse_temperature, scaled, self.n_genres)


def linear_model(estimator: Pipeline, inverse_temperature: float) -> LinearModel | None:
    """The numbers of a fitted pipeline that is a linear model of the scaled features; None for others."""
    classifier = estimator[-1]
    if len(estimator) > 1 or not isinstance(classifier, LogisticRegression | LinearDiscriminantAnalysis):
        return None
    if len(classifier.classes_) < LEAST_CLASSES:
        return None
    return LinearModel(classifier.coef_, classifier.intercept_, classifier.classes_, inverse_temperature)


def _count_parameters(classifier: Any) -> int:
    """Number of values that a classifier has learned, or stores."""
    if isinstance(classifier, SVC):
        return classifier.support_vectors_.size + classifier.dual_coef_.size + classifier.intercept_.size
    if isinstance(classifier, KNeighborsClassifier):
        return int(np.size(classifier._fit_X))
    if isinstance(classifier, RandomForestClassifier):
        return sum(tree.tree_.node_count for tree in classifier.estimators_)
    if isinstance(classifier, DecisionTreeClassifier):
        return int(classifier.tree_.node_count)
    if isinstance(classifier, HistGradientBoostingClassifier):
        return sum(len(tree.nodes) for trees in classifier._predictors for tree in trees)
    if isinstance(classifier, GaussianNB):
        return classifier.theta_.size + classifier.var_.size + classifier.class_prior_.size
    if isinstance(classifier, VotingClassifier):
        return sum(_count_parameters(member) for member in classifier.estimators_)
    if isinstance(classifier, Pipeline):
        return sum(_count_parameters(step) for step in classifier.named_steps.values())
    if isinstance(classifier, Nystroem):
        return classifier.components_.size + classifier.normalization_.size
    if isinstance(classifier, PCA):
        return classifier.components_.size + classifier.mean_.size
    return classifier.coef_.size + classifier.intercept_.size
