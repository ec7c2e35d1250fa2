"""Segments to play are those of the track, and end with it."""

from pathlib import Path

import numpy as np
import pytest

from genre_core import audio
from genre_core.audio import SEGMENT_SECONDS, Clip
from genre_core.errors import AudioError
from genre_core.features import mel, playable


def test_segments_are_cut_where_they_are(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    clip = Clip(rng.uniform(-0.5, 0.5, 10 * mel.RATE).astype(np.float32), mel.RATE)
    path = tmp_path / "noise.wav"
    path.write_bytes(audio.wav_bytes(clip))
    first, last, after = playable.cut(path, (3.0, 9.0, 12.0), SEGMENT_SECONDS)
    assert first is not None and last is not None and after is None
    sound = audio.load_audio(first.wav, min_seconds=0)
    assert sound.rate == mel.RATE
    np.testing.assert_allclose(sound.samples, clip.between(3.0, 3.0 + SEGMENT_SECONDS).samples, atol=1e-4)
    assert audio.load_audio(last.wav, min_seconds=0).duration_s == pytest.approx(1.0)
    assert np.abs(first.picture.astype(int) - mel.picture(sound.samples)).max() <= 1  # 16 bits in the WAV
    assert last.picture.shape == mel.SHAPE


def test_what_is_no_audio_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.mp3"
    path.write_bytes(b"hello\n" * 99)
    with pytest.raises(AudioError):
        playable.cut(path, (0.0,), 3.0)
