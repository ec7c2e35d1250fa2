"""Checks of scikit-learn models: those of Genre Lab pass, forged ones are refused before they predict."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.pipeline import Pipeline

from genre_core.models import estimator
from genre_core.models.config import make_config
from genre_core.models.estimator_checks import check_estimator
from tests.models.problem import make_problem

COLUMNS = 6
DATA = make_problem()


def fitted(model: str, **settings: Any) -> Pipeline:
    return estimator.fit(make_config(model, settings), DATA).estimator


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("svm", {}),
        ("svm", {"kernel": "linear"}),
        ("knn", {"weights": "distance"}),
        ("forest", {"trees": 10}),
        ("boosting", {"iterations": 2, "min_samples_leaf": 2}),
        ("tree", {}),
        ("bayes", {"scaling": "log"}),
        ("lda", {"kernel": "linear"}),
        ("lda", {"kernel": "rbf"}),
        ("lda", {"kernel": "average"}),
        ("logistic", {"scaling": "ranks"}),
    ],
)
def test_the_models_of_genre_lab_pass(model: str, settings: dict[str, Any]) -> None:
    check_estimator(fitted(model, **settings), COLUMNS)


class ForgedTree:
    """A tree with other numbers than it was fitted with."""

    def __init__(self, tree: Any, **forged: Any) -> None:
        self._tree, self._forged = tree, forged

    def __getattr__(self, name: str) -> Any:
        return self._forged[name] if name in self._forged else getattr(self._tree, name)


def forest(**forged: Callable[[Any], Any]) -> Pipeline:
    pipeline = fitted("forest", trees=2)
    first = pipeline[-1].estimators_[0]
    first.tree_ = ForgedTree(first.tree_, **{name: change(first.tree_) for name, change in forged.items()})
    return pipeline


def with_attribute(model: str, name: str, change: Callable[[Any], Any]) -> Pipeline:
    pipeline = fitted(model)
    setattr(pipeline[-1], name, change(getattr(pipeline[-1], name)))
    return pipeline


def tree(**forged: Callable[[Any], Any]) -> Pipeline:
    pipeline = fitted("tree")
    pipeline[-1].tree_ = ForgedTree(
        pipeline[-1].tree_, **{k: change(pipeline[-1].tree_) for k, change in forged.items()}
    )
    return pipeline


def boosting(field: str, value: int) -> Pipeline:
    """A boosting with a number of the first node of its last tree forged."""
    pipeline = fitted("boosting", iterations=2, min_samples_leaf=2)
    nodes = pipeline[-1]._predictors[-1][-1].nodes
    assert not nodes[0]["is_leaf"]
    nodes[0][field] = value
    return pipeline


def boosting_without_a_genre() -> Pipeline:
    pipeline = fitted("boosting", iterations=2, min_samples_leaf=2)
    pipeline[-1]._predictors[0] = pipeline[-1]._predictors[0][:-1]
    return pipeline


def behind_pca(model: str, **settings: Any) -> Pipeline:
    """A model that has seen all columns, behind a step that leaves it two of them."""
    pipeline = fitted(model, **settings)
    pipeline[-1].n_features_in_ = 2
    few = PCA(2).fit(np.random.default_rng(0).normal(size=(20, COLUMNS)))
    return Pipeline([("few", few), ("classify", pipeline[-1])])


FORGED: dict[str, Callable[[], Any]] = {
    "a child outside of the tree": lambda: forest(children_left=lambda tree: tree.children_left + 100_000),
    "a child before its parent": lambda: forest(children_right=lambda tree: np.minimum(tree.children_right, 0)),
    "a column that is not there": lambda: forest(feature=lambda tree: tree.feature + 100_000),
    "a tree of more columns": lambda: forest(n_features=lambda tree: 7),
    "a decision tree with a column that is not there": lambda: tree(feature=lambda tree: tree.feature + 100_000),
    "boosting with a child outside of the tree": lambda: boosting("left", 100_000),
    "boosting with a child before its parent": lambda: boosting("right", 0),
    "boosting with a column that is not there": lambda: boosting("feature_idx", COLUMNS),
    "boosting with a column before the first": lambda: boosting("feature_idx", -1),
    "boosting with categories": lambda: boosting("is_categorical", 1),
    "boosting without trees of a genre": boosting_without_a_genre,
    "a tree behind fewer columns": lambda: behind_pca("tree"),
    "a forest behind fewer columns": lambda: behind_pca("forest", trees=2),
    "boosting behind fewer columns": lambda: behind_pca("boosting", iterations=2, min_samples_leaf=2),
    "support vectors behind fewer columns": lambda: behind_pca("svm"),
    "more support vectors than there are": lambda: with_attribute("svm", "_n_support", lambda n: n + 1000),
    "too few coefficients": lambda: with_attribute("svm", "_dual_coef_", lambda values: values[:, :1]),
    "vectors of fewer columns": lambda: with_attribute("svm", "support_vectors_", lambda values: values[:, :2]),
    "a genre that is not there": lambda: with_attribute("knn", "_y", lambda genres: genres + 100_000),
    "more neighbors than there are": lambda: with_attribute("knn", "n_neighbors", lambda n: 100_000),
    "another model": lambda: Pipeline([("classify", GradientBoostingClassifier())]),
    "no model": lambda: "a text",
}


@pytest.mark.parametrize("forged", FORGED)
def test_forged_models_are_refused(forged: str) -> None:
    with pytest.raises(ValueError):
        check_estimator(FORGED[forged](), COLUMNS)
