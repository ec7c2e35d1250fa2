"""Songs for the tests of batches."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from genre_core import audio, runs
from genre_core.audio import synthesis
from genre_core.prediction.batch import cluster
from genre_core.runs import Run
from tests.prediction.batch.helpers import RUN, DaskCluster
from tests.waiting import PATIENCE_S


@pytest.fixture(scope="module")
def run() -> Run:
    return runs.load_run(RUN)


@pytest.fixture(scope="module")
def wavs() -> list[bytes]:
    """Four songs, as short as can be predicted."""
    return [audio.wav_bytes(song.clip(seconds=3.1)) for song in synthesis.SONGS[:4]]


@pytest.fixture
def music(tmp_path: Path, wavs: list[bytes]) -> Path:
    """Five songs in nested folders, three files that can't be decoded, and files that are no songs."""
    folder = tmp_path / "music"
    for name, content in {
        "b/Adagio.WAV": wavs[0],
        "b/deep/er/floorfiller.wav": wavs[1],
        "a/furnace.wav": wavs[2],
        "a/furnace, again.wav": wavs[2],
        "=1+1.wav": wavs[3],
        "empty.flac": b"",
        "text.mp3": b"this is no music",
        "cut.wav": wavs[0][:100],
        "cover.jpg": b"",
        ".hidden.wav": wavs[0],
        ".hidden/song.wav": wavs[0],
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "a" / "up").symlink_to(folder)
    (folder / "a" / "nothing.wav").symlink_to("nowhere.wav")
    return folder


@pytest.fixture
def dask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DaskCluster]:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "CONNECT_S", PATIENCE_S)
    monkeypatch.setattr(cluster, "WORKERS_S", PATIENCE_S)
    started = DaskCluster(tmp_path)
    yield started
    started.kill()
