"""Checks of scikit-learn models: those of Genre Lab pass, forged ones are refused before they predict."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
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


FORGED: dict[str, Callable[[], Any]] = {
    "a child outside of the tree": lambda: forest(children_left=lambda tree: tree.children_left + 100_000),
    "a child before its parent": lambda: forest(children_right=lambda tree: np.minimum(tree.children_right, 0)),
    "a column that is not there": lambda: forest(feature=lambda tree: tree.feature + 100_000),
    "a tree of more columns": lambda: forest(n_features=lambda tree: 7),
    "more support vectors than there are": lambda: with_attribute("svm", "_n_support", lambda n: n + 1000),
    "too few coefficients": lambda: with_attribute("svm", "_dual_coef_", lambda values: values[:, :1]),
    "vectors of fewer columns": lambda: with_attribute("svm", "support_vectors_", lambda values: values[:, :2]),
    "a genre that is not there": lambda: with_attribute("knn", "_y", lambda genres: genres + 100_000),
    "more neighbors than there are": lambda: with_attribute("knn", "n_neighbors", lambda n: 100_000),
    "another model": lambda: Pipeline([("classify", HistGradientBoostingClassifier())]),
    "no model": lambda: "a text",
}


@pytest.mark.parametrize("forged", FORGED)
def test_forged_models_are_refused(forged: str) -> None:
    with pytest.raises(ValueError):
        check_estimator(FORGED[forged](), COLUMNS)
