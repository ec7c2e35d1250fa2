"""Figures that compare runs show their scores, grouped by test set."""

from collections.abc import Callable

import pytest

from genre_core.datasets.splits import SplitConfig
from genre_core.figures import compare as figures
from genre_core.figures.train import learning_curve
from genre_core.models.config import KnnConfig
from genre_core.models.history import Epoch
from genre_core.runs import RunInfo, comparison

Make = Callable[..., RunInfo]


def test_confidence_intervals_are_those_of_the_runs_grouped_by_test_set(make: Make) -> None:
    infos = [
        make("worse", KnnConfig(neighbors=1), 0.4),
        make("other test set", KnnConfig(neighbors=9), 0.9, SplitConfig("random")),
        make("better", KnnConfig(neighbors=3), 0.6),
    ]
    figure = figures.intervals(infos)
    for trace in figure.data:
        assert list(trace.x) == [0.4, 0.9, 0.6]
        assert list(trace.error_x.array) == pytest.approx([0.05] * 3)
        assert list(trace.error_x.arrayminus) == pytest.approx([0.1] * 3)
        worse, other, better = trace.y
        assert better < worse < other, "best on top, and the other test set below"
    headings = [note.text.replace("<br>", " ") for note in figure.layout.annotations if note.text.startswith("<b>")]
    assert headings == [f"<b>{comparison.describe_test_set(info)}</b>" for info in infos[:2]]


def test_a_title_is_shown_as_it_was_written(make: Make) -> None:
    figure = figures.intervals([make("a", KnnConfig(), title="<i>R&B</i>"), make("b", KnnConfig())])
    assert any(note.text.startswith("&lt;i>R&amp;B&lt;/i>") for note in figure.layout.annotations)


def test_curves_have_one_line_per_run_on_the_test_set() -> None:
    epochs = [Epoch(i, 1 / i, 0.5, 2 / i, i / 1000, 0.1) for i in range(1, 501)]
    untested = [Epoch(1, 1.0, 0.5, None, None, 0.1)]
    figure = figures.curves({"one": epochs, "two": untested}, "accuracy")
    one, two = figure.data
    assert (one.name, two.name) == ("one", "two")
    assert one.line.color != two.line.color
    assert (one.x[0], one.x[-1], one.y[-1]) == (1, 500, 0.5)
    assert len(one.x) <= 201
    assert not two.x
    loss = figures.curves({"one": epochs}, "loss")
    assert loss.data[0].y[0] == 2
    assert figure.layout.yaxis.title.text == learning_curve(epochs, "accuracy").layout.yaxis.title.text
    assert loss.layout.yaxis.title.text == learning_curve(epochs, "loss").layout.yaxis.title.text
