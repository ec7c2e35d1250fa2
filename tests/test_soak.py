"""The same work many times over: does memory stay flat?  `make soak`."""

import gc

import psutil
import pytest

from genre_core import audio, demo, runs
from genre_core.datasets import Dataset
from genre_core.models.config import ModelConfig
from genre_core.prediction import judge_file
from genre_core.splits import SplitConfig
from genre_core.training import Trainer

pytestmark = pytest.mark.soak

MOST_GROWTH_MB = 50


def resident_mb() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def test_judging_many_songs_keeps_memory_flat() -> None:
    run = runs.load_run(runs.DEFAULT)
    songs = [audio.wav_bytes(song.clip(seconds=12)) for song in demo.SONGS]
    for song in songs * 4:
        judge_file(song, run)
    before = resident_mb()
    for song in songs * 60:
        judge_file(song, run)
    print(f"\n300 songs judged: memory grew by {resident_mb() - before:.1f} MB")
    assert resident_mb() - before < MOST_GROWTH_MB


def test_many_trainings_keep_the_memory_of_app_and_worker_flat(trainer: Trainer, bundled: Dataset) -> None:
    def train() -> None:
        trainer.start(bundled, ModelConfig(layers=(64,), epochs=3), SplitConfig()).result()

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
