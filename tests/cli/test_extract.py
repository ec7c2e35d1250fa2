"""`genre-lab extract`, and the way from a folder of audio to a prediction."""

from pathlib import Path

import numpy as np
import pytest

from genre_core.audio import SEGMENT_SECONDS, load_audio, separation
from genre_core.cli import main
from genre_core.features import feature_set
from genre_core.runs import load_run
from tests.command_line import Capture, answer


def test_from_a_folder_to_a_prediction(capsys: Capture, demo_folder: Path, tmp_path: Path, songs: Path) -> None:
    table, run = str(tmp_path / "table.parquet"), str(tmp_path / "run")
    extracted = answer(capsys, "extract", str(demo_folder), "--out", table, "--jobs", "1")
    assert extracted["out"] == table
    assert extracted["segments"] == 4 * extracted["tracks"] > 0
    assert extracted["skipped"] == []

    quick = ("--epochs", "20", "--layers", "32,16")
    trained = answer(capsys, "train", "--data", table, "--split", "track", *quick, "--out", run)
    assert trained["run"] == run
    assert trained["features"] == "paper"
    assert trained["model"] == "mlp"
    assert trained["epochs"] == 20
    assert trained["split"]["kind"] == "track"
    assert trained["split"]["shared_tracks"] == 0
    assert trained["split"]["train_segments"] + trained["split"]["test_segments"] == extracted["segments"]
    assert trained["genres"] == extracted["genres"]
    assert sum(map(sum, trained["confusion"])) == trained["split"]["test_segments"]
    correct = sum(row[i] for i, row in enumerate(trained["confusion"]))
    assert trained["accuracy"] == pytest.approx(correct / trained["split"]["test_segments"])

    # The folder instead of the table: segments of the training set are recognized by their features.
    evaluated = answer(capsys, "evaluate", "--run", run, "--data", str(demo_folder))
    assert evaluated["seen"]["segments"] == trained["split"]["train_segments"]
    assert evaluated["seen"]["tracks"] == trained["split"]["train_tracks"]
    assert evaluated["segments"] == trained["split"]["test_segments"]
    assert evaluated["accuracy"] == pytest.approx(trained["accuracy"])
    assert evaluated["confusion"] == trained["confusion"]

    predicted = answer(capsys, "predict", str(songs / "adagio.wav"), str(songs / "furnace.wav"), "--run", run)
    assert [item["genre"] for item in predicted] == ["classical", "metal"]
    assert predicted[0]["duration_s"] == pytest.approx(7)
    assert [segment["start_s"] for segment in predicted[0]["segments"]] == pytest.approx([0, 1.5, 3], abs=1e-3)
    assert predicted[0]["warnings"] == []


def test_a_run_on_one_stem_separates_what_it_predicts(
    capsys: Capture, demo_folder: Path, tmp_path: Path, songs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table, run = "demo-accompaniment.parquet", str(tmp_path / "run")
    extracted = answer(capsys, "extract", str(demo_folder), "--stem", "accompaniment", "--jobs", "1")
    assert extracted["out"] == table
    assert extracted["stem"] == "accompaniment"
    assert extracted["features"] == "paper@accompaniment"
    trained = answer(capsys, "train", "--data", table, "--model", "lda", "--split", "track", "--out", run)
    assert trained["features"] == "paper@accompaniment"
    # The folder is separated again: the segments are recognized, and the scores are the same.
    evaluated = answer(capsys, "evaluate", "--run", run, "--data", str(demo_folder))
    assert evaluated["seen"]["segments"] == trained["split"]["train_segments"]
    assert evaluated["confusion"] == trained["confusion"]
    (predicted,) = answer(capsys, "predict", str(songs / "adagio.wav"), "--run", run, "--hop", "3")
    model, clip = load_run(run), load_audio(songs / "adagio.wav")
    stem = separation.extract_stem(clip, "accompaniment")
    values = feature_set("paper").extract_segments(stem.samples)
    expected = model.calibrated(model.probabilities(values).mean(axis=0), 7 / SEGMENT_SECONDS)
    np.testing.assert_allclose([*predicted["probabilities"].values()], expected, atol=1e-5)
    mixed = str(tmp_path / "mix.parquet")
    answer(capsys, "extract", str(demo_folder), "--stem", "mix", "--out", mixed, "--jobs", "1")
    assert main(["evaluate", "--run", run, "--data", mixed]) == 2
    assert "paper@accompaniment" in capsys.readouterr().err


def test_files_that_cannot_be_used_are_listed(capsys: Capture, demo_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "music"
    for genre in sorted(path.name for path in demo_folder.iterdir())[:2]:
        (folder / genre).mkdir(parents=True)
        for path in sorted((demo_folder / genre).iterdir())[:2]:
            (folder / genre / path.name).write_bytes(path.read_bytes())
    (folder / genre / "broken.wav").write_text("this is not audio", encoding="utf-8")
    arguments = ("extract", str(folder), "--out", str(tmp_path / "table.parquet"), "--jobs", "1")
    document = answer(capsys, *arguments)
    assert [item["file"] for item in document["skipped"]] == [f"{genre}/broken.wav"]
    assert document["tracks"] == 4
    assert main(list(arguments)) == 0
    assert f"skipped: {genre}/broken.wav" in capsys.readouterr().out
