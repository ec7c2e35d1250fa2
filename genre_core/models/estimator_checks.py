"""Checks of an opened scikit-learn model, before compiled code follows the numbers in it.

skops builds objects of known types alone, but does not look at what is in them.  Trees, support vector machines and
nearest neighbors are predicted by compiled code that uses numbers of the model as indices: forged ones would read
memory outside of their arrays.  Other models of Genre Lab are predicted by NumPy, which checks.
"""

import itertools
from typing import Any

import numpy as np

_UNKNOWN = -1
"""Columns behind a step that may pass on any number of them: only NumPy, which checks, may be given these."""


def check_estimator(estimator: Any, columns: int) -> None:
    """Check that a model is one that Genre Lab makes, and that all indices in it are valid.

    Parameters
    ----------
    estimator : a pipeline, as opened from model.skops.
    columns : number of columns of its input.

    Raises
    ------
    ValueError
        If it is not; or AttributeError or TypeError, if a part of it is missing or of another type.
    """
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
    from sklearn.kernel_approximation import Nystroem
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import QuantileTransformer
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    kind = type(estimator)
    if kind is Pipeline:
        for _, step in estimator.steps:
            check_estimator(step, columns)
            if type(step) is not QuantileTransformer:
                columns = _UNKNOWN
    elif kind is VotingClassifier:
        for member in estimator.estimators_:
            check_estimator(member, columns)
    elif kind is RandomForestClassifier:
        for tree in estimator.estimators_:
            _check_tree(tree.tree_, columns)
    elif kind is DecisionTreeClassifier:
        _check_tree(estimator.tree_, columns)
    elif kind is HistGradientBoostingClassifier:
        _check_boosting(estimator, columns)
    elif kind is SVC:
        _check_svm(estimator, columns)
    elif kind is KNeighborsClassifier:
        _check_neighbors(estimator, columns)
    elif kind not in (PCA, GaussianNB, LinearDiscriminantAnalysis, Nystroem, LogisticRegression, QuantileTransformer):
        raise ValueError(f"no model of Genre Lab has a {kind.__name__}")


def _check_tree(tree: Any, columns: int) -> None:
    """The nodes of a tree: children come after their parents, and leaves have none."""
    nodes = np.arange(tree.node_count)
    left, right = np.asarray(tree.children_left), np.asarray(tree.children_right)
    leaf = left == -1
    is_below = (left > nodes) & (left < len(nodes)) & (right > nodes) & (right < len(nodes))
    feature = np.asarray(tree.feature)
    _check(
        len(nodes) > 0
        and tree.n_features == columns
        and np.where(leaf, right == -1, is_below).all()
        and (leaf | ((feature >= 0) & (feature < columns))).all()
    )


def _check_boosting(boosting: Any, columns: int) -> None:
    """The trees of a gradient boosting without categories."""
    per_iteration, bins = boosting.n_trees_per_iteration_, boosting._bin_mapper
    classes = len(boosting.classes_)
    _check(
        per_iteration == (1 if classes == 2 else classes)
        and boosting._n_features == columns
        and boosting._preprocessor is None
        and len(bins.is_categorical_) == columns
        and not any(bins.is_categorical_)
        and all(len(trees) == per_iteration for trees in boosting._predictors)
    )
    for tree in itertools.chain.from_iterable(boosting._predictors):
        _check_predictor(tree, columns)


def _check_predictor(tree: Any, columns: int) -> None:
    """The nodes of a tree of gradient boosting, as those of other trees; leaves have no children."""
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

    nodes = tree.nodes
    _check(nodes.dtype == PREDICTOR_RECORD_DTYPE and nodes.ndim == 1 and len(nodes) > 0)
    numbers, left, right = np.arange(len(nodes)), nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
    is_below = (left > numbers) & (left < len(nodes)) & (right > numbers) & (right < len(nodes))
    is_column = (nodes["feature_idx"] >= 0) & (nodes["feature_idx"] < columns)
    _check(not nodes["is_categorical"].any() and ((nodes["is_leaf"] == 1) | (is_below & is_column)).all())


def _check_svm(machine: Any, columns: int) -> None:
    """The sizes of what libsvm is given."""
    vectors, per_class = np.asarray(machine.support_vectors_), np.asarray(machine._n_support)
    classes = len(machine.classes_)
    pairs = classes * (classes - 1) // 2
    _check(
        machine._impl == "c_svc"
        and machine.kernel in ("linear", "rbf")
        and not machine._sparse
        and vectors.shape == (len(machine.support_), columns)
        and per_class.shape == (classes,)
        and (per_class >= 0).all()
        and per_class.sum() == len(vectors)
        and machine._dual_coef_.shape == (classes - 1, len(vectors))
        and machine._intercept_.shape == (pairs,)
        and all(len(values) in (0, pairs) for values in (machine._probA, machine._probB))
    )


def _check_neighbors(neighbors: Any, columns: int) -> None:
    """The genre of each neighbor."""
    points, genres = np.asarray(neighbors._fit_X), np.asarray(neighbors._y)
    _check(
        neighbors._fit_method == "brute"
        and points.ndim == 2
        and points.shape[1] == columns
        and genres.shape == (len(points),)
        and genres.dtype.kind in "iu"
        and ((genres >= 0) & (genres < len(neighbors.classes_))).all()
        and 0 < neighbors.n_neighbors <= len(points)
    )


def _check(valid: Any) -> None:
    if not valid:
        raise ValueError("the numbers of the model don't fit together")
