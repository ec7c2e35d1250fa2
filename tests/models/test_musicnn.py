"""The network with the pretrained filters of musicnn.  TensorFlow is imported in the tests of models alone."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from pathlib import Path

import keras
import numpy as np
import pytest

from genre_core.audio import synthesis
from genre_core.errors import TrainingError
from genre_core.features import wide_mel
from genre_core.models import musicnn, network, serving
from genre_core.models.config import CnnConfig
from genre_core.models.training_data import TrainingData
from scripts.make_filters import at_column_rate

CONFIG = CnnConfig(initialization="musicnn", epochs=1, augmentation=0.0, learning_rate=0.002)


def random_pictures(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (n, *wide_mel.SHAPE), dtype=np.uint8)


@pytest.mark.parametrize("taps", [7, 32, 64, 128])
def test_a_resampled_kernel_responds_to_slow_changes_as_before(taps: int) -> None:
    rng = np.random.default_rng(taps)
    kernel = rng.normal(size=(taps, 3))
    resampled = at_column_rate(kernel, 4.84)
    assert len(resampled) % 2 == 1
    np.testing.assert_allclose(resampled.sum(axis=0), kernel.sum(axis=0))
    # A slope too: the taps keep their center of mass, in columns instead of frames.
    frames = np.arange(taps) - (taps - 1) // 2
    columns = np.arange(len(resampled)) - len(resampled) // 2
    np.testing.assert_allclose(columns @ resampled * 4.84, frames @ kernel, atol=1e-9)


def test_at_first_the_filters_respond_and_all_genres_are_equally_probable() -> None:
    built = network.build(CONFIG, wide_mel.SHAPE, 10)
    songs = [wide_mel.song_picture(song.clip(seconds=10).samples) for song in synthesis.SONGS]
    pictures = np.concatenate([wide_mel.windows(song, np.array([5.0])) for song in songs]).astype(np.float32)
    np.testing.assert_allclose(network.with_probabilities(built)(pictures), 0.1, rtol=1e-6)
    pooled = np.asarray(keras.Model(built.input, built.get_layer(f"{musicnn.POOLED}_0").output)(pictures))
    assert (pooled.std(axis=0) > 1e-2).mean() > 0.6, "most filters tell even these five synthetic songs apart"
    assert 50_000 < built.count_params() < 80_000


def test_it_learns_and_is_served_as_it_was_trained(tmp_path: Path) -> None:
    """The two classes differ in treble and bass."""
    x, y = random_pictures(64), np.arange(64) % 2
    x[y == 1, 64:] //= 4
    x[y == 0, :64] //= 4
    config = CnnConfig(initialization="musicnn", epochs=20, augmentation=0.0, learning_rate=0.01, batch_size=16)
    bands = (wide_mel.BANDS, 1, 1)
    data = TrainingData(x, y, np.arange(64), x[:8], y[:8], np.zeros(bands), np.ones(bands), n_genres=2)
    model = network.fit(config, data)
    assert model.history[-1].test_accuracy == 1
    model.save(tmp_path)
    scaled = data.scaled(x[:8])
    probabilities = model.probabilities(scaled)
    served = serving.probabilities(tmp_path / serving.NETWORK_FILE, scaled, 2)
    np.testing.assert_allclose(served, probabilities, atol=1e-5)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(scaled, verbose=0), probabilities, atol=1e-6)


def test_missing_and_damaged_filters_are_a_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(musicnn, "FILE", tmp_path / "filters.npz")
    with pytest.raises(TrainingError, match="can't be read"):
        musicnn.load()
    (tmp_path / "filters.npz").write_bytes(b"no filters")
    with pytest.raises(TrainingError, match="can't be read"):
        musicnn.load()
