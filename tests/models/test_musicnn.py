"""The network that begins with musicnn's filters.  Only in these folders do the tests import TensorFlow."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from pathlib import Path

import keras
import numpy as np
import pytest

from genre_core.audio import synthesis
from genre_core.errors import ConfigError, TrainingError
from genre_core.features import feature_set, wide_mel
from genre_core.models import musicnn, network, serving
from genre_core.models.config import CnnConfig, make_config
from genre_core.models.training_data import TrainingData
from genre_core.training import check_features
from scripts.make_filters import at_pace

CONFIG = CnnConfig(start="musicnn", epochs=1, augment=0.0, learning_rate=0.002)


def pictures(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (n, *wide_mel.SHAPE), dtype=np.uint8)


@pytest.mark.parametrize("taps", [7, 32, 64, 128])
def test_a_kernel_at_another_pace_hears_what_changes_slowly_as_before(taps: int) -> None:
    rng = np.random.default_rng(taps)
    kernel = rng.normal(size=(taps, 3))
    ours = at_pace(kernel, 4.84)
    assert len(ours) % 2 == 1
    np.testing.assert_allclose(ours.sum(axis=0), kernel.sum(axis=0))
    # A slope too: the taps keep their center of weight, in columns instead of frames.
    frames = np.arange(taps) - (taps - 1) // 2
    columns = np.arange(len(ours)) - len(ours) // 2
    np.testing.assert_allclose(columns @ ours * 4.84, frames @ kernel, atol=1e-9)


def test_it_begins_with_filters_that_hear_and_an_answer_that_knows_nothing() -> None:
    built = network.build(CONFIG, wide_mel.SHAPE, 10)
    songs = [wide_mel.song_picture(song.clip(seconds=10).samples) for song in synthesis.SONGS]
    given = np.concatenate([wide_mel.windows(song, np.array([5.0])) for song in songs]).astype(np.float32)
    np.testing.assert_allclose(network.answering(built)(given), 0.1, rtol=1e-6)
    heard = np.asarray(keras.Model(built.input, built.get_layer(f"{musicnn.POOLED}_0").output)(given))
    assert (heard.std(axis=0) > 1e-2).mean() > 0.6, "most filters tell even these five synthetic songs apart"
    assert 50_000 < built.count_params() < 80_000


def test_it_learns_and_is_served_as_it_was_trained(tmp_path: Path) -> None:
    """Bright treble or bright bass: what a picture of noise can be told by."""
    x, y = pictures(64), np.arange(64) % 2
    x[y == 1, 64:] //= 4
    x[y == 0, :64] //= 4
    config = CnnConfig(start="musicnn", epochs=20, augment=0.0, learning_rate=0.01, batch_size=16)
    bands = (wide_mel.BANDS, 1, 1)
    parts = TrainingData(x, y, np.arange(64), x[:8], y[:8], np.zeros(bands), np.ones(bands), genres=2)
    trained = network.fit(config, parts)
    assert trained.history[-1].test_accuracy == 1
    trained.save(tmp_path)
    answers = trained.probabilities(parts.scaled(x[:8]))
    np.testing.assert_allclose(
        serving.probabilities(tmp_path / serving.NETWORK_FILE, parts.scaled(x[:8]), 2), answers, atol=1e-5
    )
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(parts.scaled(x[:8]), verbose=0), answers, atol=1e-6)


def test_filters_that_are_gone_are_a_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(musicnn, "FILE", tmp_path / "filters.npz")
    with pytest.raises(TrainingError, match="can't be read"):
        musicnn.load()
    (tmp_path / "filters.npz").write_bytes(b"no filters")
    with pytest.raises(TrainingError, match="can't be read"):
        musicnn.load()


def test_it_takes_the_pictures_that_its_filters_were_made_for() -> None:
    check_features(CONFIG, feature_set("wide-mel"))
    with pytest.raises(ConfigError, match="let it start from scratch"):
        check_features(CONFIG, feature_set("mel"))
    assert make_config("cnn", {"start": "musicnn"}) == CnnConfig(start="musicnn")
