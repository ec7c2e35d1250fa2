"""Figures of settings and scores."""

from collections.abc import Callable

import pytest

from genre_core.figures import settings as figures
from genre_core.models.config import KnnConfig, MlpConfig
from genre_core.runs import RunInfo

Make = Callable[..., RunInfo]


def test_parallel_coordinates_have_an_axis_per_setting_and_the_score_last(make: Make) -> None:
    infos = [
        make("a", MlpConfig(layers=(64, 32), learning_rate=0.01), 0.3),
        make("b", MlpConfig(layers=(16,), activation="tanh", learning_rate=0.001), 0.6),
        make("c", MlpConfig(layers=(32, 16), learning_rate=0.003), 0.5),
    ]
    layers, activation, rate, score = figures.parallel_coordinates(infos, "track_accuracy").data[0].dimensions
    assert (layers.label, list(layers.ticktext)) == ("Hidden layers", ["16", "32-16", "64-32"])
    assert list(layers.values) == [2, 0, 1]
    assert list(activation.ticktext) == ["relu", "tanh"]
    assert list(rate.ticktext) == ["0.001", "0.003", "0.01"]
    assert (score.label, list(score.values)) == ("Accuracy (tracks)", [0.3, 0.6, 0.5])


def test_the_effect_of_a_setting_is_the_mean_over_the_others_and_the_best_run_is_marked(make: Make) -> None:
    infos = [
        make("a", KnnConfig(neighbors=10), 0.2),
        make("b", KnnConfig(neighbors=1), 0.4),
        make("c", KnnConfig(neighbors=1, metric="cosine"), 0.6),
    ]
    figure = figures.setting_effect(infos, "neighbors", "accuracy")
    mean, others, best = figure.data
    assert list(figure.layout.xaxis.ticktext) == ["1", "10"]
    assert list(mean.y) == pytest.approx([0.5, 0.2])
    assert sorted(zip(others.x, others.y, strict=True)) == [(0, 0.4), (1, 0.2)]
    assert (list(best.x), list(best.y)) == ([0], [0.6])
    assert "distance metric = cosine" in best.hovertext[0]
