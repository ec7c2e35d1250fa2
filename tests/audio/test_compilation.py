"""librosa's functions are compiled once, however many processes start at the same time."""

import os
import subprocess
import sys
from pathlib import Path

TRACK_BEATS = """
import numpy as np
from genre_core.audio import Clip
from genre_core.audio.analysis import beats
clicks = np.tile(np.r_[np.ones(200), np.zeros(10_825)], 24).astype(np.float32)
print(round(beats(Clip(clicks, 22_050)).tempo_bpm))
"""


def test_processes_that_start_together_compile_once_and_all_track_beats(tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TRACK_BEATS],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=600) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], answers
    assert {answer for answer, _ in answers} == {"117\n"}
    (done,) = (file for file in tmp_path.glob("compiled-*") if file.suffix != ".lock")
    compiled = list(tmp_path.rglob("guf-*"))
    assert compiled
    assert max(file.stat().st_mtime_ns for file in compiled) <= done.stat().st_mtime_ns


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    code = "from genre_core.audio.compilation import compile_librosa; compile_librosa()"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(in_the_way)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, timeout=600).returncode == 0
