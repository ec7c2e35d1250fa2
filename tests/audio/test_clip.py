"""The clip: its pieces, what it refuses, and its WAV file."""

import math

import numpy as np
import pytest

from genre_core import audio


def test_a_piece_of_a_clip_is_cut_by_time() -> None:
    clip = audio.Clip(np.arange(100, dtype=np.float32), 10, ("A warning.",), 44_100)
    piece = clip.between(2, 4.5)
    np.testing.assert_array_equal(piece.samples, np.arange(20, 45))
    assert (piece.rate, piece.warnings, piece.source_rate) == (10, ("A warning.",), 44_100)
    assert clip.between(9, 99).duration_s == 1
    for start_s, end_s in ((-1, 2), (3, 3), (3, 2), (math.nan, 2)):
        with pytest.raises(ValueError, match="can't be cut"):
            clip.between(start_s, end_s)


@pytest.mark.parametrize(
    ("samples", "rate"), [(np.zeros((5, 2), np.float32), 8_000), (np.zeros(5), 8_000), (np.zeros(5, np.float32), 0)]
)
def test_a_clip_holds_one_row_of_float32_samples_only(samples: np.ndarray, rate: int) -> None:
    with pytest.raises(ValueError, match="one row of float32"):
        audio.Clip(samples, rate)


def test_wav_bytes_are_decoded_to_the_same_samples(rng: np.random.Generator) -> None:
    samples = (rng.integers(-32_768, 32_768, 70_000) / 32_768).astype(np.float32)
    decoded = audio.load_audio(audio.wav_bytes(audio.Clip(samples, 16_000)), rate=16_000)
    np.testing.assert_array_equal(decoded.samples, samples)
    loud = audio.load_audio(audio.wav_bytes(audio.Clip(samples * 3, 16_000)), rate=16_000)
    np.testing.assert_allclose(loud.samples, np.clip(samples * 3, -1, 1), atol=1e-4)
