"""The audio of the clips of a quiz: cut from a file, all at the same level, so that loudness is no cue to the genre."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from genre_core import audio
from genre_core.audio import Clip
from genre_core.errors import AudioError

MARGIN_S = 0.02
"""Added to a clip, so that resampling leaves no segment a sample short, and players show whole seconds."""
_LEVEL_DBFS = -23.0  # the level of EBU R 128, here of the plain mean square
_PEAK = 10 ** (-1 / 20)
_FADE_S = 0.01
_LENGTH_TOLERANCE_S = 0.1  # the last segment of a track may be a little short


def cut(path: Path, start_s: float, length_s: float) -> bytes | None:
    """A clip of a file as WAV; None if the file can't be decoded, or the clip is too short or silent."""
    with suppress(AudioError):
        clip = audio.load_audio(path, max_seconds=start_s + length_s + 1)
        clip = clip.between(start_s, start_s + length_s + MARGIN_S)
        if clip.duration_s > length_s - _LENGTH_TOLERANCE_S and np.abs(clip.samples).max() > audio.SILENCE_PEAK:
            return audio.wav_bytes(leveled(clip))
    return None


def leveled(clip: Clip) -> Clip:
    """A clip at the common level of -23 dBFS, or as near to it as a peak of -1 dBFS allows, with 10-ms fades.

    The clip must not be silent.
    """
    samples = clip.samples.astype(np.float64)
    level = np.sqrt(np.mean(samples**2))
    samples *= min(10 ** (_LEVEL_DBFS / 20) / level, _PEAK / np.abs(samples).max())
    fade = np.linspace(0, 1, round(_FADE_S * clip.rate))
    samples[: len(fade)] *= fade
    samples[len(samples) - len(fade) :] *= fade[::-1]
    return replace(clip, samples=samples.astype(np.float32))
