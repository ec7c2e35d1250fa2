"""Segments: where those of a clip start, how long they are, and which are silent.

Conventions: samples are mono float32 with full scale at 1; starts and lengths are in samples.
"""

from collections.abc import Sequence

import numpy as np

from genre_core.audio.clip import SILENCE_PEAK

HOP_S = 1.5
"""Time between the starts of a song's segments in seconds, unless another is chosen."""
_SHORTEST = 0.9


def fitting_length(samples: np.ndarray, wanted: int) -> int:
    """The length of the segments of a clip; longer than the clip if that is too short.

    Tables of whole tracks hold lengths that differ slightly, so a segment may be a tenth shorter than wanted.
    """
    return min(wanted, max(len(samples), int(_SHORTEST * wanted)))


def segment_starts(samples: np.ndarray, rate: int, hop_s: float, length: int) -> range:
    """Where the segments of a clip start that are whole.

    A hop that rounds to the length of a segment leaves no gap between segments.
    """
    hop = round(hop_s * rate)
    return range(0, len(samples) - length + 1, length if abs(hop - length) <= 2 else hop)


def silent_segments(samples: np.ndarray, starts: Sequence[int], length: int) -> np.ndarray:
    """Which segments are silent, shape (segments,), bool."""
    peaks = [np.abs(samples[start : start + length]).max() for start in starts]
    return np.array(peaks) < SILENCE_PEAK
