"""`genre-lab export` and `genre-lab import`."""

import zipfile
from pathlib import Path

from genre_core import runs
from genre_core.cli import main
from tests.command_line import Capture, answer


def test_a_run_is_exported_and_imported(capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "run.zip"
    assert answer(capsys, "export", "paper-track", "--out", str(file)) == {"run": "paper-track", "out": str(file)}
    assert {"README.md", "predict.py", "report.html", "run/run.json"} <= set(zipfile.ZipFile(file).namelist())
    assert answer(capsys, "import", str(file)) == {"run": "paper-track-2", "file": str(file)}
    assert answer(capsys, "import", str(file), "--name", "mine")["run"] == "mine"
    assert {info.name for info in runs.list_runs()} >= {"paper-track-2", "mine"}


def test_what_can_t_be_exported_or_imported_is_one_sentence(capsys: Capture, tmp_path: Path) -> None:
    text = tmp_path / "notes.zip"
    text.write_text("no archive")
    for command in (
        ["export", "no-such-run", "--out", str(tmp_path / "run.zip")],
        ["export", "paper-track", "--out", str(tmp_path / "run.tar")],
        ["import", str(text)],
        ["import", str(tmp_path / "missing.zip")],
    ):
        assert main(command) == 2
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.count("\n") == 1, captured.err
