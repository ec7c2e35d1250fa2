"""Mixing: from blocks of several channels to mono samples at the wanted rate.

Two channels are averaged, as in `librosa.load`.  The channels of surround sound are weighted as in ITU-R BS.775, which
leaves out the channel of low-frequency effects; the weights are scaled to a sum of 1.  Faults that show only between
the channels, opposite phases and silent channels, are found while mixing; `MonoMixer.better_weights` says how to mix
such a file instead.

Conventions: a block has shape (frames, channels), float32, with full scale at 1; weights have shape (channels,).
"""

import math

import numpy as np
import soxr

from genre_core.audio.clip import SEGMENT_SECONDS
from genre_core.errors import AudioError
from genre_core.reading.limits import MOST_SAMPLES

LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000
"""Sample rates in Hz; a header that names one outside of these is wrong."""
MAX_PEAK = 100.0
"""40 dB over full scale: a higher peak comes from integers or noise stored as floating-point samples."""

OPPOSITE = -0.4
"""`ChannelLevels.phase` below which channels have opposite phases.

No file is below it of 187 in stereo from ten music packages of Debian (games, in many styles; the lowest has -0.24);
with one channel inverted, 88 % of them are, all but very wide ones.
"""
SILENT_CHANNEL = 1e-4
"""Power relative to the loudest channel below which a channel is silent: -40 dB.  Music that is mixed to one side has
up to 16 dB between its channels (the same files)."""

_EQUAL_POWER = 1 - 1e-6  # relative to the loudest channel; channels that differ less are equally loud
_WINDOW = 2048
"""Frames of each block that are analyzed: in stereo a quarter of the file, evenly spread."""
_MOST_CHANNELS = 8
_BAND_EDGES_HZ = 20 * 2.0 ** np.arange(1, 10)
_FLOOR = 1e-6  # of the loudest band; quieter ones hold the noise of the encoding

_FRONT, _CENTER, _SURROUND, _LOW_FREQUENCY_EFFECTS = math.sqrt(0.5), 1.0, 0.5, 0.0
_LAYOUTS = {
    5: (_FRONT, _FRONT, _CENTER, _SURROUND, _SURROUND),
    6: (_FRONT, _FRONT, _CENTER, _LOW_FREQUENCY_EFFECTS, _SURROUND, _SURROUND),
    7: (_FRONT, _FRONT, _CENTER, _LOW_FREQUENCY_EFFECTS, _SURROUND, _SURROUND, _SURROUND),
    8: (_FRONT, _FRONT, _CENTER, _LOW_FREQUENCY_EFFECTS, _SURROUND, _SURROUND, _SURROUND, _SURROUND),
}
"""Weights by number of channels, in the order of WAV and FLAC; other numbers have equal weights."""
_OGG_ORDER = {
    5: (0, 2, 1, 3, 4),
    6: (0, 2, 1, 4, 5, 3),
    7: (0, 2, 1, 4, 5, 6, 3),
    8: (0, 2, 1, 4, 5, 6, 7, 3),
}
"""Which channel of WAV each channel of Vorbis or Opus is (Vorbis I specification, section 4.3.9)."""


def downmix_weights(channels: int, *, ogg: bool = False) -> np.ndarray:
    """The weight of each channel of a file in the mono sum; `ogg` tells the order of Vorbis and Opus from that of WAV.

    Examples
    --------
    >>> downmix_weights(6).round(2).tolist()
    [0.21, 0.21, 0.29, 0.0, 0.15, 0.15]
    """
    weights = np.array(_LAYOUTS.get(channels, (1.0,) * channels), np.float32)
    if ogg and channels in _OGG_ORDER:
        weights = weights[list(_OGG_ORDER[channels])]
    return weights / weights.sum()


class ChannelLevels:
    """The power of each channel and of their mix in octave bands, added up block by block."""

    def __init__(self, rate: int, weights: np.ndarray) -> None:
        self._weights = weights
        self._window = np.hanning(_WINDOW).astype(np.float32)
        frequencies = np.fft.rfftfreq(_WINDOW, 1 / rate)
        edges = np.searchsorted(frequencies, _BAND_EDGES_HZ)
        self._first_bins = np.unique(edges[edges < len(frequencies)])
        self._channels = np.zeros((len(weights), len(self._first_bins)))
        self._mix = np.zeros(len(self._first_bins))

    def add(self, block: np.ndarray) -> None:
        """Add the start of a block, shape (frames, channels)."""
        sound = block[:_WINDOW].T
        spectra = np.fft.rfft(sound * self._window[: sound.shape[1]], _WINDOW)
        self._channels += self._band_power(spectra)
        self._mix += self._band_power(self._weights @ spectra)

    def _band_power(self, spectra: np.ndarray) -> np.ndarray:
        return np.add.reduceat(spectra.real**2 + spectra.imag**2, self._first_bins, axis=-1)

    @property
    def of_channels(self) -> np.ndarray:
        """Power of each channel in the mix, shape (channels,), in arbitrary units."""
        return self._weights**2 * self._channels.sum(axis=1)

    @property
    def phase(self) -> float:
        """-1 for channels that cancel each other, 0 for independent ones, 1 for equal ones.

        In each band the power of the mix is compared with the sum of powers, which independent channels would give;
        with two channels of equal power this is their correlation.  The mean over the bands is weighted by the square:
        bands with independent channels, such as those of reverberation, say nothing.
        """
        independent = self._weights**2 @ self._channels
        ratio = np.minimum((self._mix - independent) / (independent + _FLOOR * independent.max() + 1e-30), 1)
        return float((ratio**3).sum() / ((ratio**2).sum() + 1e-30))


class MonoMixer:
    """Collects blocks of a file, mixed to mono and resampled, up to `max_seconds` and to MOST_SAMPLES of all channels.

    Raises AudioError for an impossible sample rate, or so many channels that no segment is within MOST_SAMPLES.
    """

    def __init__(self, source_rate: int, weights: np.ndarray, rate: int, max_seconds: float) -> None:
        if not LOWEST_RATE <= source_rate <= HIGHEST_RATE:
            raise AudioError(
                f"The header gives a sample rate of {source_rate} Hz, which is impossible: save the file again as WAV."
            )
        self._max_frames = min(int(max_seconds * source_rate), MOST_SAMPLES // len(weights))
        if self._max_frames < min(max_seconds, SEGMENT_SECONDS) * source_rate - 1:
            raise AudioError(
                f"It has {len(weights)} channels at {source_rate} Hz, which are too many: mix it to stereo and save it "
                "again."
            )
        self.source_rate = source_rate
        self.rate = rate
        self.weights = weights
        self.frames = 0
        self.has_invalid_samples = False
        self.reached_limit = False
        self._levels = ChannelLevels(source_rate, weights) if 1 < len(weights) <= _MOST_CHANNELS else None
        self._resampler = soxr.ResampleStream(source_rate, rate, 1, dtype="float32", quality="HQ")
        self._pieces: list[np.ndarray] = []

    def add(self, block: np.ndarray) -> None:
        """Add one block.  Raises AudioError for a peak above MAX_PEAK."""
        room = self._max_frames - self.frames
        self.reached_limit = len(block) > room
        block = block[:room]
        finite = np.isfinite(block)
        if not finite.all():
            self.has_invalid_samples = True
            block = np.where(finite, block, np.float32(0))
        peak = np.abs(block).max(initial=0.0)
        if peak > MAX_PEAK:
            raise AudioError(
                f"Its samples reach {peak:.3g} times full scale, so it is damaged or wrongly scaled: "
                "save it again with a peak of at most 1."
            )
        self.frames += len(block)
        if self._levels:
            self._levels.add(block)
        mixed = block @ self.weights
        self._pieces.append(mixed if self.rate == self.source_rate else self._resampler.resample_chunk(mixed))

    @property
    def limit_s(self) -> float:
        """Where the file is cut off, if it is longer, in seconds."""
        return self._max_frames / self.source_rate

    @property
    def has_opposite_phases(self) -> bool:
        """Whether the channels cancel each other in the mix."""
        return self._levels is not None and self._levels.phase < OPPOSITE

    def better_weights(self) -> np.ndarray | None:
        """Weights that mix the file without a fault that was found; None if there is none.

        Of channels with opposite phases the loudest is used alone; silent channels are left out.
        """
        if not self._levels:
            return None
        power = self._levels.of_channels
        if self.has_opposite_phases:
            loudest = (power > _EQUAL_POWER * power.max()).argmax()  # the first of several
            return (np.arange(len(power)) == loudest).astype(np.float32)
        sounding = np.where(power > SILENT_CHANNEL * power.max(), self.weights, np.float32(0))
        if not sounding.any() or (sounding == self.weights).all():
            return None
        return sounding / sounding.sum()

    def finish(self) -> np.ndarray:
        """All samples, shape (ceil(frames * rate / source_rate),): the length that librosa gives."""
        if self.rate == self.source_rate:
            return np.concatenate(self._pieces)
        rest = self._resampler.resample_chunk(np.zeros(0, np.float32), last=True)
        resampled = np.concatenate([*self._pieces, rest])
        samples = np.zeros(math.ceil(self.frames * (self.rate / self.source_rate)), np.float32)
        count = min(len(samples), len(resampled))  # soxr rounds the length, so they differ by one sample at most
        samples[:count] = resampled[:count]
        return samples
