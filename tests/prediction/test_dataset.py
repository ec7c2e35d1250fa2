"""Evaluation of a run on a dataset, without the segments that it was trained on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import datasets, runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import make_split
from genre_core.errors import RunError
from genre_core.prediction import evaluate_dataset
from genre_core.runs import Run


@pytest.fixture
def run() -> Run:
    return runs.load_run("paper-track")


def test_training_segments_are_recognized_by_content_not_by_name(
    run: Run, bundled: Dataset, rng: np.random.Generator
) -> None:
    split = make_split(bundled, run.info.split).single
    order = rng.permutation(len(bundled.values))
    renamed = replace(
        bundled,
        name="renamed",
        values=bundled.values[order],
        genre=bundled.genre[order],
        track=np.array([f"x/{i}" for i in range(len(order))]),
        start_s=np.zeros(len(order)),
    )
    result = evaluate_dataset(renamed, run)
    assert result.seen_segments == len(split.train)
    assert result.evaluation is not None
    assert result.evaluation.accuracy == pytest.approx(run.info.scores.accuracy)


def test_there_is_no_evaluation_if_all_segments_were_trained_on(run: Run, bundled: Dataset) -> None:
    rows = make_split(bundled, run.info.split).single.train
    result = evaluate_dataset(bundled.take(rows), run)
    assert result.evaluation is None
    tracks = len(np.unique(bundled.track[rows]))
    assert (result.seen_segments, result.seen_tracks, result.shared_tracks) == (len(rows), tracks, 0)


def test_a_dataset_with_a_genre_unseen_in_training_is_refused(run: Run, demo_folder: Path) -> None:
    dataset = datasets.read_folder(demo_folder, jobs=1)
    polka = replace(dataset, genre=np.where(dataset.genre == dataset.genres[0], "polka", dataset.genre))
    with pytest.raises(RunError, match="polka"):
        evaluate_dataset(polka, run)
