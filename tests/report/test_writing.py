"""A report is written to a file, whole or not at all."""

from pathlib import Path

import pytest

from genre_core import report
from genre_core.errors import ConfigError, StorageError
from genre_core.runs import load_run


@pytest.mark.parametrize("name", ["run.html", "run.CSV"])
def test_an_existing_file_is_replaced(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    out.write_text("before", encoding="utf-8")
    run = load_run("paper-track")
    report.write_report(run, out)
    assert out.read_bytes().decode() == (report.html_report if name.endswith("html") else report.predictions_csv)(run)
    assert list(tmp_path.iterdir()) == [out]


def test_another_suffix_or_a_folder_is_refused(tmp_path: Path) -> None:
    run = load_run("paper-track")
    with pytest.raises(ConfigError, match=r"\.html or \.csv file"):
        report.write_report(run, tmp_path / "run.pdf")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(StorageError):
        report.write_report(run, tmp_path / "folder.html")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]
