"""The figures of Compare say what the runs say, and never a score without its split."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from genre_core import runs
from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation import Evaluation, Interval
from genre_core.figures import compare as figures
from genre_core.models.config import KnnConfig, MlpConfig, ModelConfig
from genre_core.models.history import Epoch
from genre_core.runs import RunInfo, comparison

GENRES = ("blues", "jazz", "polka")
Make = Callable[..., RunInfo]


@pytest.fixture
def make() -> Make:
    """Makes what is known of a run, from a bundled one."""
    like = runs.load_run("paper-track").info

    def made(
        name: str, config: ModelConfig, accuracy: float = 0.5, split: SplitConfig | None = None, **other: object
    ) -> RunInfo:
        scores = replace(like.scores, accuracy=accuracy, track_accuracy=accuracy, macro_f1=accuracy)
        around = Interval(accuracy - 0.1, accuracy + 0.05)
        ci95 = dict.fromkeys(like.ci95, around)
        known = {"title": "", "split": split or like.split, "config": config, "scores": scores, "ci95": ci95}
        return replace(like, **(known | {"name": name} | other))

    return made


def evaluation(counts: list[list[int]]) -> Evaluation:
    """Predictions that have this confusion matrix."""
    cells = [(row, column) for row in range(3) for column in range(3) for _ in range(counts[row][column])]
    labels, predicted = np.array(cells).T
    names = np.array([str(i) for i in range(len(labels))])
    return Evaluation(GENRES, labels, names, np.zeros(len(labels)), np.eye(3)[predicted])


def test_labels_name_the_split_and_are_never_the_same(make: Make) -> None:
    infos = [make("first", KnnConfig()), make("second", KnnConfig()), make("third", KnnConfig(), title="mine")]
    labels = figures.labels(infos)
    assert list(labels) == ["first", "second", "third"]
    assert len(set(labels.values())) == 3
    assert all("split by track" in label for label in labels.values())
    assert labels["third"] == "mine · split by track"


def test_a_number_in_a_sweep_is_no_title_and_the_winners_is(make: Make) -> None:
    trial = make("a", KnnConfig(neighbors=3), sweep="sweep-knn-1", title="sweep-knn-1, 2 of 9")
    assert figures.title(trial) == "knn, neighbors 3"
    assert figures.title(replace(trial, title="Best of sweep-knn-1")) == "Best of sweep-knn-1"


def test_intervals_are_those_of_the_runs_and_stand_under_their_test(make: Make) -> None:
    infos = [
        make("worse", KnnConfig(neighbors=1), 0.4),
        make("other test", KnnConfig(neighbors=9), 0.9, SplitConfig("random")),
        make("better", KnnConfig(neighbors=3), 0.6),
    ]
    figure = figures.intervals(infos)
    for trace in figure.data:
        assert list(trace.x) == [0.4, 0.9, 0.6]
        assert list(trace.error_x.array) == pytest.approx([0.05] * 3)
        assert list(trace.error_x.arrayminus) == pytest.approx([0.1] * 3)
        worse, other, better = trace.y
        assert better < worse < other, "the best on top, and another test below them"
    headings = [note.text.replace("<br>", " ") for note in figure.layout.annotations if note.text.startswith("<b>")]
    assert headings == [f"<b>{comparison.test_of(info)}</b>" for info in infos[:2]]


def test_a_title_is_shown_as_it_was_written(make: Make) -> None:
    figure = figures.intervals([make("a", KnnConfig(), title="<i>R&B</i>"), make("b", KnnConfig())])
    assert "&lt;i>R&amp;B&lt;/i>" in [note.text for note in figure.layout.annotations]


def test_curves_have_a_line_a_run_of_what_was_tested() -> None:
    epochs = [Epoch(i, 1 / i, 0.5, 2 / i, i / 1000, 0.1) for i in range(1, 501)]
    untested = [Epoch(1, 1.0, 0.5, None, None, 0.1)]
    figure = figures.curves({"one": epochs, "two": untested}, "accuracy")
    one, two = figure.data
    assert (one.name, two.name) == ("one", "two")
    assert one.line.color != two.line.color
    assert (one.x[0], one.x[-1], one.y[-1]) == (1, 500, 0.5)
    assert len(one.x) <= 201
    assert not two.x
    assert figures.curves({"one": epochs}, "loss").data[0].y[0] == 2


def test_the_difference_is_the_second_less_the_first_in_points_of_the_row() -> None:
    first = evaluation([[8, 2, 0], [5, 5, 0], [0, 0, 4]])
    second = evaluation([[3, 1, 0], [1, 9, 0], [2, 0, 2]])
    figure = figures.confusion_difference(first, second)
    texts = {(note.y, note.x): note.text for note in figure.layout.annotations}
    assert texts[0, 0] == "−5" and texts[0, 1] == "+5"  # noqa: RUF001
    assert texts[1, 0] == "−40" and texts[1, 1] == "+40"  # noqa: RUF001
    assert texts[2, 0] == "+50" and texts[0, 2] == "0"
    better = np.array(figure.data[1].z)
    assert better[1, 1] > 0 and better[1, 0] > 0, "more heard right and fewer mistakes are both better"
    assert better[2, 0] < 0 and better[2, 2] < 0
    assert np.isnan(better[0, 2])
    swapped = np.array(figures.confusion_difference(second, first).data[1].z)
    np.testing.assert_allclose(swapped, -better)


def test_a_genre_that_one_was_not_tested_on_is_left_empty() -> None:
    figure = figures.confusion_difference(
        evaluation([[8, 2, 0], [5, 5, 0], [0, 0, 0]]), evaluation([[8, 2, 0], [5, 5, 0], [0, 0, 4]])
    )
    texts = [[note.text for note in figure.layout.annotations if note.y == row] for row in range(3)]
    assert texts == [["0"] * 3, ["0"] * 3, ["–"] * 3]  # noqa: RUF001
    assert "not tested" in figure.data[-1].hovertext[-1]


def test_only_settings_that_differ_vary(make: Make) -> None:
    infos = [make("a", KnnConfig(neighbors=1)), make("b", KnnConfig(neighbors=3, seed=1))]
    assert figures.varied(infos) == ["neighbors", "seed"]
    assert figures.varied(infos[:1]) == figures.varied([]) == []


def test_parallel_coordinates_have_an_axis_a_setting_in_order_and_the_score_last(make: Make) -> None:
    infos = [
        make("a", MlpConfig(layers=(64, 32), learning_rate=0.01), 0.3),
        make("b", MlpConfig(layers=(16,), activation="tanh", learning_rate=0.001), 0.6),
        make("c", MlpConfig(layers=(32, 16), learning_rate=0.003), 0.5),
    ]
    layers, activation, rate, score = figures.parallel(infos, "track_accuracy").data[0].dimensions
    assert (layers.label, list(layers.ticktext)) == ("Hidden layers", ["16", "32-16", "64-32"])
    assert list(layers.values) == [2, 0, 1]
    assert list(activation.ticktext) == ["relu", "tanh"]
    assert list(rate.ticktext) == ["0.001", "0.003", "0.01"]
    assert (score.label, list(score.values)) == ("Tracks right", [0.3, 0.6, 0.5])


def test_the_influence_of_a_setting_is_the_mean_over_the_others_and_the_best_is_marked(make: Make) -> None:
    infos = [
        make("a", KnnConfig(neighbors=10), 0.2),
        make("b", KnnConfig(neighbors=1), 0.4),
        make("c", KnnConfig(neighbors=1, metric="cosine"), 0.6),
    ]
    figure = figures.influence(infos, "neighbors", "accuracy")
    mean, others, best = figure.data
    assert list(figure.layout.xaxis.ticktext) == ["1", "10"]
    assert list(mean.y) == pytest.approx([0.5, 0.2])
    assert sorted(zip(others.x, others.y, strict=True)) == [(0, 0.4), (1, 0.2)]
    assert (list(best.x), list(best.y)) == ([0], [0.6])
    assert "metric cosine" in best.hovertext[0]
