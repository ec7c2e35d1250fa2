"""Finding, listing and opening runs; damaged and foreign ones are refused."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from genre_core import runs
from genre_core.errors import RunError
from genre_core.models.config import MlpConfig
from genre_core.runs import DamagedRun


def listed() -> list[str]:
    return [info.name for info in runs.list_runs()]


def test_a_run_is_found_by_name_and_by_folder(copied: Path) -> None:
    assert runs.load_run("copied").folder == runs.load_run(copied).folder == copied
    with pytest.raises(RunError, match="no run nowhere"):
        runs.load_run("nowhere")


def test_own_runs_are_listed_first_and_the_default_run_before_the_other_bundled_ones(copied: Path) -> None:
    assert listed() == ["copied", runs.DEFAULT_RUN, "lab-cnn", "paper-random", "paper-track", "two-networks"]
    assert [runs.is_bundled(info) for info in runs.list_runs()] == [False, True, True, True, True, True]


@pytest.mark.parametrize("name", runs.run_files(MlpConfig()))
@pytest.mark.parametrize("damage", ["missing", "truncated", "changed"])
def test_a_damaged_run_is_refused(copied: Path, name: str, damage: str) -> None:
    path = copied / name
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "truncated" else content[:-1] + b"?")
    with pytest.raises(RunError, match="damaged"):
        runs.load_run("copied")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": 1}', "not json"])
def test_a_foreign_run_is_refused_and_listed_as_damaged(copied: Path, text: str) -> None:
    assert "copied" in listed()
    (copied / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(RunError):
        runs.load_run("copied")
    assert "copied" not in listed()
    assert [run.name for run in runs.list_damaged_runs()] == ["copied"]


@pytest.mark.parametrize(
    "change",
    [{"created": None}, {"created": "yesterday"}, {"scores": None}, {"checksums": None}, {"genres": []}, {"x": 1}],
    ids=str,
)
def test_an_invalid_run_json_is_refused_and_listed_as_damaged(copied: Path, change: dict[str, Any]) -> None:
    path = copied / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(RunError, match=rf"run\.json is damaged: .*{next(iter(change))}") as error:
        runs.load_run("copied")
    assert "copied" not in listed()
    assert runs.list_damaged_runs() == [DamagedRun("copied", str(error.value))]
    runs.delete_run("copied")
    assert not copied.exists() and runs.list_damaged_runs() == []


def test_the_name_of_a_run_is_that_of_its_folder(copied: Path) -> None:
    renamed = copied.rename(copied.with_name("my best"))
    assert runs.load_run("my best").folder == renamed
    assert "my best" in listed()


def test_runs_that_are_being_written_are_not_listed(copied: Path) -> None:
    before = listed()
    shutil.copytree(copied, copied.parent / ".partial-abc")
    assert listed() == before
