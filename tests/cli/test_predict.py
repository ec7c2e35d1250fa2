"""`genre-lab predict`."""

import json
import re
from pathlib import Path

import pytest

from genre_core.audio import example_songs
from genre_core.cli import main
from genre_core.prediction import predict
from genre_core.runs import DEFAULT_RUN, load_run
from tests.command_line import Capture, answer, validate

OLD_RUN = Path(__file__).parents[1] / "data" / "version_0_1" / "runs" / "mlp-paper"


def test_one_bad_file_does_not_stop_the_others(capsys: Capture, songs: Path) -> None:
    files = [str(songs / name) for name in ("text.mp3", "adagio.wav", "none.wav")]
    assert main(["predict", *files, "--json"]) == 2
    output = capsys.readouterr()
    assert output.err.count("\n") == 1
    assert "2 of 3 files" in output.err
    document = json.loads(output.out)
    validate(document, "predict")
    bad, good, missing = document
    assert good["file"] == files[1]
    assert "genre" in good
    assert bad["error"] and missing["error"]


def test_the_document_is_the_prediction(capsys: Capture) -> None:
    example = example_songs.song("classical-to-metal")
    song = example.path
    (document,) = answer(capsys, "predict", str(song), "--hop", "3")
    assert document == {"file": str(song), **json.loads(json.dumps(predict(song, hop_s=3).to_dict()))}
    assert document["segments"][1]["start_s"] == pytest.approx(3, abs=1e-3)
    assert document["runner_up"] == sorted(document["probabilities"], key=lambda g: -document["probabilities"][g])[1]
    assert len(document["tags"]) == 50
    assert 0 <= document["in_domain"] <= 1
    (change,) = document["changes"]
    assert change["time_s"] == pytest.approx(example.changes_at_s, abs=3)
    assert main(["predict", str(song)]) == 0
    assert re.search(r"genre change at 1\d\.\d s from \w+ to \w+", capsys.readouterr().out)
    assert main(["predict", str(song), "--hop", "0.1"]) == 2
    assert "0.5 to 30 s" in capsys.readouterr().err


def test_people_read_the_genre_and_how_the_run_was_evaluated(capsys: Capture, songs: Path) -> None:
    assert main(["predict", str(songs / "adagio.wav")]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "adagio.wav: classical (" in output
    assert load_run(DEFAULT_RUN).info.split.test_set in output
    assert "similar tracks: " in output


def test_a_run_that_cannot_tell_says_why(capsys: Capture, songs: Path) -> None:
    assert main(["predict", str(songs / "adagio.wav"), "--run", str(OLD_RUN)]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "in-domain is unknown: the run was trained on 4 tracks, and the limit needs 50." in output


def test_a_folder_becomes_a_table(capsys: Capture, songs: Path, tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    arguments = ("predict", str(songs), "--out", str(out), "--jobs", "1")
    first = answer(capsys, *arguments, status=2)
    assert (first["files"], first["predicted"], first["kept"], first["failed"]) == (3, 3, 0, 1)
    assert first["out"] == str(out)
    again = answer(capsys, *arguments, status=2)
    assert (again["predicted"], again["kept"], again["failed"]) == (1, 2, 1)  # the bad file is tried again
    assert main(list(arguments)) == 2
    output = capsys.readouterr()
    assert "Songs: 3. Predicted: 1, in " in output.out
    assert "1 of 3 songs failed" in output.err


def test_a_folder_without_out_is_an_error(capsys: Capture, songs: Path) -> None:
    assert main(["predict", str(songs)]) == 2
    assert "add --out" in capsys.readouterr().err
