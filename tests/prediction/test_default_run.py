"""The default run: its split and calibration, its predictions, and the reference tracks beside it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from genre_core import runs
from genre_core.audio import synthesis
from genre_core.datasets.splits import SPLIT_KINDS
from genre_core.features import embedding
from genre_core.prediction import predict_file, predict_song, reference


def test_the_default_run_has_an_artist_split_and_is_calibrated() -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    assert run.info.split.kind == "artist" in SPLIT_KINDS
    assert run.info.counts.shared_tracks == 0
    evaluation = run.evaluation()
    assert evaluation.scores == run.info.scores
    assert run.info.ci95["track_accuracy"].low > 0.65
    assert evaluation.calibration.error < 0.06


def test_the_default_run_predicts_a_soft_song_like_a_loud_one() -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    clip = synthesis.song("furnace").clip(seconds=9.1)
    soft = type(clip)(clip.samples * np.float32(0.1), clip.rate)
    loud, quiet = (predict_song(each, run).prediction.probabilities for each in (clip, soft))
    assert loud == pytest.approx(quiet, abs=0.01)


def test_the_default_run_recognizes_its_training_tracks(gtzan_mini: Path) -> None:
    path = gtzan_mini / "blues" / "blues.00003.wav"
    prediction = predict_file(str(path), runs.load_run(runs.DEFAULT_RUN), hop_s=3.0).prediction
    assert prediction.genre == "blues"
    assert any("contains this recording" in warning for warning in prediction.warnings)


def test_the_reference_contains_every_training_track() -> None:
    table = pd.read_parquet(reference.FOLDER / reference.FILE)
    from_audio = table.groupby("track")["from_audio"].first()
    assert len(from_audio) == 629
    assert from_audio.sum() == 127
    assert set(embedding.COLUMNS) < set(table.columns)
    assert np.isfinite(table[[*embedding.COLUMNS]].to_numpy()).all()
