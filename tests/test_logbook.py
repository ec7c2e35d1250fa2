"""The log for the operator: a line an event, no content, and no harm where it can't be written."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from genre_core import logbook

LINE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ visitor=%s action=%s seconds=%s outcome=%s"


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    yield
    logbook.end()


def lines() -> list[str]:
    return logbook.log_file().read_text(encoding="utf-8").splitlines()


def test_an_event_is_one_line() -> None:
    logbook.begin()
    logbook.note("predict", "done", visitor="0123456789abcdef", seconds=0.4211)
    logbook.note("train", "failed")
    first, second = lines()
    assert re.fullmatch(LINE % ("01234567", "predict", "0.42", "done"), first)
    assert re.fullmatch(LINE % ("-", "train", "-", "failed"), second)


def test_nothing_is_written_before_it_begins(home: Path) -> None:
    logbook.note("predict", "done")
    assert not home.exists()


def test_it_begins_once_and_follows_the_home_folder(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        logbook.begin()
    logbook.note("start", "opened")
    assert len(lines()) == 1
    monkeypatch.setenv("GENRE_LAB_HOME", str(tmp_path / "other"))
    logbook.begin()
    logbook.note("start", "opened")
    assert len(lines()) == 1


def test_files_are_begun_anew_and_old_ones_deleted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logbook, "_BYTES", 300)
    logbook.begin()
    for _ in range(100):
        logbook.note("start", "opened")
    files = list((home / "logs").iterdir())
    assert len(files) == 6
    assert all(file.stat().st_size <= 300 for file in files)


def test_what_cannot_be_written_is_left_out(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "logs").write_text("in the way")
    logbook.begin()
    logbook.note("start", "opened")
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_is_no_error(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "logs").mkdir(parents=True)
    logbook.log_file().symlink_to("/dev/full")
    logbook.begin()
    logbook.note("start", "opened")
    logbook.end()
    assert capfd.readouterr() == ("", "")
