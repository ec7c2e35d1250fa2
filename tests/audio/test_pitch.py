"""The pitch of the strongest voice, on sounds whose pitch is known."""

import librosa
import numpy as np
import pytest

from genre_core.audio.pitch import melody

RATE, N_FFT, HOP = 22_050, 2048, 512


def followed(samples: np.ndarray):
    magnitude = np.abs(librosa.stft(samples.astype(np.float32), n_fft=N_FFT, hop_length=HOP)).T
    return melody(magnitude, N_FFT, RATE)


def tone(hz: np.ndarray, harmonics: int = 12) -> np.ndarray:
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    return sum(np.sin(k * phase) / k for k in range(1, harmonics + 1))


@pytest.mark.parametrize("hz", [98.0, 220.0, 440.0, 700.0])
def test_a_steady_tone_has_its_pitch_and_not_its_octaves(hz: float) -> None:
    heard = followed(tone(np.full(2 * RATE, hz)))
    cents = 1200 * np.log2(heard.hz[4:-4] / hz)
    assert np.abs(cents).max() < 25
    assert heard.salience[4:-4].min() > 0.8


def test_a_glide_is_followed() -> None:
    hz = np.geomspace(150, 450, 3 * RATE)
    heard = followed(tone(hz))
    truth = hz[np.minimum(np.arange(len(heard.hz)) * HOP, len(hz) - 1)]
    assert np.median(np.abs(1200 * np.log2(heard.hz / truth))) < 25


def test_the_louder_of_two_tones_is_followed() -> None:
    heard = followed(tone(np.full(2 * RATE, 300.0)) + 0.2 * tone(np.full(2 * RATE, 190.0)))
    assert np.median(heard.hz) == pytest.approx(300, rel=0.02)


def test_silence_has_no_salience_and_no_nan() -> None:
    heard = followed(np.zeros(RATE))
    assert np.isfinite(heard.hz).all()
    assert (heard.salience == 0).all()
