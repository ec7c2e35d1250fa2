"""Pitch tracking on sounds with a known pitch."""

import librosa
import numpy as np
import pytest

from genre_core.audio.pitch import PitchTrack, track_pitch

RATE, N_FFT, HOP = 22_050, 2048, 512


def tracked(samples: np.ndarray) -> PitchTrack:
    magnitude = np.abs(librosa.stft(samples.astype(np.float32), n_fft=N_FFT, hop_length=HOP)).T
    return track_pitch(magnitude, N_FFT, RATE)


def tone(hz: np.ndarray, harmonics: int = 12) -> np.ndarray:
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    return np.sum([np.sin(k * phase) / k for k in range(1, harmonics + 1)], axis=0)


@pytest.mark.parametrize("hz", [98.0, 220.0, 440.0, 700.0])
def test_a_steady_tone_has_its_pitch_and_no_octave_errors(hz: float) -> None:
    track = tracked(tone(np.full(2 * RATE, hz)))
    cents = 1200 * np.log2(track.hz[4:-4] / hz)
    assert np.abs(cents).max() < 25
    assert track.salience[4:-4].min() > 0.8


def test_a_glide_is_tracked() -> None:
    hz = np.geomspace(150, 450, 3 * RATE)
    track = tracked(tone(hz))
    expected = hz[np.minimum(np.arange(len(track.hz)) * HOP, len(hz) - 1)]
    assert np.median(np.abs(1200 * np.log2(track.hz / expected))) < 25


def test_the_louder_of_two_tones_is_tracked() -> None:
    track = tracked(tone(np.full(2 * RATE, 300.0)) + 0.2 * tone(np.full(2 * RATE, 190.0)))
    assert np.median(track.hz) == pytest.approx(300, rel=0.02)


def test_silence_has_no_salience_and_no_nan() -> None:
    track = tracked(np.zeros(RATE))
    assert np.isfinite(track.hz).all()
    assert (track.salience == 0).all()
