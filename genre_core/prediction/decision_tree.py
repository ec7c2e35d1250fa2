"""A decision tree as a person can read it: its questions in the units of the features, and the path of a segment."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from genre_core.errors import RunError
from genre_core.models import serving
from genre_core.models.config import TreeConfig
from genre_core.models.scaling import Scaling
from genre_core.runs import Run


@dataclass(frozen=True)
class Node:
    """A node of a tree: a question, or a leaf."""

    genre: str
    """The most common genre among the training segments that come here."""
    share: float
    """Its share of them, as the tree weighs them."""
    segments: int
    """Number of training segments that come here."""
    depth: int
    """Number of questions before it."""
    column: str = ""
    """The feature that is asked for; empty in a leaf."""
    threshold: float = 0.0
    """Segments whose feature is at most this go to `low`, in the unit of the feature."""
    low: int = -1
    high: int = -1
    """The nodes that come next; -1 in a leaf."""

    @property
    def is_leaf(self) -> bool:
        """Whether nothing more is asked."""
        return not self.column


@dataclass(frozen=True, eq=False)
class DecisionTree:
    """The nodes of a tree; the first is the root, and nodes come after those that lead to them."""

    nodes: tuple[Node, ...]
    columns: tuple[str, ...]
    """Names of the features."""
    scaling: Scaling
    scaled_thresholds: tuple[float, ...]
    """The threshold of each node for scaled features, with which the model compares."""

    @property
    def depth(self) -> int:
        """Number of questions on the longest path."""
        return max(node.depth for node in self.nodes)

    def path(self, values: np.ndarray) -> list[int]:
        """The nodes through which a segment goes, from the root to a leaf.

        Parameters
        ----------
        values : shape (columns,), unscaled features.
        """
        scaled = dict(zip(self.columns, self.scaling.apply(values[np.newaxis])[0].tolist(), strict=True))
        path = [0]
        while not (node := self.nodes[path[-1]]).is_leaf:
            path.append(node.low if scaled[node.column] <= self.scaled_thresholds[path[-1]] else node.high)
        return path


def read_tree(run: Run) -> DecisionTree:
    """Read the tree of a run whose model is `tree`.

    Raises
    ------
    RunError
        If its model is another one, or its file can't be read.
    """
    if not isinstance(run.info.config, TreeConfig):
        raise RunError(f"The model of {run.info.name} is no decision tree; choose another run.")
    columns = run.feature_set.columns
    estimator = serving.open_estimator(run.model_file, len(columns))
    try:
        return _read(estimator[-1], columns, run.info.genres, run.scaling)
    # The file was written by somebody else.
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise RunError(f"The tree of {run.info.name} can't be read; train it again.") from error


def _read(classifier: Any, columns: tuple[str, ...], genres: tuple[str, ...], scaling: Scaling) -> DecisionTree:
    tree, depths = classifier.tree_, {0: 0}
    nodes: list[Node] = []
    for i, (low, high) in enumerate(zip(tree.children_left.tolist(), tree.children_right.tolist(), strict=True)):
        shares = tree.value[i, 0] / tree.value[i, 0].sum()
        most = int(shares.argmax())
        known = (genres[classifier.classes_[most]], float(shares[most]), int(tree.n_node_samples[i]), depths[i])
        if low < 0:
            nodes.append(Node(*known))
            continue
        depths |= {low: depths[i] + 1, high: depths[i] + 1}
        feature = tree.feature[i]
        threshold = tree.threshold[i] * scaling.scale[feature] + scaling.mean[feature]
        nodes.append(Node(*known, columns[feature], float(threshold), low, high))
    return DecisionTree(tuple(nodes), columns, scaling, tuple(tree.threshold.tolist()))
