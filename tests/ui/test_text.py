"""The texts that pages share, in full for the bundled runs."""

from dataclasses import replace

import pytest

from genre_core import runs
from tests.page_text import plain
from ui import text

TEST_SETS = {
    "three-networks": "in 5-fold cross-validation by artist (1267 test segments of 127 tracks; no artist is in both "
    "sets of a fold)",
    "two-networks": "in 5-fold cross-validation by artist (1267 test segments of 127 tracks; no artist is in both sets "
    "of a fold)",
    "lab-cnn": "on the test set of a fault-filtered split (6390 training and 2900 test segments; 639 training and 290 "
    "test tracks, none in both sets)",
    "paper-random": "on the test set of a random split (668 training and 329 test segments; 99 of 100 tracks in both "
    "sets)",
    "paper-track": "on the test set of a track split (698 training and 299 test segments; 70 training and 30 test "
    "tracks, none in both sets)",
}
ACCURACIES = {
    "three-networks": "74 % of segments and 83 % of tracks",
    "two-networks": "75 % of segments and 80 % of tracks",
    "lab-cnn": "72 % of segments and 76 % of tracks",
    "paper-random": "96 % of segments and 99 % of tracks",
    "paper-track": "68 % of segments and 70 % of tracks",
}


@pytest.mark.parametrize("name", TEST_SETS)
def test_an_accuracy_is_stated_with_its_test_set(name: str) -> None:
    info = runs.load_run(name).info
    assert plain(text.evaluated_on(info)) == TEST_SETS[name]
    assert plain(text.accuracy_summary(info)) == f"Accuracy: {ACCURACIES[name]}, {TEST_SETS[name]}."


def test_a_random_split_is_a_warning_with_the_accuracy_of_the_track_split() -> None:
    warning = text.leakage_warning(runs.load_run("paper-random").info)
    assert warning is not None
    assert plain(warning) == (
        "Data leakage: the test set contains segments of tracks that are also in the training set. These scores are "
        "too optimistic for new songs. With a track split, the same model has an accuracy of 68 % per segment instead "
        "of 96 %."
    )


@pytest.mark.parametrize("name", [name for name in TEST_SETS if name != "paper-random"])
def test_other_splits_need_no_warning(name: str) -> None:
    assert text.leakage_warning(runs.load_run(name).info) is None


def test_scores_on_a_validation_set_are_not_called_those_of_a_test_set() -> None:
    info = next(info for info in runs.list_runs() if info.name == "paper-track")
    shown = text.evaluated_on(replace(info, split=replace(info.split, selection=True)))
    assert "validation set" in shown and "299 validation segments" in shown and "30 validation tracks" in shown
    assert "test" not in shown
