"""The command line as a user calls it: a process, its two streams and its exit status."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core import audio, runs
from genre_core.audio import SEGMENT_SECONDS, separation, synthesis
from genre_core.cli import main
from genre_core.features import feature_set
from genre_core.prediction import explanation, predict_file
from genre_core.runs import DEFAULT_RUN, load_run

Capture = pytest.CaptureFixture[str]
QUICK = ("--epochs", "20", "--layers", "32,16")


def answer(capsys: Capture, *arguments: str, status: int = 0) -> Any:
    """The JSON document of a command, which must be all that is on standard output."""
    assert main([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("songs")
    for name in ("adagio", "furnace"):
        (folder / f"{name}.wav").write_bytes(audio.wav_bytes(synthesis.song(name).clip(seconds=7)))
    (folder / "text.mp3").write_text("this is no music")
    return folder


def test_the_whole_way_from_a_folder_to_a_verdict(
    capsys: Capture, demo_folder: Path, tmp_path: Path, songs: Path
) -> None:
    table, run = str(tmp_path / "table.parquet"), str(tmp_path / "run")
    extracted = answer(capsys, "extract", str(demo_folder), "--out", table, "--jobs", "1")
    assert extracted["out"] == table
    assert extracted["segments"] == 4 * extracted["tracks"] > 0
    assert extracted["skipped"] == []

    trained = answer(capsys, "train", "--data", table, "--split", "track", *QUICK, "--out", run)
    assert trained["run"] == run
    assert trained["features"] == "paper"
    assert trained["model"] == "mlp"
    assert trained["epochs"] == 20
    assert trained["split"]["kind"] == "track"
    assert trained["split"]["shared_tracks"] == 0
    assert trained["split"]["train_segments"] + trained["split"]["test_segments"] == extracted["segments"]
    assert trained["genres"] == extracted["genres"]
    assert sum(map(sum, trained["confusion"])) == trained["split"]["test_segments"]
    right = sum(row[i] for i, row in enumerate(trained["confusion"]))
    assert trained["accuracy"] == pytest.approx(right / trained["split"]["test_segments"])
    assert {"parameters", "seconds", "loss", "track_accuracy", "macro_f1", "data"} <= set(trained)

    # The folder itself, not the table: what was trained on is known by its content.
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
    assert {"start_s", "end_s", "genre", "probabilities"} <= set(predicted[0]["segments"][0])
    assert predicted[0]["warnings"] == []


def test_one_bad_file_does_not_stop_the_others(capsys: Capture, songs: Path) -> None:
    files = [str(songs / name) for name in ("text.mp3", "adagio.wav", "none.wav")]
    assert main(["predict", *files, "--json"]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "2 of 3 files" in said.err
    bad, good, none = json.loads(said.out)
    assert good["file"] == files[1]
    assert "genre" in good
    assert "isn't audio" in bad["error"]
    assert "no such file" in none["error"]


def test_evaluate_of_the_bundled_run_on_its_own_data_gives_its_own_score(capsys: Capture) -> None:
    document = answer(capsys, "evaluate")
    (run,) = [run for run in answer(capsys, "runs") if run["run"] == "paper-random"]
    assert not run["default"]
    assert document["accuracy"] == pytest.approx(run["accuracy"])
    assert document["seen"]["segments"] == run["split"]["train_segments"]
    assert document["shared_tracks"] == run["split"]["shared_tracks"]


def test_runs_are_named_by_default_and_listed(capsys: Capture) -> None:
    trained = answer(capsys, "train", *QUICK)
    assert trained["data"] == "bundled"
    assert trained["split"]["kind"] == "random"
    assert answer(capsys, "runs")[0]["run"] == trained["run"]
    assert answer(capsys, "evaluate", "--run", trained["run"], "--data", "bundled")["segments"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--split", "artist?"], "no split"),
        (["train", "--layers", "512,many"], "layers"),
        (["train", "--dropout", "1.5"], "dropout"),
        (["train", "--epochs", "few"], "epochs"),
        (["train", "--model", "oracle"], "no model"),
        (["train", "--model", "oracle", "--help-settings"], "no model"),
        (["train", "--model", "svm", "--set", "depth=3"], "no setting 'depth'"),
        (["train", "--model", "svm", "--set", "c"], "NAME=VALUE"),
        (["train", "--model", "svm", "--set", "c=much"], "must be a number"),
        (["train", "--model", "svm", "--set", "kernel=none"], "one of rbf, linear"),
        (["train", "--model", "knn", "--layers", "8"], "no setting 'layers'"),
        (["train", "--model", "cnn", "--features", "paper"], "learns from pictures"),
        (["train", "--model", "svm", "--features", "mel"], "learns from numbers"),
        (["train", "--model", "cnn", "--features", "wide-mel"], "not bundled"),
        (["train", "--split", "fault-filtered"], "the whole of GTZAN"),
        (["train", "--split", "column"], "no column `split`"),
        (["train", "--folds", "1"], "folds"),
        (["train", "--folds", "30"], "folds"),
        (["train", "--split", "fault-filtered", "--folds", "3"], "no folds"),
        (["compare", "nobody"], "no run nobody"),
        (["report", "paper-track", "--out", "report.pdf"], "report.pdf"),
        (["report", "nobody", "--out", "report.html"], "no run nobody"),
        (["doctor", "nowhere"], "no nowhere"),
        (["train", "--features", "tea leaves"], "no feature set"),
        (["train", "--test-size", "0"], "test share"),
        (["train", "--data", "nowhere"], "no nowhere"),
        (["extract", "nowhere"], "no nowhere"),
        (["extract", "bundled", "--jobs", "0"], "--jobs"),
        (["evaluate", "--run", "none", "--data", "bundled"], "no run none"),
        (["evaluate", "--run", "~nobody_here/run"], "can't be reached"),
        (["train", "--seed", "99999999999"], "Seeds"),
        (["extract", "bundled", "--out", "table.csv"], ".parquet"),
        (["predict"], "FILE"),
        (["extract", "bundled", "--part", "vocals"], "not bundled"),
        (["extract", "bundled", "--part", "drums"], "no part 'drums'"),
        (["separate", "nowhere.wav", "--out", "parts"], "nowhere.wav"),
        (["separate", "song.wav"], "--out"),
        (["sing"], "sing"),
        ([], "COMMAND"),
        (["runs", "--loud"], "--loud"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(capsys: Capture, arguments: list[str], message: str) -> None:
    for flag in ([], ["--json"]):
        assert main([*arguments, *flag]) == 2
        said = capsys.readouterr()
        assert said.err.count("\n") == 1
        assert message in said.err
        assert json.loads(said.out)["error"] in said.err if flag else not said.out


def test_names_with_brackets_are_shown_as_they_are(capsys: Capture, songs: Path, tmp_path: Path) -> None:
    odd = tmp_path / "song [bold] [red].wav"
    odd.write_bytes((songs / "adagio.wav").read_bytes())
    assert main(["predict", str(odd)]) == 0
    assert odd.name in capsys.readouterr().out


def test_people_get_words_and_a_table(capsys: Capture, songs: Path) -> None:
    assert main(["predict", str(songs / "adagio.wav")]) == 0
    said = capsys.readouterr().out
    assert "adagio.wav: classical" in said
    assert load_run(DEFAULT_RUN).info.split.test_set in " ".join(said.split())
    assert main(["runs"]) == 0
    assert "paper-track" in capsys.readouterr().out
    assert main(["evaluate", "--run", "paper-track", "--data", "bundled"]) == 0
    assert "left out" in capsys.readouterr().out


def test_a_process_keeps_its_streams_apart_and_needs_no_tensorflow(songs: Path) -> None:
    code = (
        "import sys; from genre_core.cli import main; status = main(sys.argv[1:]); "
        "sys.exit(9 if 'tensorflow' in sys.modules else status)"
    )
    arguments = [sys.executable, "-c", code, "predict", str(songs / "adagio.wav"), "--json"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["genre"]


def test_python_m_genre_core_says_one_line_whatever_c_libraries_say(songs: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.mp3"
    damaged.write_bytes(b"\xff\xfb\x90\x00" * 2000)
    command = [sys.executable, "-m", "genre_core", "predict", str(damaged)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "damaged.mp3" in done.stderr


# --- every model and split, comparing, reporting, the doctor --------------------------------------------------------


def test_train_tells_intervals_folds_and_what_was_left_out(capsys: Capture) -> None:
    document = answer(capsys, "train", "--model", "svm", "--set", "c=3", "--split", "artist", "--folds", "3")
    assert document["model"] == "svm"
    assert document["settings"]["c"] == 3
    assert len(document["folds"]) == 3
    assert {"accuracy", "track_accuracy", "macro_f1", "log_loss", "segments", "tracks"} <= set(document["folds"][0])
    for name in ("accuracy", "track_accuracy"):
        low, high = document["ci95"][name]
        assert 0 <= low <= document[name] <= high <= 1
    assert document["log_loss"] > 0
    assert document["split"]["untested_genres"] == ["blues", "classical", "reggae", "rock"]
    assert sum(document["split"]["left_out"].values()) == 4
    assert document["selection"] is None
    assert document["split"]["shared_tracks"] == 0


def test_a_cnn_learns_from_bundled_pictures(capsys: Capture) -> None:
    quick = ("--set", "filters=4", "--epochs", "2")
    document = answer(capsys, "train", "--model", "cnn", "--features", "mel+scalogram", "--split", "track", *quick)
    assert document["features"] == "mel+scalogram"
    assert document["epochs"] == 2


def test_the_settings_of_a_model_are_listed(capsys: Capture) -> None:
    document = answer(capsys, "train", "--model", "forest", "--help-settings")
    assert [item["name"] for item in document] == ["trees", "leaf", "share"]
    assert document[0]["default"] == 300
    assert main(["train", "--model", "mlp", "--help-settings"]) == 0
    assert "512,256,128,64" in capsys.readouterr().out


def test_runs_of_different_splits_are_compared_but_not_ranked(capsys: Capture) -> None:
    document = answer(capsys, "compare", "paper-random", "paper-track")
    assert [run["run"] for run in document["runs"]] == ["paper-random", "paper-track"]
    assert document["best"] == {}
    assert "can't be ranked" in document["warnings"][0]
    assert answer(capsys, "compare", "paper-random")["warnings"] == []
    assert main(["compare", "paper-random", "paper-track"]) == 0
    assert "can't be ranked" in " ".join(capsys.readouterr().out.split())


def test_a_run_is_written_as_a_report(capsys: Capture, tmp_path: Path) -> None:
    for name in ("report.html", "report.csv"):
        assert answer(capsys, "report", "paper-track", "--out", str(tmp_path / name))["out"] == str(tmp_path / name)
    assert "split by track" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "report.csv").read_text(encoding="utf-8").count("\n") == 300


def test_the_doctor_names_what_is_wrong(capsys: Capture, demo_folder: Path) -> None:
    document = answer(capsys, "doctor", "bundled")
    (lonely,) = [finding for finding in document["findings"] if finding["kind"] == "one-artist"]
    assert len(lonely["tracks"]) == 40
    assert "clipping" in document["unchecked"]
    heard = answer(capsys, "doctor", str(demo_folder))
    assert heard["heard"] == heard["tracks"]
    assert "clipping" not in heard["unchecked"]
    assert main(["doctor", "bundled"]) == 0
    assert "one-artist" in capsys.readouterr().out


# --- parts of songs --------------------------------------------------------------------------------------------------


def test_a_song_is_written_part_by_part(capsys: Capture, songs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "parts"
    document = answer(capsys, "separate", str(songs / "adagio.wav"), "--out", str(folder))
    assert [item["part"] for item in document["parts"]] == ["vocals", "accompaniment", "harmonic", "percussive"]
    assert {item["file"] for item in document["parts"]} == {str(path) for path in folder.iterdir()}
    sounds = {item["part"]: audio.load_audio(item["file"], min_seconds=0).samples for item in document["parts"]}
    mix = audio.load_audio(songs / "adagio.wav").samples
    for one, other in (("vocals", "accompaniment"), ("harmonic", "percussive")):
        np.testing.assert_allclose(sounds[one] + sounds[other], mix, atol=2 / 32_768)  # each is rounded to 16 bits
    assert document["duration_s"] == pytest.approx(7)
    assert main(["separate", str(songs / "adagio.wav"), "--out", str(folder)]) == 0
    assert "adagio.vocals.wav" in capsys.readouterr().out


def test_what_cannot_be_heard_or_written_is_one_line(capsys: Capture, songs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for file, out in (("text.mp3", tmp_path / "parts"), ("adagio.wav", tmp_path / "file")):
        assert main(["separate", str(songs / file), "--out", str(out)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_a_run_of_one_part_takes_it_out_of_what_it_judges(
    capsys: Capture, demo_folder: Path, tmp_path: Path, songs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table, run = "demo-instruments.parquet", str(tmp_path / "run")
    extracted = answer(capsys, "extract", str(demo_folder), "--part", "accompaniment", "--jobs", "1")
    assert extracted["out"] == table
    assert extracted["part"] == "accompaniment"
    assert extracted["features"] == "paper@accompaniment"
    trained = answer(capsys, "train", "--data", table, "--model", "lda", "--split", "track", "--out", run)
    assert trained["features"] == "paper@accompaniment"
    # The folder, which is taken apart anew: the segments are known again, and the scores are the same.
    evaluated = answer(capsys, "evaluate", "--run", run, "--data", str(demo_folder))
    assert evaluated["seen"]["segments"] == trained["split"]["train_segments"]
    assert evaluated["confusion"] == trained["confusion"]
    (predicted,) = answer(capsys, "predict", str(songs / "adagio.wav"), "--run", run, "--hop", "3")
    model, clip = load_run(run), audio.load_audio(songs / "adagio.wav")
    instruments = feature_set("paper").extract_segments(separation.extract_stem(clip, "accompaniment").samples)
    expected = model.calibrated(model.probabilities(instruments).mean(axis=0), 7 / SEGMENT_SECONDS)
    np.testing.assert_allclose([*predicted["probabilities"].values()], expected, atol=1e-5)
    mixed = str(tmp_path / "mix.parquet")
    answer(capsys, "extract", str(demo_folder), "--part", "mix", "--out", mixed, "--jobs", "1")
    assert main(["evaluate", "--run", run, "--data", mixed]) == 2
    assert "paper@accompaniment" in capsys.readouterr().err


def test_predict_says_all_that_a_verdict_holds(capsys: Capture, tmp_path: Path) -> None:
    song = tmp_path / "turncoat.wav"
    song.write_bytes(audio.wav_bytes(synthesis.song("turncoat").clip()))
    (said,) = answer(capsys, "predict", str(song), "--hop", "3")
    assert said["segments"][1]["start_s"] == pytest.approx(3, abs=1e-3)
    assert said["runner_up"] == sorted(said["probabilities"], key=lambda genre: -said["probabilities"][genre])[1]
    assert {"tag", "score"} <= set(said["tags"][0])
    assert len(said["tags"]) == 50
    assert set(said["trust"]) == {"score", "reasons"} and 0 <= said["trust"]["score"] <= 1
    assert {"track", "similarity"} <= set(said["similar"][0])
    (change,) = said["changes"]
    assert set(change) == {"time_s", "from", "to", "confidence"}
    assert change["time_s"] == pytest.approx(synthesis.CHANGE_S, abs=3)
    assert main(["predict", str(song)]) == 0
    told = capsys.readouterr().out
    assert re.search(r"change at 1\d\.\d s from \w+ to \w+", told)
    assert main(["predict", str(song), "--hop", "0.1"]) == 2
    assert "0.5 to 30 s" in capsys.readouterr().err


def test_explain_gives_the_reasons_of_the_core(capsys: Capture, songs: Path) -> None:
    file = str(songs / "furnace.wav")
    said = answer(capsys, "explain", file)
    run = load_run(runs.DEFAULT_RUN)
    predicted = predict_file(file, run)
    told = explanation.explain(run, predicted.values[predicted.prediction.is_counted], predicted.prediction.genre)
    assert said["genre"] == predicted.prediction.genre
    assert [part["name"] for part in said["groups"]] == [part.name for part in told.groups]
    assert said["features"][0]["effect"] == pytest.approx(told.features[0].effect, abs=1e-6)
    picture = answer(capsys, "explain", file, "--run", "lab-cnn", "--genre", "jazz")
    assert picture["genre"] == "jazz"
    assert np.array(picture["blocks"]).shape == (8, 8)
    assert picture["end_s"] - picture["start_s"] == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["text.mp3"], "isn't audio"), (["adagio.wav", "--genre", "polka"], "knows no genre 'polka'")],
)
def test_what_cannot_be_explained_is_one_sentence(
    capsys: Capture, songs: Path, arguments: list[str], said: str
) -> None:
    assert main(["explain", str(songs / arguments[0]), *arguments[1:]]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
