"""Segments of a track to play and to look at: the sound of each as WAV, and its mel spectrogram."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core.audio import Clip, load_audio, wav_bytes
from genre_core.features import mel

_SHORTEST_S = 0.5


@dataclass(frozen=True, eq=False)
class PlayableSegment:
    """A segment as a browser shows it."""

    wav: bytes
    """At 22 050 Hz."""
    picture: np.ndarray
    """As from `mel.picture`: shape (64, 64, 1), uint8."""


def cut(path: Path, starts_s: Sequence[float], length_s: float) -> list[PlayableSegment | None]:
    """Cut segments out of a file, which is decoded once; None for a segment after its end.

    Raises AudioError if the file can't be decoded.
    """
    clip = load_audio(path, rate=mel.RATE)
    return [_segment(clip.between(start_s, start_s + length_s)) for start_s in starts_s]


def _segment(clip: Clip) -> PlayableSegment | None:
    if clip.duration_s <= _SHORTEST_S:
        return None
    return PlayableSegment(wav_bytes(clip), mel.picture(clip.samples))
