"""Predictions and runs as tables."""

import io

import pandas as pd
import pytest

from genre_core import report, runs
from genre_core.runs import load_run


def test_predictions_have_one_line_per_segment() -> None:
    run = load_run("paper-track")
    table = pd.read_csv(io.StringIO(report.predictions_csv(run)))
    assert len(table) == run.info.scores.segments
    assert list(table.columns[:4]) == ["track", "start_s", "true_genre", "predicted_genre"]
    assert (table["true_genre"] == table["predicted_genre"]).mean() == pytest.approx(run.info.scores.accuracy)
    probabilities = table[[f"p_{genre}" for genre in run.info.genres]]
    assert probabilities.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-4)


def test_the_table_of_runs_names_their_test_sets() -> None:
    infos = runs.list_runs()
    table = report.runs_table(infos)
    assert list(table["run"]) == [info.name for info in infos]
    assert all(info.split.description in name for info, name in zip(infos, table["test_set"], strict=True))
    assert list(table["track_accuracy"]) == [info.scores.track_accuracy for info in infos]
    assert (table["accuracy_low"] <= table["accuracy"]).all() and (table["accuracy"] <= table["accuracy_high"]).all()
