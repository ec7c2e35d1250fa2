"""`genre-lab evaluate`."""

from pathlib import Path

import pytest

from genre_core import datasets
from genre_core.cli import main
from genre_core.datasets import Dataset
from genre_core.runs import load_run
from tests.command_line import Capture, answer


def test_the_bundled_run_on_its_own_dataset_gives_its_own_scores(capsys: Capture) -> None:
    document = answer(capsys, "evaluate")
    (run,) = [run for run in answer(capsys, "runs") if run["run"] == "paper-random"]
    assert not run["default"]
    assert document["accuracy"] == pytest.approx(run["accuracy"])
    assert document["seen"]["segments"] == run["split"]["train_segments"]
    assert document["shared_tracks"] == run["split"]["shared_tracks"]


def test_scores_are_null_where_all_segments_were_trained_on(capsys: Capture, bundled: Dataset, tmp_path: Path) -> None:
    seen = load_run("paper-track").seen(bundled.values)
    table = tmp_path / "seen.parquet"
    datasets.write_table(bundled.take(seen), table)
    document = answer(capsys, "evaluate", "--run", "paper-track", "--data", str(table))
    assert document["segments"] == document["tracks"] == 0
    assert document["accuracy"] is document["ci95"] is document["further_scores"] is None
    assert main(["evaluate", "--run", "paper-track", "--data", str(table)]) == 0
    assert "No segment is left to evaluate." in capsys.readouterr().out


def test_people_read_what_is_excluded(capsys: Capture) -> None:
    assert main(["evaluate", "--run", "paper-track", "--data", "bundled"]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "were in the training set and are excluded" in output
    assert "of 30 tracks, 0 of which also have segments in the training set" in output
    assert "Top-2 accuracy" in output and "Matthews correlation" in output


def test_further_scores_have_each_genre(capsys: Capture) -> None:
    document = answer(capsys, "evaluate", "--run", "paper-track")
    further = document["further_scores"]
    assert [area["genre"] for area in further["per_genre"]] == document["genres"]
    assert further["auroc"] == pytest.approx(sum(area["auroc"] for area in further["per_genre"]) / 10)
    assert document["accuracy"] < further["top2_accuracy"] < further["top3_accuracy"]
    assert further["ci95"]["mcc"][0] < further["mcc"] < further["ci95"]["mcc"][1]
