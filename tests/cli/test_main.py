"""What all commands share: errors, output streams and exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from genre_core.cli import main
from tests.command_line import Capture, validate


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
        (["train", "--model", "cnn", "--features", "paper"], "pictures"),
        (["train", "--model", "svm", "--features", "mel"], "svm"),
        (["train", "--model", "cnn", "--features", "wide-mel"], "'wide-mel'"),
        (["train", "--split", "fault-filtered"], "GTZAN"),
        (["train", "--split", "column"], "no column `split`"),
        (["train", "--folds", "1"], "folds"),
        (["train", "--folds", "30"], "folds"),
        (["train", "--split", "fault-filtered", "--folds", "3"], "no folds"),
        (["train", "--features", "tea leaves"], "no feature set"),
        (["train", "--test-size", "0"], "test size"),
        (["train", "--data", "nowhere"], "nowhere"),
        (["train", "--seed", "99999999999"], "eed"),
        (["compare", "nobody"], "no run nobody"),
        (["report", "paper-track", "--out", "report.pdf"], "report.pdf"),
        (["report", "nobody", "--out", "report.html"], "no run nobody"),
        (["doctor", "nowhere"], "nowhere"),
        (["extract", "nowhere"], "nowhere"),
        (["extract", "bundled", "--jobs", "0"], "--jobs"),
        (["extract", "bundled", "--out", "table.csv"], ".parquet"),
        (["extract", "bundled", "--stem", "vocals"], "paper@vocals"),
        (["extract", "bundled", "--stem", "drums"], "'drums'"),
        (["evaluate", "--run", "none", "--data", "bundled"], "no run none"),
        (["evaluate", "--run", "~nobody_here/run"], "can't be reached"),
        (["predict"], "FILE"),
        (["predict", "song.wav", "--jobs", "2"], "--out"),
        (["separate", "nowhere.wav", "--out", "stems"], "nowhere.wav"),
        (["separate", "song.wav"], "--out"),
        (["sing"], "sing"),
        ([], "COMMAND"),
        (["runs", "--loud"], "--loud"),
    ],
)
def test_an_error_is_one_line_on_standard_error_and_status_2(
    capsys: Capture, arguments: list[str], message: str
) -> None:
    for flag in ([], ["--json"]):
        assert main([*arguments, *flag]) == 2
        output = capsys.readouterr()
        assert output.err.count("\n") == 1
        assert output.err.startswith("genre-lab: ")
        assert message in output.err
        if flag:
            document = json.loads(output.out)
            validate(document, "error")
            assert document["error"] in output.err
        else:
            assert not output.out


@pytest.mark.parametrize("flag", [["--part", "vocals"], ["--part=vocals"], ["--part"]])
def test_an_old_flag_is_answered_with_its_new_name(capsys: Capture, flag: list[str]) -> None:
    assert main(["extract", "bundled", *flag]) == 2
    assert capsys.readouterr().err == "genre-lab: The flag --part is called --stem now.\n"


def test_an_old_name_of_a_setting_is_answered_with_its_new_name(capsys: Capture) -> None:
    assert main(["train", "--model", "knn", "--set", "neighbours=3"]) == 2
    assert capsys.readouterr().err == "genre-lab: The setting neighbours is called neighbors now.\n"


def test_help_names_every_command_and_no_old_flag(capsys: Capture) -> None:
    for arguments in (["--help"], ["extract", "--help"]):
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        assert exit_.value.code == 0
    output = capsys.readouterr().out
    for command in ("app", "predict", "train", "evaluate", "runs", "doctor"):
        assert f"    {command} " in output
    assert "usage: genre-lab" in output
    assert "--stem" in output
    assert "--part" not in output


def test_file_names_with_brackets_are_printed_as_they_are(capsys: Capture, songs: Path, tmp_path: Path) -> None:
    odd = tmp_path / "song [bold] [red].wav"
    odd.write_bytes((songs / "adagio.wav").read_bytes())
    assert main(["predict", str(odd)]) == 0
    assert odd.name in capsys.readouterr().out


def test_standard_output_holds_the_document_alone_and_tensorflow_is_not_loaded(songs: Path) -> None:
    code = (
        "import sys; from genre_core.cli import main; status = main(sys.argv[1:]); "
        "sys.exit(9 if 'tensorflow' in sys.modules else status)"
    )
    arguments = [sys.executable, "-c", code, "predict", str(songs / "adagio.wav"), "--json"]
    done = subprocess.run(arguments, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["genre"]


def test_python_m_genre_core_prints_one_line_whatever_c_libraries_print(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.mp3"
    damaged.write_bytes(b"\xff\xfb\x90\x00" * 2000)
    command = [sys.executable, "-m", "genre_core", "predict", str(damaged)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("python -m genre_core: ")
    assert "damaged.mp3" in done.stderr


def test_commands_that_need_no_audio_load_no_audio_library() -> None:
    code = (
        "import sys; from genre_core.cli import main; "
        "assert main(['train', '--model', 'svm', '--help-settings']) == 0; "
        "sys.exit(9 if {'librosa', 'numba', 'sklearn', 'streamlit'} & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
