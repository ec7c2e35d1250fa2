"""Memory stays flat when the same work is done many times: `make soak`."""

import gc
import tracemalloc
from pathlib import Path

import psutil
import pytest

from genre_core import audio, runs
from genre_core.audio import synthesis
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.models.config import MlpConfig
from genre_core.prediction import HOP_S, predict_file
from genre_core.prediction.batch import BatchConfig, SongFile, predict_folder, table
from genre_core.prediction.batch.entry import Entry
from genre_core.prediction.batch.journal import open_journal
from genre_core.training import Trainer

pytestmark = pytest.mark.soak

MOST_GROWTH_MB = 50


def resident_mb() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def test_predicting_many_songs_keeps_memory_flat() -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    songs = [audio.wav_bytes(song.clip(seconds=12)) for song in synthesis.SONGS]
    for song in songs * 4:
        predict_file(song, run)
    before = resident_mb()
    for song in songs * 60:
        predict_file(song, run)
    print(f"\n300 songs predicted: memory grew by {resident_mb() - before:.1f} MB")
    assert resident_mb() - before < MOST_GROWTH_MB


def test_many_trainings_keep_the_memory_of_app_and_worker_flat(trainer: Trainer, bundled: Dataset) -> None:
    def train() -> None:
        trainer.start(bundled, MlpConfig(layers=(64,), epochs=3), SplitConfig()).result()

    def worker_mb() -> float:
        return sum(child.memory_info().rss for child in psutil.Process().children()) / 1e6

    for _ in range(5):
        train()
    app, worker = resident_mb(), worker_mb()
    for _ in range(40):
        train()
    print(f"\n40 trainings: the app grew by {resident_mb() - app:.1f} MB, the worker by {worker_mb() - worker:.1f} MB")
    assert resident_mb() - app < MOST_GROWTH_MB
    assert worker_mb() - worker < 8 * MOST_GROWTH_MB


def test_a_large_batch_keeps_memory_flat(tmp_path: Path) -> None:
    """Memory of the process that collects the rows; the test above is about the processes that predict."""
    run = runs.load_run(runs.DEFAULT_RUN)
    music, out = tmp_path / "music", tmp_path / "songs.parquet"
    music.mkdir()
    songs = [audio.wav_bytes(song.clip(seconds=3.1)) for song in synthesis.SONGS]
    growth = []

    def progress(done: int, total: int) -> None:
        if done % 200 == 0:
            growth.append(resident_mb())

    for i in range(1200):
        (music / f"{i}.wav").write_bytes(songs[i % len(songs)])
    result = predict_folder(music, out, run, progress=progress)
    print(f"\n{result.predicted} songs in a batch: memory after each 200: {[round(mb) for mb in growth]} MB")
    assert result.predicted == 1200
    assert growth[-1] - growth[1] < MOST_GROWTH_MB


def test_the_journal_and_the_table_of_many_songs_need_no_more_memory_than_of_few(tmp_path: Path) -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    config = BatchConfig.of(tmp_path, run, HOP_S)
    row = {f"p_{genre}": 0.1 for genre in run.info.genres} | {"genre": "jazz", "tags": "jazz; instrumental"}

    def peak_mb(count: int) -> float:
        out = tmp_path / f"{count}.parquet"
        songs = (SongFile(b"%07d.wav" % i, 1, 1, f"{i:064x}") for i in range(count))
        tracemalloc.start()
        try:
            with open_journal(out, config) as journal:
                assert journal.update_files(songs) == journal.pending() == count
                last = b""
                while some := journal.next_pending(last, 400):
                    for song in some:
                        journal.add(Entry(song, row))
                    last = some[-1].path
                assert journal.pending() == journal.failed() == 0
                table.write(out, journal.entries(), run.info.genres, run.info.name)
            return tracemalloc.get_traced_memory()[1] / 1e6
        finally:
            tracemalloc.stop()

    few, many = peak_mb(10_000), peak_mb(60_000)
    print(f"\nat most {few:.1f} MB for 10 000 songs and {many:.1f} MB for 60 000")
    assert many < few + 5
