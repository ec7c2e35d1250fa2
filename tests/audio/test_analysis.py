"""Waveform, tempo and beats of sounds with known ones."""

import numpy as np
import pytest

from genre_core.audio import Clip, analysis, synthesis
from genre_core.audio.spectrograms import COLUMNS

RATE = 22_050


def test_beats_of_a_metronome() -> None:
    samples = np.zeros(20 * RATE, np.float32)
    strike = np.exp(-np.arange(2000) / 200) * np.sin(np.arange(2000) * 0.4)
    for start in range(0, len(samples) - 2000, RATE // 2):
        samples[start : start + 2000] = strike
    beats = analysis.beats(Clip(samples, RATE))
    assert beats.tempo_bpm == pytest.approx(120, rel=0.03)
    distance_s = np.abs(beats.times_s[:, None] - np.arange(0, 20, 0.5)).min(axis=1)
    assert np.median(distance_s) < 0.03


def test_the_waveform_keeps_every_extreme() -> None:
    song = synthesis.song("furnace").clip(seconds=10)
    waveform = analysis.waveform(song)
    assert waveform.highest.max() == song.samples.max()
    assert waveform.lowest.min() == song.samples.min()
    assert (waveform.lowest <= waveform.highest).all()
    assert len(waveform.highest) == COLUMNS


def test_silence_has_a_flat_waveform_and_no_beats() -> None:
    silence = Clip(np.zeros(4 * RATE, np.float32), RATE)
    assert not analysis.waveform(silence).highest.any()
    assert analysis.beats(silence).tempo_bpm == 0
    assert len(analysis.beats(silence).times_s) == 0


def test_the_envelope_is_the_loudest_sample_of_each_piece(rng: np.random.Generator) -> None:
    samples = rng.normal(size=10_000).astype(np.float32)
    envelope = analysis.envelope(samples, points=100)
    assert envelope.shape == (100,)
    np.testing.assert_allclose(envelope, np.abs(samples).reshape(100, 100).max(axis=1) / np.abs(samples).max())


def test_the_envelope_of_few_samples_and_of_silence() -> None:
    np.testing.assert_array_equal(analysis.envelope(np.array([0.5, -1.0], dtype=np.float32)), [0.5, 1.0])
    np.testing.assert_array_equal(analysis.envelope(np.zeros(5000, dtype=np.float32), points=4), [0, 0, 0, 0])
