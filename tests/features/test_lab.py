"""The answers of the lab's network, as a feature set and in the default run."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from genre_core import runs
from genre_core.audio import synthesis
from genre_core.datasets.splits import SPLIT_KINDS
from genre_core.errors import ConfigError, ModelError
from genre_core.features import FEATURE_SETS, embedding, feature_set, lab
from genre_core.models.config import LogisticConfig
from genre_core.prediction import predict_file, predict_song, reference
from genre_core.training import check_features

BOTH = FEATURE_SETS["leveled-embedding+lab"]


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return synthesis.song("shuffle").clip(seconds=15.5).samples


def test_it_says_what_the_run_lab_cnn_says(song: np.ndarray) -> None:
    rows = BOTH.extract_segments(song)
    assert rows.shape == (5, embedding.SIZE + len(lab.GENRES))
    run = runs.load_run("lab-cnn")
    assert run.info.genres == lab.GENRES
    expected = run.probabilities(run.feature_set.extract_segments(song))
    np.testing.assert_allclose(np.exp(rows[:, embedding.SIZE :]), np.maximum(expected, 1e-4), atol=1e-5)


def test_no_model_may_learn_from_it() -> None:
    with pytest.raises(ConfigError, match="was taught genres already"):
        check_features(LogisticConfig(), BOTH)
    check_features(LogisticConfig(), feature_set("leveled-embedding"))


def test_a_damaged_network_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, song: np.ndarray) -> None:
    folder = tmp_path / "lab"
    shutil.copytree(lab.FOLDER, folder)
    monkeypatch.setattr(lab, "FOLDER", folder)
    (folder / lab.NETWORK_FILE).write_bytes(b"no network")
    with pytest.raises(ModelError, match="damaged"):
        BOTH.extract_segments(song)


# --- the default run ------------------------------------------------------------------------------------------------


def test_the_default_run_is_tested_by_artist_and_is_calibrated() -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    assert run.info.split.kind == "artist" in SPLIT_KINDS
    assert run.info.counts.shared_tracks == 0
    evaluation = run.evaluation()
    assert evaluation.scores == run.info.scores
    assert run.info.ci95["track_accuracy"].low > 0.65
    assert evaluation.calibration.error < 0.06


def test_the_default_run_hears_a_soft_song_as_a_loud_one() -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    clip = synthesis.song("furnace").clip(seconds=9.1)
    soft = type(clip)(clip.samples * np.float32(0.1), clip.rate)
    loud, quiet = (predict_song(each, run).prediction.probabilities for each in (clip, soft))
    assert loud == pytest.approx(quiet, abs=0.01)


def test_the_default_run_knows_what_it_was_trained_on(gtzan_mini: Path) -> None:
    path = gtzan_mini / "blues" / "blues.00003.wav"
    prediction = predict_file(str(path), runs.load_run(runs.DEFAULT_RUN), hop_s=3.0).prediction
    assert prediction.genre == "blues"
    assert any("was trained on 10 of these 10 segments" in warning for warning in prediction.warnings)


def test_the_reference_holds_each_track_that_was_learned_from() -> None:
    table = pd.read_parquet(reference.FOLDER / reference.FILE)
    heard = table.groupby("track")["heard"].first()
    assert len(heard) == 629 and heard.sum() == 127
    assert set(embedding.COLUMNS) < set(table.columns)
    assert np.isfinite(table[[*embedding.COLUMNS]].to_numpy()).all()
