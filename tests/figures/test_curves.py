"""The figures of ROC and precision-recall curves."""

import itertools

import pytest

from genre_core.figures import curves as figures
from genre_core.runs.curves import RunCurves, run_curves


@pytest.fixture(scope="module")
def curves() -> RunCurves:
    return run_curves(("paper-track", 0.0))


def test_each_genre_and_the_mean_have_a_line(curves: RunCurves) -> None:
    genres = [curve.genre for curve in curves.genres]
    assert len(genres) == 10
    for figure in (figures.roc(curves), figures.precision_recall(curves)):
        assert [line.name for line in figure.data] == ["Chance", *genres, "Mean"]
    line = figures.roc(curves).data[1]
    assert list(line.x) == list(curves.genres[0].false_positive_rate)
    assert list(line.y) == list(curves.genres[0].true_positive_rate)
    assert f"AUROC {curves.genres[0].auroc:.2f}" in line.hovertemplate


def test_lines_differ_in_dashes_too(curves: RunCurves) -> None:
    lines = [line.line for line in figures.precision_recall(curves).data]
    assert len({(line.color, line.dash) for line in lines}) == len(lines)
    assert all(one.dash != other.dash for one, other in itertools.pairwise(lines[:11]))


def test_a_test_set_of_one_genre_has_no_curves(curves: RunCurves) -> None:
    assert [line.name for line in figures.roc(RunCurves(curves.scores, (), None)).data] == ["Chance"]
