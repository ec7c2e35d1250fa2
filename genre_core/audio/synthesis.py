"""Small synthetic songs in clearly different styles: examples for the app, and music for tests that have no other.

Each style is a little band of synthesized instruments that plays from a few rules (a scale, a chord progression, a
rhythm).  A seed chooses key, tempo and notes, so that seeds are different tracks of one style; the same seed gives the
same samples on each call.  Nothing here is a recording, and no classifier has learnt from it.

Conventions: pitches are MIDI numbers (69 is 440 Hz), times seconds; an instrument gives an array, shape=(n,), float64,
that `_place` adds to a part at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import overload

import numpy as np
import scipy.signal

from genre_core.audio import SEGMENT_RATE, Clip, wav_bytes
from genre_core.errors import GenreLabError

PEAK = 10 ** (-1 / 20)  # -1 dBFS
MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
CHANGE_S = 15.0
VOWELS = {
    "a": (800.0, 1150.0, 2800.0, 3500.0),
    "e": (400.0, 1600.0, 2700.0, 3300.0),
    "i": (350.0, 1700.0, 2700.0, 3700.0),
    "o": (450.0, 800.0, 2830.0, 3500.0),
    "u": (325.0, 700.0, 2530.0, 3500.0),
}
"""Formants of sung vowels in Hz, of an alto (Csound manual, appendix D)."""
TABLE = 4096  # points of one period of a waveform


@dataclass(frozen=True)
class DemoSong:
    """A synthetic song; `style` is a short word for its music, `changes_at_s` where it turns into another style."""

    name: str
    title: str
    description: str
    style: str
    changes_at_s: float | None = None

    def clip(self, *, seconds: float = 30.0, seed: int = 0, rate: int = SEGMENT_RATE) -> Clip:
        """Play `seconds` of it, peaking at -1 dBFS.

        Raises ValueError for less than a second, a negative seed, or a rate too low for cymbals.
        """
        if seconds < 1 or seed < 0 or rate < 16_000:
            raise ValueError("A demo song lasts a second or more, has a seed from 0 on and a rate from 16000 Hz on.")
        return Clip(_mastered(_BANDS[self.name](_Studio(seconds, seed, rate))), rate)


SONGS = (
    DemoSong("adagio", "Adagio for nobody", "Slow strings with a melody on top, in a large hall.", "classical"),
    DemoSong(
        "floorfiller", "Floorfiller", "Four to the floor, hi-hats off the beat, octave bass, chord stabs.", "disco"
    ),
    DemoSong("furnace", "Furnace", "Distorted power chords in a gallop over double-kick drums.", "metal"),
    DemoSong("shuffle", "Shuffle in twelve", "A swung twelve-bar blues: plucked guitar over a walking bass.", "blues"),
    DemoSong("turncoat", "Turncoat", "Begins as slow strings and turns to metal at 15 seconds.", "mixed", CHANGE_S),
)
TROUBADOUR = DemoSong(
    "troubadour", "Troubadour", "The twelve-bar blues with a synthetic voice that sings vowels.", "sung"
)
"""The one with a voice; not among `SONGS`, which are instrumental."""


def song(name: str) -> DemoSong:
    """The song of that name.  Raises GenreLabError if there is none."""
    songs = (*SONGS, TROUBADOUR)
    for candidate in songs:
        if candidate.name == name:
            return candidate
    raise GenreLabError(f"There is no demo song {name!r}; choose from {', '.join(each.name for each in songs)}.")


def sing(*, seconds: float = 30.0, seed: int = 0, rate: int = SEGMENT_RATE) -> Clip:
    """A synthetic voice alone, peaking at -1 dBFS: phrases of vowels with vibrato, breath and consonants between."""
    return Clip(_mastered(_sing(_Studio(seconds, seed, rate), key=48 + seed % 12)), rate)


def write_genre_folders(
    folder: Path, *, tracks: int = 4, seconds: float = 12.0, styles: Sequence[str] | None = None
) -> None:
    """Write a small data set: folder/STYLE/STYLE.00000.wav and so on, 16-bit PCM, as GTZAN is laid out.

    styles: of the songs that keep to one style (left out: all of those).  Raises GenreLabError for an unknown one.
    """
    by_style = {each.style: each for each in SONGS if each.changes_at_s is None}
    unknown = [style for style in styles or () if style not in by_style]
    if unknown:
        raise GenreLabError(f"There is no demo style {unknown[0]!r}; choose from {', '.join(by_style)}.")
    for style in by_style if styles is None else styles:
        (folder / style).mkdir(parents=True, exist_ok=True)
        for track in range(tracks):
            clip = by_style[style].clip(seconds=seconds, seed=track)
            (folder / style / f"{style}.{track:05d}.wav").write_bytes(wav_bytes(clip))


class _Studio:
    """Length, rate and random choices of one recording, and its room."""

    def __init__(self, seconds: float, seed: int, rate: int) -> None:
        self.seconds = seconds
        self.seed = seed
        self.rate = rate
        self.rng = np.random.default_rng(seed)

    def part(self) -> np.ndarray:
        return np.zeros(round(self.seconds * self.rate))

    def times(self, seconds: float) -> np.ndarray:
        return np.arange(round(seconds * self.rate)) / self.rate

    def noise(self, seconds: float) -> np.ndarray:
        return self.rng.standard_normal(round(seconds * self.rate))

    def band(self, sound: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
        """A second-order band pass; what lies over 45 % of the rate stays out of it."""
        edges = (low_hz, min(high_hz, 0.45 * self.rate))
        return scipy.signal.sosfilt(scipy.signal.butter(2, edges, "bandpass", fs=self.rate, output="sos"), sound)

    def reverb(self, sound: np.ndarray, decay_s: float, wet: float) -> np.ndarray:
        """The sound in a room: convolved with noise that dies away by 60 dB in `decay_s`."""
        room = self.noise(decay_s) * 10 ** (-3 * self.times(decay_s) / decay_s)
        echo = scipy.signal.fftconvolve(sound, room / np.linalg.norm(room))[: len(sound)]
        return (1 - wet) * sound + wet * echo


# Instruments


@overload
def _hz(pitch: float) -> float: ...
@overload
def _hz(pitch: np.ndarray) -> np.ndarray: ...
def _hz(pitch: float | np.ndarray) -> float | np.ndarray:
    return 440.0 * 2 ** ((pitch - 69) / 12)


@cache
def _period(harmonics: int) -> np.ndarray:
    """One period of a sawtooth of so many harmonics."""
    k = np.arange(1, harmonics + 1)
    phase = 2 * np.pi * np.arange(TABLE) / TABLE
    return np.sin(np.outer(phase, k)) @ (1 / k)


def _saw(studio: _Studio, pitch: float, seconds: float, *, brightest: int = 40, vibrato: float = 0.0) -> np.ndarray:
    """A band-limited sawtooth; vibrato is its depth as a share of the pitch."""
    hz = _hz(pitch)
    times = studio.times(seconds)
    phase = hz * times + studio.rng.random()
    if vibrato:
        speed_hz = studio.rng.uniform(4.8, 5.8)
        phase += vibrato * hz / (2 * np.pi * speed_hz) * np.sin(2 * np.pi * speed_hz * times)
    period = _period(max(1, min(brightest, int(0.45 * studio.rate / hz))))
    return period[(phase * TABLE).astype(np.int64) % TABLE]


def _strings(studio: _Studio, pitch: float, seconds: float) -> np.ndarray:
    """Three players who never quite agree, with a slow bow."""
    players = sum(
        _saw(studio, pitch + detune, seconds, brightest=14, vibrato=0.004) for detune in studio.rng.normal(0, 0.05, 3)
    )
    times = studio.times(seconds)
    return players * np.minimum(1, times / 0.5) * np.minimum(1, (seconds - times) / 0.9)


def _pluck(studio: _Studio, pitch: float, seconds: float, *, decay_s: float, harmonics: int = 14) -> np.ndarray:
    """A string plucked at a seventh of its length; high harmonics die first."""
    hz = _hz(pitch)
    k = np.arange(max(2, min(harmonics, int(0.45 * studio.rate / hz)) + 1))
    gains = np.sin(np.pi * k / 7) / np.maximum(k, 1)
    times = studio.times(seconds)
    lowest = np.exp(times * (2j * np.pi * hz - 0.4 / decay_s))  # its k-th power is the k-th harmonic
    partials = np.polyval(gains[::-1], lowest).imag * np.exp(-0.6 * times / decay_s)
    return partials * np.minimum(1, (seconds - times) / 0.02)


def _kick(studio: _Studio, *, click: float) -> np.ndarray:
    times = studio.times(0.28)
    body = np.sin(2 * np.pi * (48 * times + 4.5 * (1 - np.exp(-times * 30)))) * np.exp(-times * 14)
    return body + click * studio.noise(0.28) * np.exp(-times * 300)


def _snare(studio: _Studio, *, decay_s: float = 0.07) -> np.ndarray:
    times = studio.times(0.35)
    rattle = studio.band(studio.noise(0.35), 900, 8000) * np.exp(-times / decay_s)
    return rattle + 0.6 * np.sin(2 * np.pi * 185 * times) * np.exp(-times * 30)


def _cymbal(studio: _Studio, seconds: float, decay_s: float) -> np.ndarray:
    return studio.band(studio.noise(seconds), 5500, 10_000) * np.exp(-studio.times(seconds) / decay_s)


def _sing(studio: _Studio, *, key: int) -> np.ndarray:
    """A voice: the harmonics of the vocal folds, as loud as the formants of a vowel let them be."""
    rng, voice = studio.rng, studio.part()
    at_s, step = 0.3, 4
    while at_s < studio.seconds:
        for _ in range(int(rng.integers(4, 9))):  # a phrase, then a breath
            step = int(np.clip(step + rng.integers(-2, 3), 0, 10))
            note_s = float(rng.choice((0.22, 0.3, 0.45, 0.8)))
            if rng.random() < 0.5:
                consonant = studio.band(studio.noise(0.07), 2500, 9000) * np.hanning(len(studio.times(0.07)))
                _place(voice, studio.rate, at_s - 0.05, consonant, 0.25)
            vowels = rng.choice(tuple(VOWELS), 2)
            sound = _sung(studio, key + _degree(MINOR, step), note_s, *(VOWELS[str(vowel)] for vowel in vowels))
            _place(voice, studio.rate, at_s, sound, float(rng.uniform(0.7, 1)))
            at_s += note_s
        at_s += float(rng.uniform(0.4, 1.2))
    return voice


def _sung(
    studio: _Studio, pitch: float, seconds: float, begin: tuple[float, ...], end: tuple[float, ...]
) -> np.ndarray:
    """A note that is reached from below, with a vibrato that sets in, and glides from one vowel to another."""
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


def _place(part: np.ndarray, rate: int, at_s: float, sound: np.ndarray, gain: float = 1.0) -> None:
    """Add a sound to a part, as far as it fits in."""
    start = round(at_s * rate)
    room = part[start : start + len(sound)]
    room += gain * sound[: len(room)]


def _degree(scale: Sequence[int], step: int) -> int:
    """Semitones from the key note to a step of the scale, over any number of octaves."""
    return 12 * (step // len(scale)) + scale[step % len(scale)]


def _mastered(mix: np.ndarray) -> np.ndarray:
    """float32 without an offset, with ends that don't click, peaking at -1 dBFS."""
    mix = mix - mix.mean()
    fade = np.linspace(0, 1, min(len(mix), 400), endpoint=False)
    mix[: len(fade)] *= fade
    mix[len(mix) - len(fade) :] *= fade[::-1]
    return (mix * (PEAK / np.abs(mix).max())).astype(np.float32)


# Bands: each plays one style


def _play_adagio(studio: _Studio) -> np.ndarray:
    rng, strings = studio.rng, studio.part()
    key = int(rng.integers(45, 53))
    scale = MINOR if rng.random() < 0.6 else MAJOR
    progression = ((0, 5, 3, 4), (0, 3, 5, 4), (0, 2, 5, 3), (0, 4, 5, 3))[rng.integers(4)]
    chord_s = float(rng.uniform(3.4, 4.6))
    melody = 7
    for number in range(int(studio.seconds / chord_s) + 1):
        root = progression[number % 4]
        at_s = number * chord_s
        for step, gain in ((root - 7, 0.9), (root, 0.6), (root + 2, 0.5), (root + 4, 0.5)):
            sound = _strings(studio, key + _degree(scale, step), chord_s + 0.8)
            _place(strings, studio.rate, at_s, sound, gain)
        for half in range(2):
            near = [root + octave + third for octave in (7, 14) for third in (0, 2, 4)]
            melody = min(near, key=lambda step: abs(step - melody - rng.integers(-3, 4)))
            sound = _strings(studio, key + _degree(scale, melody), chord_s / 2 + 0.7)
            _place(strings, studio.rate, at_s + half * chord_s / 2, sound, 0.7)
    swell = 0.8 + 0.2 * np.sin(2 * np.pi * studio.times(studio.seconds) / (2 * chord_s) - 1)
    hall = studio.reverb(studio.band(strings * swell, 60, 2600), 2.6, 0.45)
    return hall + 0.002 * studio.noise(studio.seconds)


def _play_floorfiller(studio: _Studio) -> np.ndarray:
    rng, rate = studio.rng, studio.rate
    beat_s = 60 / float(rng.uniform(114, 128))
    key = int(rng.integers(41, 49))
    progression = ((0, 5, 2, 6), (0, 3, 5, 6), (0, 3, 6, 2), (0, 6, 5, 6))[rng.integers(4)]
    hook = rng.choice((0, 2, 4, 7), 8)
    drums, bass, keys = studio.part(), studio.part(), studio.part()
    kick, clap = _kick(studio, click=0.3), _snare(studio)
    open_hat, closed_hat = _cymbal(studio, 0.2, 0.07), _cymbal(studio, 0.06, 0.018)
    for beat in range(int(studio.seconds / beat_s) + 1):
        at_s = beat * beat_s
        root = progression[beat // 4 % 4]
        _place(drums, rate, at_s, kick)
        if beat % 2:
            _place(drums, rate, at_s, clap, 0.5)
        _place(drums, rate, at_s + beat_s / 2, open_hat, 0.55)
        for sixteenth in range(4):
            _place(drums, rate, at_s + sixteenth * beat_s / 4, closed_hat, 0.3)
        for eighth in range(2):
            pitch = key - 12 + _degree(MINOR, root) + 12 * eighth
            sound = _saw(studio, pitch, beat_s * 0.42, brightest=9) * np.exp(-studio.times(beat_s * 0.42) * 5)
            _place(bass, rate, at_s + eighth * beat_s / 2, sound, 0.55)
        stab_s = beat_s * 0.4
        fall = np.exp(-studio.times(stab_s) * 9)
        for third in (0, 2, 4):
            sound = _saw(studio, key + 12 + _degree(MINOR, root + third), stab_s) * fall
            _place(keys, rate, at_s + beat_s / 2, sound, 0.16)
        lead = _saw(studio, key + 24 + _degree(MINOR, root + int(hook[beat % 8])), stab_s, brightest=12) * fall
        _place(keys, rate, at_s + beat_s * (0.75 if beat % 4 == 2 else 0), lead, 0.2)
    since_beat = studio.times(studio.seconds) % beat_s
    pumping = 1 - 0.6 * np.exp(-since_beat * 12)  # the side chain: all else ducks under the kick
    return np.tanh(0.9 * (drums + pumping * (bass + studio.reverb(keys, 0.7, 0.3))))


def _play_furnace(studio: _Studio) -> np.ndarray:
    rng, rate = studio.rng, studio.rate
    beat_s = 60 / float(rng.uniform(168, 200))
    key = int(rng.integers(37, 43))
    riff = [0, *rng.choice((0, 0, 1, 3, 5, 6, 7), 7)]
    drums, guitar = studio.part(), studio.part()
    kick, snare, hat = _kick(studio, click=0.9), _snare(studio, decay_s=0.1), _cymbal(studio, 0.12, 0.04)
    crash = _cymbal(studio, 1.6, 0.5)
    for beat in range(int(studio.seconds / beat_s) + 1):
        at_s = beat * beat_s
        _place(drums, rate, at_s, snare if beat % 2 else hat, 0.8 if beat % 2 else 0.4)
        _place(drums, rate, at_s + beat_s / 2, hat, 0.35)
        if beat % 16 == 0:
            _place(drums, rate, at_s, crash, 0.6)
        for sixteenth in range(4):
            _place(drums, rate, at_s + sixteenth * beat_s / 4, kick, 0.8)
        rings = (
            beat % 16 >= 12
        )  # the last bar of four lets its chords ring, the others gallop: an eighth, two sixteenths
        if rings and beat % 2:
            continue
        for offset, length in ((0.0, 2.0),) if rings else ((0.0, 0.5), (0.5, 0.25), (0.75, 0.25)):
            sound_s = length * beat_s
            times = studio.times(sound_s)
            damped = np.exp(-times * (2 if rings else 9)) * np.minimum(1, (sound_s - times) / 0.004)
            for interval, detune in ((0, 0.04), (0, -0.04), (7, 0.03), (12, 0.0)):
                sound = _saw(studio, key + int(riff[beat // 2 % 8]) + interval + detune, sound_s)
                _place(guitar, rate, at_s + offset * beat_s, sound * damped, 0.4)
    amplified = np.tanh(9 * studio.band(guitar, 90, 5000)) + 0.02 * studio.noise(studio.seconds)
    cabinet = studio.band(amplified, 80, 4800) + 1.5 * studio.band(amplified, 1300, 4500)
    return np.tanh(1.1 * (0.75 * cabinet + studio.reverb(drums, 0.5, 0.2)))


def _play_shuffle(studio: _Studio) -> np.ndarray:
    rng, rate = studio.rng, studio.rate
    beat_s = 60 / float(rng.uniform(88, 118))
    key = int(rng.integers(40, 48))
    twelve_bars = (0, 5 if rng.random() < 0.5 else 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7)
    blues_scale = (0, 3, 5, 6, 7, 10)
    drums, bass, guitar = studio.part(), studio.part(), studio.part()
    ride, brush, kick = _cymbal(studio, 0.3, 0.08), _snare(studio, decay_s=0.05), _kick(studio, click=0.1)
    swing = 2 / 3
    step = 6
    for beat in range(int(studio.seconds / beat_s) + 1):
        at_s = beat * beat_s
        root = twelve_bars[beat // 4 % 12]
        _place(bass, rate, at_s, _pluck(studio, key - 12 + root + (0, 4, 7, 9)[beat % 4], beat_s, decay_s=0.5), 1.3)
        _place(drums, rate, at_s, ride, 0.25)
        _place(drums, rate, at_s + (swing * beat_s if beat % 2 else 0), ride, 0.15)
        _place(drums, rate, at_s, brush if beat % 2 else kick, 0.22 if beat % 2 else 0.4)
        if beat % 4 in (1, 3):  # comping: the seventh chord, strummed
            for string, interval in enumerate((0, 4, 7, 10)):
                sound = _pluck(studio, key + 12 + root + interval, 0.35, decay_s=0.15)
                _place(guitar, rate, at_s + swing * beat_s + 0.008 * string, sound, 0.3)
        if beat // 4 % 4 != 3:  # a lick over three bars, then a bar of rest
            for offset in (0.0, swing):
                if rng.random() < 0.7:
                    step = int(np.clip(step + rng.integers(-2, 3), 4, 14))
                    sound = _pluck(studio, key + 12 + _degree(blues_scale, step), 0.7, decay_s=0.35)
                    _place(guitar, rate, at_s + offset * beat_s, sound, 0.8)
    club = studio.reverb(bass + np.tanh(1.5 * guitar) + drums, 0.9, 0.15)
    return club + 0.003 * studio.noise(studio.seconds)


def _play_turncoat(studio: _Studio) -> np.ndarray:
    def played(play: Callable[[_Studio], np.ndarray], seconds: float) -> np.ndarray:
        part = play(_Studio(seconds, studio.seed, studio.rate))
        return part / np.abs(part).max()

    before = played(_play_adagio, min(studio.seconds, CHANGE_S))
    if studio.seconds <= CHANGE_S:
        return before
    return np.concatenate([before, played(_play_furnace, studio.seconds - CHANGE_S)])


def _play_troubadour(studio: _Studio) -> np.ndarray:
    band = _play_shuffle(studio)
    voice = studio.reverb(_sing(studio, key=52), 0.9, 0.15)
    return band / band.std() + 1.2 * voice / voice.std()


_BANDS: dict[str, Callable[[_Studio], np.ndarray]] = {
    "adagio": _play_adagio,
    "floorfiller": _play_floorfiller,
    "furnace": _play_furnace,
    "shuffle": _play_shuffle,
    "turncoat": _play_turncoat,
    "troubadour": _play_troubadour,
}
