"""The figures of an evaluation show its numbers."""

from dataclasses import replace

import numpy as np
import pytest

from genre_core import runs
from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation import Evaluation
from genre_core.figures import evaluate as figures
from tests.confusion import GENRES, with_confusion

COUNTS = [[5, 2, 0], [0, 3, 1], [0, 0, 4]]


def test_genre_scores_are_those_of_the_evaluation() -> None:
    evaluation = with_confusion(COUNTS)
    f1, precision, recall = figures.genre_scores(evaluation).data
    scores = evaluation.per_genre().set_index("genre")
    assert list(f1.x) == sorted(scores["f1"])
    for trace, column in ((f1, "f1"), (precision, "precision"), (recall, "recall")):
        assert dict(zip(trace.y, trace.x, strict=True)) == pytest.approx(scores[column].to_dict())


def test_genres_without_segments_have_no_bar() -> None:
    one = Evaluation(GENRES, np.array([0]), np.array(["a"]), np.zeros(1), np.array([[0.8, 0.1, 0.1]]))
    assert list(figures.genre_scores(one).data[0].y) == ["blues"]


def test_accuracy_by_split_has_the_confidence_intervals_of_the_runs() -> None:
    infos = [runs.load_run(name).info for name in ("paper-random", "paper-track")]
    figure = figures.split_scores(infos, "paper-track")
    assert [trace.name for trace in figure.data] == ["Accuracy (segments)", "Accuracy (tracks)"]
    for trace, name in zip(figure.data, ("accuracy", "track_accuracy"), strict=True):
        assert list(trace.x) == [getattr(info.scores, name) for info in infos]
        ends = np.array(trace.x) + trace.error_x.array, np.array(trace.x) - trace.error_x.arrayminus
        assert ends[0] == pytest.approx([info.ci95[name].high for info in infos])
        assert ends[1] == pytest.approx([info.ci95[name].low for info in infos])
        assert [data[0] for data in trace.customdata] == ["random split", "track split"]
    assert list(figure.layout.yaxis.ticktext) == ["random", "<b>track</b>"]
    top, bottom = figure.layout.yaxis.range[::-1]
    assert top < 0 < 1 < bottom


def test_folds_and_genres_that_are_not_tested_are_named() -> None:
    info = runs.load_run("paper-track").info
    folds = replace(info, split=SplitConfig("artist", folds=5), untested_genres=("blues", "rock"))
    (label,) = figures.split_scores([folds], "").layout.yaxis.ticktext
    assert label == "artist<br>5 folds<br>8 of 10<br>genres"


def test_calibration_shows_confidence_and_accuracy_of_each_bin() -> None:
    labels = np.zeros(20, dtype=np.int64)
    confidence = np.repeat([0.75, 0.95], 10)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    probabilities[:6] = probabilities[:6, ::-1]
    evaluation = Evaluation(("blues", "jazz"), labels, labels.astype(str), np.zeros(20), probabilities)
    figure = figures.calibration(evaluation.calibration)
    perfect, accuracy, mean_confidence = figure.data
    assert list(perfect.x) == list(perfect.y)
    assert list(accuracy.x) == pytest.approx([0.75, 0.95])
    assert list(accuracy.y) == pytest.approx([0.4, 1.0])
    assert list(accuracy.text) == ["10", "10"]
    assert list(mean_confidence.x) == list(mean_confidence.y) == pytest.approx([0.75, 0.95])
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Confidence", "Accuracy (segments)")
