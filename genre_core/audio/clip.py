"""The clip: a piece of decoded audio, and the length of a segment.

Conventions: samples are mono float32 with full scale at 1, times are in seconds, rates in Hz.
"""

import io
from dataclasses import dataclass, replace

import numpy as np
import soundfile

SEGMENT_SAMPLES = 66_149
"""Length of a segment, as in the paper's tables: a tenth of their shortest track."""
SEGMENT_RATE = 22_050
SEGMENT_SECONDS = SEGMENT_SAMPLES / SEGMENT_RATE
SILENCE_PEAK = 1e-4
"""A clip whose peak is lower is silent: -80 dBFS."""


@dataclass(frozen=True, eq=False)
class Clip:
    """A piece of decoded audio.

    Raises ValueError when made from anything but one row of float32 samples at a positive rate.
    """

    samples: np.ndarray
    """shape (n,), float32, mono."""
    rate: int
    """Sample rate in Hz."""
    warnings: tuple[str, ...] = ()
    """Problems of the file that the user should know of, a sentence each."""
    source_rate: int = 0
    """Sample rate in Hz of the file that the clip was decoded from; 0 stands for `rate`."""

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.dtype != np.float32 or self.rate <= 0:
            raise ValueError("A clip is one row of float32 samples at a positive sample rate.")
        if not self.source_rate:
            object.__setattr__(self, "source_rate", self.rate)

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate

    def between(self, start_s: float, end_s: float) -> "Clip":
        """The piece from `start_s` to `end_s` or to the end of the clip, whichever comes first (a view, not a copy).

        Raises ValueError unless 0 <= start_s < end_s.
        """
        if not 0 <= start_s < end_s:
            raise ValueError(f"A clip can't be cut from {start_s} s to {end_s} s.")
        return replace(self, samples=self.samples[round(start_s * self.rate) : round(end_s * self.rate)])


def wav_bytes(clip: Clip) -> bytes:
    """Encode a clip as a 16-bit PCM WAV file; samples beyond full scale are clipped."""
    file = io.BytesIO()
    soundfile.write(file, clip.samples, clip.rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
