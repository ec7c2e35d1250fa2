"""The instruments of the synthetic songs: plucked strings, bowed strings, drums, and a voice.

Conventions: pitches are MIDI numbers (69 is 440 Hz); an instrument returns its sound as an array of shape (n,),
float64, which `place` adds to a track.
"""

from collections.abc import Sequence
from functools import cache
from typing import overload

import numpy as np
import scipy

PEAK = 10 ** (-1 / 20)
"""Peak of a mastered song: -1 dBFS."""
MINOR = (0, 2, 3, 5, 7, 8, 10)
"""Semitones of the scale above its key note."""
VOWELS = {
    "a": (800.0, 1150.0, 2800.0, 3500.0),
    "e": (400.0, 1600.0, 2700.0, 3300.0),
    "i": (350.0, 1700.0, 2700.0, 3700.0),
    "o": (450.0, 800.0, 2830.0, 3500.0),
    "u": (325.0, 700.0, 2530.0, 3500.0),
}
"""Formants of sung vowels in Hz, of an alto (Csound manual, appendix D)."""

_TABLE = 4096  # points of one period of a waveform


class Studio:
    """A recording in progress: its length, sample rate, random choices and effects."""

    def __init__(self, seconds: float, seed: int, rate: int) -> None:
        self.seconds = seconds
        self.seed = seed
        self.rate = rate
        self.rng = np.random.default_rng(seed)

    def empty_track(self) -> np.ndarray:
        """Silence of the recording's length."""
        return np.zeros(round(self.seconds * self.rate))

    def times(self, seconds: float) -> np.ndarray:
        """Times of the samples of a sound in seconds."""
        return np.arange(round(seconds * self.rate)) / self.rate

    def noise(self, seconds: float) -> np.ndarray:
        """White noise with unit variance."""
        return self.rng.standard_normal(round(seconds * self.rate))

    def band_pass(self, sound: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
        """Filter a sound with a second-order band pass that ends at 45 % of the sample rate at most."""
        edges = (low_hz, min(high_hz, 0.45 * self.rate))
        return scipy.signal.sosfilt(scipy.signal.butter(2, edges, "bandpass", fs=self.rate, output="sos"), sound)

    def reverb(self, sound: np.ndarray, decay_s: float, wet: float) -> np.ndarray:
        """Add the reverberation of a room: convolution with noise that decays by 60 dB in `decay_s`."""
        room = self.noise(decay_s) * 10 ** (-3 * self.times(decay_s) / decay_s)
        echo = scipy.signal.fftconvolve(sound, room / np.linalg.norm(room))[: len(sound)]
        return (1 - wet) * sound + wet * echo


@overload
def _hz(pitch: float) -> float: ...
@overload
def _hz(pitch: np.ndarray) -> np.ndarray: ...
def _hz(pitch: float | np.ndarray) -> float | np.ndarray:
    return 440.0 * 2 ** ((pitch - 69) / 12)


@cache
def _period(harmonics: int) -> np.ndarray:
    """One period of a sawtooth with the given number of harmonics."""
    k = np.arange(1, harmonics + 1)
    phase = 2 * np.pi * np.arange(_TABLE) / _TABLE
    return np.sin(np.outer(phase, k)) @ (1 / k)


def saw(studio: Studio, pitch: float, seconds: float, *, brightest: int = 40, vibrato: float = 0.0) -> np.ndarray:
    """A band-limited sawtooth; `brightest` is its highest harmonic, `vibrato` the depth as a share of the pitch."""
    hz = _hz(pitch)
    times = studio.times(seconds)
    phase = hz * times + studio.rng.random()
    if vibrato:
        speed_hz = studio.rng.uniform(4.8, 5.8)
        phase += vibrato * hz / (2 * np.pi * speed_hz) * np.sin(2 * np.pi * speed_hz * times)
    period = _period(max(1, min(brightest, int(0.45 * studio.rate / hz))))
    return period[(phase * _TABLE).astype(np.int64) % _TABLE]


def strings(studio: Studio, pitch: float, seconds: float) -> np.ndarray:
    """Three slightly detuned strings, bowed slowly."""
    players = sum(
        saw(studio, pitch + detune, seconds, brightest=14, vibrato=0.004) for detune in studio.rng.normal(0, 0.05, 3)
    )
    times = studio.times(seconds)
    return players * np.minimum(1, times / 0.5) * np.minimum(1, (seconds - times) / 0.9)


def pluck(studio: Studio, pitch: float, seconds: float, *, decay_s: float, harmonics: int = 14) -> np.ndarray:
    """A string plucked at a seventh of its length; high harmonics decay first."""
    hz = _hz(pitch)
    k = np.arange(max(2, min(harmonics, int(0.45 * studio.rate / hz)) + 1))
    gains = np.sin(np.pi * k / 7) / np.maximum(k, 1)
    times = studio.times(seconds)
    lowest = np.exp(times * (2j * np.pi * hz - 0.4 / decay_s))  # its k-th power is the k-th harmonic
    partials = np.polyval(gains[::-1], lowest).imag * np.exp(-0.6 * times / decay_s)
    return partials * np.minimum(1, (seconds - times) / 0.02)


def kick(studio: Studio, *, click: float) -> np.ndarray:
    """A bass drum; `click` is the level of its attack."""
    times = studio.times(0.28)
    body = np.sin(2 * np.pi * (48 * times + 4.5 * (1 - np.exp(-times * 30)))) * np.exp(-times * 14)
    return body + click * studio.noise(0.28) * np.exp(-times * 300)


def snare(studio: Studio, *, decay_s: float = 0.07) -> np.ndarray:
    """A snare drum, or with a short decay a brush."""
    times = studio.times(0.35)
    rattle = studio.band_pass(studio.noise(0.35), 900, 8000) * np.exp(-times / decay_s)
    return rattle + 0.6 * np.sin(2 * np.pi * 185 * times) * np.exp(-times * 30)


def cymbal(studio: Studio, seconds: float, decay_s: float) -> np.ndarray:
    """A cymbal or a hi-hat."""
    return studio.band_pass(studio.noise(seconds), 5500, 10_000) * np.exp(-studio.times(seconds) / decay_s)


def voice(studio: Studio, *, key: int) -> np.ndarray:
    """A singing voice: phrases of notes in a minor key, with consonants, vowels and breaths."""
    rng, track = studio.rng, studio.empty_track()
    at_s, step = 0.3, 4
    while at_s < studio.seconds:
        for _ in range(int(rng.integers(4, 9))):  # a phrase, then a breath
            step = int(np.clip(step + rng.integers(-2, 3), 0, 10))
            note_s = float(rng.choice((0.22, 0.3, 0.45, 0.8)))
            if rng.random() < 0.5:
                consonant = studio.band_pass(studio.noise(0.07), 2500, 9000) * np.hanning(len(studio.times(0.07)))
                place(track, studio.rate, at_s - 0.05, consonant, 0.25)
            vowels = rng.choice(tuple(VOWELS), 2)
            sound = _sung(studio, key + degree(MINOR, step), note_s, *(VOWELS[str(vowel)] for vowel in vowels))
            place(track, studio.rate, at_s, sound, float(rng.uniform(0.7, 1)))
            at_s += note_s
        at_s += float(rng.uniform(0.4, 1.2))
    return track


def _sung(studio: Studio, pitch: float, seconds: float, begin: tuple[float, ...], end: tuple[float, ...]) -> np.ndarray:
    """A sung note: harmonics shaped by formants, a glide up to the pitch, vibrato, and a change from vowel to vowel."""
    times = studio.times(seconds)
    vibrato = 0.5 * np.minimum(1, times / 0.4) * np.sin(2 * np.pi * studio.rng.uniform(5, 6) * times)
    hz = _hz(pitch + vibrato - 1.2 * np.exp(-times / 0.035))
    phase = 2 * np.pi * np.cumsum(hz) / studio.rate
    share = times / seconds
    formants = [(1 - share) * first + share * last for first, last in zip(begin, end, strict=True)]
    sound = 0.01 * studio.noise(seconds)
    for k in range(1, int(min(9000, 0.45 * studio.rate) / hz.max()) + 1):
        resonance = sum(
            gain / np.sqrt(1 + ((k * hz - formant) / width) ** 2)
            for formant, width, gain in zip(formants, (45, 60, 80, 100), (1, 0.7, 0.4, 0.3), strict=True)
        )
        sound += resonance / k**0.5 * np.sin(k * phase)
    return sound * np.minimum(1, times / 0.03) * np.minimum(1, (seconds - times) / 0.05)


def place(track: np.ndarray, rate: int, at_s: float, sound: np.ndarray, gain: float = 1.0) -> None:
    """Add a sound to a track at a time; what reaches beyond the end of the track is cut off."""
    start = round(at_s * rate)
    room = track[start : start + len(sound)]
    room += gain * sound[: len(room)]


def degree(scale: Sequence[int], step: int) -> int:
    """Semitones from the key note to a step of the scale, across octaves."""
    return 12 * (step // len(scale)) + scale[step % len(scale)]


def master(mix: np.ndarray) -> np.ndarray:
    """The mix as float32 with zero mean, short fades at both ends and a peak of -1 dBFS."""
    mix = mix - mix.mean()
    fade = np.linspace(0, 1, min(len(mix), 400), endpoint=False)
    mix[: len(fade)] *= fade
    mix[len(mix) - len(fade) :] *= fade[::-1]
    return (mix * (PEAK / np.abs(mix).max())).astype(np.float32)
