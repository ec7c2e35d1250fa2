"""The paper's features against plain librosa calls and against the Kaggle table."""

from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import pytest

from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.datasets import Dataset
from genre_core.features import paper
from tests.naive_paper import naive_features

RATE = paper.RATE
HPSS_COLUMNS = ["harmony_mean", "harmony_var", "perceptr_mean", "perceptr_var"]
_time = np.arange(SEGMENT_SAMPLES) / RATE
_noise = np.random.default_rng(1).normal(0, 0.1, SEGMENT_SAMPLES)

SIGNALS = {
    "silence": np.zeros(SEGMENT_SAMPLES),
    "constant": np.full(SEGMENT_SAMPLES, 0.1),
    "tone": 0.5 * np.sin(2 * np.pi * 440 * _time),
    "faint tone": 1e-4 * np.sin(2 * np.pi * 1000 * _time),
    "noise": _noise,
    "silence, then a tone": np.where(_time < 1.5, 0, np.sin(2 * np.pi * 220 * _time)),
    "clicks": np.where(np.arange(SEGMENT_SAMPLES) % 11_025 < 50, _noise * 5, 0),
}


@pytest.fixture(scope="module")
def deviation(bundled: Dataset) -> np.ndarray:
    """Standard deviation of each column of the bundled table; 1 for `length`, which is constant."""
    spread = bundled.values.std(axis=0)
    return np.where(spread > 0, spread, 1.0)


def test_the_columns_are_those_of_the_kaggle_table(kaggle_30_sec: Path) -> None:
    header = pd.read_csv(kaggle_30_sec, nrows=0).columns
    assert ["filename", *paper.COLUMNS, "label"] == list(header)


@pytest.mark.parametrize("name", SIGNALS)
def test_values_equal_plain_librosas_on_synthetic_signals(name: str, deviation: np.ndarray) -> None:
    samples = SIGNALS[name].astype(np.float32)
    values = paper.clip_features(samples)
    assert np.isfinite(values).all()
    assert values[0] == SEGMENT_SAMPLES
    assert np.max(np.abs(values - naive_features(samples)) / deviation) < 1e-5


@pytest.mark.parametrize("song", synthesis.SONGS, ids=lambda song: song.name)
def test_values_equal_plain_librosas_on_synthetic_songs(song: synthesis.SyntheticSong, deviation: np.ndarray) -> None:
    samples = song.clip(seconds=3.0).samples[:SEGMENT_SAMPLES]
    assert np.max(np.abs(paper.clip_features(samples) - naive_features(samples)) / deviation) < 1e-5


def test_values_equal_plain_librosas_on_real_music(gtzan_mini: Path, deviation: np.ndarray) -> None:
    for path in sorted(gtzan_mini.glob("*/*.wav"))[::10]:
        samples = audio.load_audio(path).samples[5 * SEGMENT_SAMPLES : 6 * SEGMENT_SAMPLES]
        worst = np.abs(paper.clip_features(samples) - naive_features(samples)) / deviation
        assert worst.max() < 1e-5, f"{path.name}: {paper.COLUMNS[worst.argmax()]}"


def test_values_equal_the_kaggle_table_on_all_of_gtzan_mini(gtzan_mini: Path, kaggle_30_sec: Path) -> None:
    table = pd.read_csv(kaggle_30_sec).set_index("filename")[list(paper.COLUMNS)]
    paths = sorted(gtzan_mini.glob("*/*.wav"))
    assert len(paths) == 100
    ours = np.array([paper.clip_features(audio.load_audio(path).samples) for path in paths])
    theirs = table.loc[[path.name for path in paths]].to_numpy(dtype=float)
    worst = pd.Series(np.abs(ours - theirs).max(axis=0) / table.std().to_numpy(), index=paper.COLUMNS)
    assert worst["tempo"] == 0
    assert worst["length"] == 0
    assert worst.drop(HPSS_COLUMNS).max() < 1e-4
    assert worst[HPSS_COLUMNS].max() < 0.03


def test_the_difference_from_kaggle_is_the_tail_that_old_librosa_left_silent(
    gtzan_mini: Path, kaggle_30_sec: Path
) -> None:
    table = pd.read_csv(kaggle_30_sec).set_index("filename")
    deviation = table[HPSS_COLUMNS].std().to_numpy(dtype=float)
    for name in ("rock.00008", "blues.00000", "metal.00001"):
        samples = audio.load_audio(gtzan_mini / name.split(".")[0] / f"{name}.wav").samples
        harmonic, percussive = librosa.effects.hpss(samples, pad_mode="reflect")
        for signal in (harmonic, percussive):
            signal[len(signal) // 512 * 512 :] = 0
        ours = np.array([harmonic.mean(), harmonic.var(), percussive.mean(), percussive.var()])
        theirs = table.loc[f"{name}.wav", HPSS_COLUMNS].to_numpy(dtype=float)
        assert np.max(np.abs(ours - theirs) / deviation) < 1e-5


def test_a_tone_has_the_spectrum_of_a_tone() -> None:
    values = dict(zip(paper.COLUMNS, paper.clip_features(SIGNALS["tone"].astype(np.float32)), strict=True))
    assert values["spectral_centroid_mean"] == pytest.approx(440, rel=0.05)
    assert values["rms_mean"] == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    assert values["zero_crossing_rate_mean"] == pytest.approx(2 * 440 / RATE, rel=0.03)
    assert values["harmony_var"] > 100 * values["perceptr_var"]


@pytest.mark.parametrize("bpm", [90, 120, 150])
def test_clicks_have_their_tempo(bpm: int) -> None:
    samples = librosa.clicks(times=np.arange(0, 12, 60 / bpm), sr=RATE, length=12 * RATE).astype(np.float32)
    tempo = paper.clip_features(samples)[paper.COLUMNS.index("tempo")]
    assert tempo == pytest.approx(bpm, rel=0.03)


def test_the_level_does_not_change_pitches_and_spectral_shape() -> None:
    samples = synthesis.SONGS[0].clip(seconds=3.0).samples[:SEGMENT_SAMPLES]
    level_free = [name.startswith(("chroma", "spectral", "rolloff", "zero")) for name in paper.COLUMNS]
    quiet, loud = paper.clip_features(samples * np.float32(0.25))[level_free], paper.clip_features(samples)[level_free]
    np.testing.assert_allclose(quiet, loud, rtol=1e-4)
