"""A decision tree as it is shown: its paths end where the run's own predictions do."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import runs, train
from genre_core.datasets import Dataset
from genre_core.errors import RunError
from genre_core.figures import decision_tree as figures
from genre_core.prediction.decision_tree import DecisionTree, read_tree
from genre_core.runs import Run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, bundled: Dataset) -> Run:
    return train(bundled, "tree", split="track", out=tmp_path_factory.mktemp("runs") / "tree")


@pytest.fixture(scope="module")
def tree(run: Run) -> DecisionTree:
    return read_tree(run)


def test_each_path_ends_in_the_genre_that_the_run_predicts(run: Run, tree: DecisionTree, bundled: Dataset) -> None:
    values = bundled.values[::7]
    predicted = run.probabilities(values)
    leaves = [tree.nodes[tree.path(row)[-1]] for row in values]
    assert all(leaf.is_leaf for leaf in leaves)
    assert [leaf.genre for leaf in leaves] == [run.info.genres[label] for label in predicted.argmax(axis=1)]
    np.testing.assert_allclose([leaf.share for leaf in leaves], predicted.max(axis=1), atol=1e-9)


def test_questions_are_in_the_units_of_the_features(tree: DecisionTree, bundled: Dataset) -> None:
    """A path that is followed by hand, with unscaled features."""
    column = {name: i for i, name in enumerate(bundled.columns)}
    for row in bundled.values[::50]:
        path = tree.path(row)
        for number, after in itertools.pairwise(path):
            node = tree.nodes[number]
            assert (row[column[node.column]] <= node.threshold) == (after == node.low)


def test_the_training_segments_are_divided_at_each_question(run: Run, tree: DecisionTree) -> None:
    assert tree.nodes[0].segments == run.info.counts.train_segments
    for node in tree.nodes:
        if not node.is_leaf:
            assert node.segments == tree.nodes[node.low].segments + tree.nodes[node.high].segments
            assert tree.nodes[node.low].depth == node.depth + 1
    assert tree.depth == 5


def test_other_models_have_no_tree() -> None:
    with pytest.raises(RunError, match="paper-track is no decision tree"):
        read_tree(runs.load_run("paper-track"))


def test_a_damaged_model_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / run.model_file.name).write_bytes(b"broken")
    with pytest.raises(RunError, match="can't be read"):
        read_tree(replace(run, folder=tmp_path))


@pytest.mark.parametrize("most_depth", [2, 5])
def test_the_figure_has_each_node_down_to_a_depth_and_highlights_the_path(
    run: Run, tree: DecisionTree, bundled: Dataset, most_depth: int
) -> None:
    path = tree.path(bundled.values[0])
    figure = figures.decision_tree(tree, run.info.genres, path, most_depth)
    shown = [node for node in tree.nodes if node.depth <= most_depth]
    markers = [trace for trace in figure.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in markers) == len(shown)
    outlined = sum(width > 0 for trace in markers for width in trace.marker.line.width)
    assert outlined == len([number for number in path if tree.nodes[number].depth <= most_depth])
    ends = sorted(x for trace in markers for x, y in zip(trace.x, trace.y, strict=True) if y == -most_depth)
    assert len(set(ends)) == len(ends)
