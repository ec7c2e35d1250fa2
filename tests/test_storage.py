"""Folders on disk, and files and folders that are written atomically."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from genre_core import storage
from genre_core.errors import StorageError


def test_home_is_the_folder_in_the_environment(home: Path) -> None:
    assert storage.home() == home
    assert storage.runs_dir().parent == storage.cache_dir().parent == storage.downloads_dir().parent == home


def test_a_file_is_written_completely_or_left_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    with storage.writing_file(path) as partial:
        partial.write_text("first")
    with pytest.raises(RuntimeError), storage.writing_file(path) as partial:
        partial.write_text("half")
        raise RuntimeError
    assert path.read_text() == "first"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_is_written_completely_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with pytest.raises(RuntimeError), storage.writing_folder(path) as partial:
        (partial / "a").write_text("half")
        raise RuntimeError
    assert not list(tmp_path.glob("*run*")) and not [p for p in tmp_path.iterdir() if storage.is_partial(p)]
    with storage.writing_folder(path) as partial:
        (partial / "a").write_text("whole")
    assert (path / "a").read_text() == "whole"
    with pytest.raises(StorageError, match="already exists"), storage.writing_folder(path):
        pass
    assert (path / "a").read_text() == "whole"


def test_a_full_disk_gives_a_message_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("before")
    with pytest.raises(StorageError, match=r"No space left.*GENRE_LAB_HOME"), storage.writing_file(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert path.read_text() == "before"


def test_a_folder_that_is_not_writable_is_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="GENRE_LAB_HOME"):
        storage.check_writable(tmp_path / "file" / "run")
    with pytest.raises(StorageError, match="already exists"):
        storage.check_writable(tmp_path / "file")
    with pytest.raises(StorageError, match="too long"):
        storage.check_writable(tmp_path / ("x" * 300))


def test_what_is_claimed_is_refused_to_others_until_the_work_ends(tmp_path: Path) -> None:
    with storage.claimed(tmp_path / "run"):
        with pytest.raises(StorageError, match="already"), storage.claimed(tmp_path / "sub" / ".." / "run"):
            pass
        with storage.claimed(tmp_path / "other"):
            pass
    with storage.claimed(tmp_path / "run"):
        assert {place.name for place in tmp_path.iterdir()} <= {"sub"}


def test_a_claim_ends_with_its_process(tmp_path: Path) -> None:
    script = "import sys, pathlib; from genre_core import storage; claim = storage.claimed(pathlib.Path(sys.argv[1])); "
    script += "claim.__enter__(); print('claimed', flush=True); input()"
    command = [sys.executable, "-c", script, str(tmp_path / "run")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"claimed\n"
        with pytest.raises(StorageError, match="already"), storage.claimed(tmp_path / "run"):
            pass
        process.kill()
    with storage.claimed(tmp_path / "run"):
        pass


@pytest.mark.parametrize("folder", ["a\0b", "\ud800", "/" + "a" * 5000], ids=["zero", "half a pair", "too long"])
def test_a_setting_that_is_no_path_counts_as_missing(folder: str, home: Path) -> None:
    home.mkdir()
    (home / "settings.json").write_text(json.dumps({"audio_folder": folder, "other": "/x"}), encoding="utf-8")
    assert "audio_folder" not in storage.read_settings()


def test_settings_are_saved_and_a_damaged_file_counts_as_empty(home: Path) -> None:
    assert storage.read_settings() == {}
    storage.write_setting("audio_folder", "/music")
    storage.write_setting("other", "x")
    assert storage.read_settings() == {"audio_folder": "/music", "other": "x"}
    (home / "settings.json").write_text("{ not json")
    assert storage.read_settings() == {}


def test_what_a_killed_process_left_behind_is_deleted(home: Path) -> None:
    code = """
import os, signal, sys
from genre_core import storage
with storage.writing_folder(storage.runs_dir() / "run") as folder, storage.scratch_folder() as scratch:
    (folder / "run.json").write_text("half")
    print(scratch, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    scratch = Path(killed.stdout.strip())
    of_another_machine = storage.runs_dir() / ".partial-00000000-1-abc"
    of_another_machine.mkdir()
    with storage.writing_file(storage.runs_dir() / "file") as partial:
        partial.write_text("whole")
        assert scratch.is_dir() and len(list(storage.runs_dir().iterdir())) == 3
        removed = storage.remove_abandoned()
        assert len(removed) == 2 and scratch in removed
    assert not scratch.exists()
    assert sorted(storage.runs_dir().iterdir()) == [of_another_machine, storage.runs_dir() / "file"]
