"""Processes that are killed at random moments, a disk that fills up, and two processes on one home: all that is written
is whole or absent, and everything goes on.

A few kills here, and 50 by `make soak`; the moments are made by their numbers, as far as a clock allows.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from genre_core import audio, datasets, runs, storage
from genre_core.audio import synthesis
from tests import changed_uploads, fault_process
from tests.hostile_files import PROJECT
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals of POSIX")

KILLS = {"extract": 1, "import": 1, "save": 1, "train": 1}
"""Number of kills of the quick part, for each kind of work."""
SOAK_KILLS = {"extract": 15, "import": 10, "save": 15, "train": 10}
LATEST_S = {"extract": 3.0, "import": 2.0, "save": 3.0, "train": 8.0}
"""A process is killed at most so long after it began to work."""
ROUNDS = 3


@pytest.fixture
def folder(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four songs in two genres, and a table; the temporary folder of all processes is beside it."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    music = tmp_path / "music"
    for number, song in enumerate(synthesis.SONGS[:4]):
        path = music / ("blues", "rock")[number % 2] / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(audio.wav_bytes(song.clip(seconds=4)))
    (music / "table.csv").write_text(changed_uploads.csv_table(), encoding="utf-8")
    home.mkdir()
    return music


def start(work: str, folder: Path, mode: str) -> subprocess.Popen[str]:
    """Start a process that works; the output is read as text."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fault_process", work, str(folder), mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def kill_at_a_moment(work: str, folder: Path, rng: np.random.Generator) -> None:
    """Kill a process at a random moment; those that it started end by themselves, or are killed instead of it."""
    with start(work, folder, "killed") as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        with suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0, LATEST_S[work]))
        assert process.poll() is None
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert not alive


def check_whole(home: Path) -> int:
    """Whether all that is stored is whole; returns the number of things."""
    assert not runs.list_damaged_runs()
    mine = [info for info in runs.list_runs() if not runs.is_bundled(info)]
    for info in mine:
        run = runs.load_run(info.name)
        assert run.seen(run.training_signatures[:1]).shape == (1,)
        assert run.evaluation().scores and run.history() is not None
    entries = [path for path in (home / "cache").rglob("*.npz") if not storage.is_partial(path)]
    for path in entries:
        with np.load(path) as file:
            assert np.isfinite(file["values"]).all() and file["warning"].shape == ()
    tables = [path for path in (home / "tables").glob("*.parquet") if not storage.is_partial(path)]
    for path in tables:
        assert datasets.read_dataset(path, path.name).n_tracks == 4
    with suppress(FileNotFoundError):
        assert json.loads((home / "settings.json").read_text(encoding="utf-8"))
    return len(mine) + len(entries) + len(tables)


def leftovers(home: Path, folder: Path) -> list[Path]:
    """What is still being written, or was left."""
    temporary = folder.parent / "temporary"
    return [*(path for path in home.rglob("*") if storage.is_partial(path)), *temporary.glob("genre-lab-*-*")]


def check_kills(home: Path, folder: Path, kills: dict[str, int], seed: int) -> tuple[int, int]:
    """Kill processes, and look each time; returns how many things were whole, and how many half-written."""
    whole = left = 0
    for work, count in kills.items():
        for number in range(count):
            kill_at_a_moment(work, folder, np.random.default_rng([seed, len(work), number]))
            whole += check_whole(home)
            left += len(leftovers(home, folder))
            storage.remove_abandoned()
            assert not leftovers(home, folder)
        fault_process.work_on(work, folder, 1)
        assert check_whole(home)
    return whole, left


def test_what_a_killed_process_wrote_is_whole_or_absent(home: Path, folder: Path) -> None:
    check_kills(home, folder, KILLS, seed=1)


@pytest.mark.soak
def test_fifty_kills(home: Path, folder: Path) -> None:
    whole, left = check_kills(home, folder, SOAK_KILLS, seed=2)
    kills = ", ".join(f"{count} of {work}" for work, count in SOAK_KILLS.items())
    print(f"\nkilled: {kills}; {whole} things found whole, {left} half-written ones removed, none visible")


def state(home: Path) -> dict[str, bytes]:
    """The files of a home."""
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file() and "cache" not in path.parts}


@pytest.fixture
def limits() -> list[int]:
    """Sizes in bytes at which files stop growing."""
    rng = np.random.default_rng(3)
    return [0, 1, 100, *np.exp(rng.uniform(5, 13, size=9)).astype(int).tolist()]


@pytest.mark.parametrize("work", ["extract", "import", "save"])
def test_a_disk_that_fills_up_is_said_in_a_sentence(home: Path, folder: Path, work: str, limits: list[int]) -> None:
    fault_process.work_on(work, folder, 1)
    refused = 0
    with start(work, folder, "full") as process:
        assert process.stdin and process.stdout
        for limit in limits:
            before = state(home)
            shutil.rmtree(home / "cache", ignore_errors=True)  # or else nothing is written
            print(limit, file=process.stdin, flush=True)
            answer = json.loads(process.stdout.readline())
            assert answer["is_sentence"], answer["error"]
            if answer["error"]:
                assert "free some space" in answer["error"] and "\n" not in answer["error"]
                assert before.items() <= state(home).items() or work == "save"
                refused += 1
            check_whole(home)
            assert not leftovers(home, folder)
        process.stdin.close()
    assert refused > 0
    fault_process.work_on(work, folder, 1)


def test_two_processes_on_one_home(home: Path, folder: Path) -> None:
    processes = [start(work, folder, str(ROUNDS)) for work in ("save", "extract") * 2]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0] * len(processes)
    assert check_whole(home) and not leftovers(home, folder)
