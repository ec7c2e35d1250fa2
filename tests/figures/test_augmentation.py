"""The figure of the accuracy with augmentations."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from genre_core.figures.augmentation import augmentation_title, augmented_scores
from genre_core.models.config import KnnConfig
from genre_core.runs import AugmentedScores, RunInfo


def test_each_test_set_has_a_row_with_its_accuracies(make: Callable[..., RunInfo]) -> None:
    info = make("robust", KnnConfig(), accuracy=0.8)
    augmented = {
        name: AugmentedScores(replace(info.scores, accuracy=accuracy), info.ci95)
        for name, accuracy in (("room", 0.6), ("8-khz", 0.7))
    }
    figure = augmented_scores(replace(info, augmentations=("8-khz",), augmented=augmented))
    labels = list(figure.layout.yaxis.ticktext)
    assert labels == ["<b>Clean</b>", "Room", "<b>8 kHz<br>sample rate</b>"]
    assert list(figure.data[0].x) == pytest.approx([0.8, 0.6, 0.7])


def test_an_augmentation_of_another_version_has_its_name() -> None:
    assert augmentation_title("room") == "Room"
    assert augmentation_title("underwater") == "underwater"
