"""Waveform, envelope, tempo and beats of a clip, and all that the page Listen shows of one.

Conventions: times are in seconds from the beginning of the clip.
"""

from dataclasses import dataclass

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.audio.compilation import librosa
from genre_core.audio.spectrograms import COLUMNS, Picture, equal_pieces

_ENVELOPE_POINTS = 1200


@dataclass(frozen=True, eq=False)
class Waveform:
    """A waveform for display: the lowest and the highest sample of each of many equal pieces of time."""

    lowest: np.ndarray
    """shape (columns,), float32."""
    highest: np.ndarray
    """shape (columns,), float32."""
    duration_s: float


@dataclass(frozen=True, eq=False)
class Beats:
    """Tempo and beats of a clip."""

    tempo_bpm: float
    """Beats per minute; 0 if no beats were found."""
    times_s: np.ndarray
    """shape (beats,), float64."""


@dataclass(frozen=True, eq=False)
class ClipAnalysis:
    """Waveform, beats, spectrogram and scalogram of an excerpt of a song."""

    start_s: float
    """Where in the song the excerpt begins."""
    waveform: Waveform
    beats: Beats
    spectrogram: Picture
    scalogram: Picture


def waveform(clip: Clip) -> Waveform:
    """The waveform of a clip of at least one sample, in at most COLUMNS columns."""
    starts = equal_pieces(len(clip.samples), COLUMNS)
    lowest, highest = (extreme.reduceat(clip.samples, starts) for extreme in (np.minimum, np.maximum))
    return Waveform(lowest, highest, clip.duration_s)


def envelope(samples: np.ndarray, points: int = _ENVELOPE_POINTS) -> np.ndarray:
    """The peak envelope of a clip: the largest absolute sample of equal pieces, relative to the largest of all.

    Parameters
    ----------
    samples : shape (n,), float32; n at least 1.
    points : number of pieces, if there are so many samples.

    Returns
    -------
    shape (min(n, points),), float32, 0 to 1.
    """
    starts = equal_pieces(len(samples), points)
    peaks = np.maximum(np.maximum.reduceat(samples, starts), -np.minimum.reduceat(samples, starts))
    return peaks / max(float(peaks.max()), 1e-9)


def beats(clip: Clip) -> Beats:
    """Tempo and beats, by dynamic programming over onset strength as in librosa.

    Method: Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 2007.
    """
    tempo, times_s = librosa.beat.beat_track(y=clip.samples, sr=clip.rate, units="time", trim=False)
    found = len(times_s) > 1
    return Beats(float(np.atleast_1d(tempo)[0]) if found else 0.0, times_s if found else np.zeros(0))
