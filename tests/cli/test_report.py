"""`genre-lab report`."""

from pathlib import Path

from tests.command_line import Capture, answer


def test_a_run_is_written_as_html_and_csv(capsys: Capture, tmp_path: Path) -> None:
    for name in ("report.html", "report.csv"):
        document = answer(capsys, "report", "paper-track", "--out", str(tmp_path / name))
        assert document == {"run": "paper-track", "out": str(tmp_path / name)}
    assert "track split" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "report.csv").read_text(encoding="utf-8").count("\n") == 300
