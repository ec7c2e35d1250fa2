"""The styles of the synthetic songs: a function for each, which plays a recording from a few rules.

The rules are a scale, a chord progression and a rhythm; the studio's seed chooses key, tempo and notes.
"""

from collections.abc import Callable

import numpy as np

from genre_core.audio.synthesis import instruments
from genre_core.audio.synthesis.instruments import MINOR, Studio, degree, place

MAJOR = (0, 2, 4, 5, 7, 9, 11)
CHANGE_S = 15.0
"""When the song "turncoat" changes its style, in seconds."""


def play_adagio(studio: Studio) -> np.ndarray:
    """Slow strings with a melody on top."""
    rng, strings = studio.rng, studio.empty_track()
    key = int(rng.integers(45, 53))
    scale = MINOR if rng.random() < 0.6 else MAJOR
    progression = ((0, 5, 3, 4), (0, 3, 5, 4), (0, 2, 5, 3), (0, 4, 5, 3))[rng.integers(4)]
    chord_s = float(rng.uniform(3.4, 4.6))
    melody = 7
    for number in range(int(studio.seconds / chord_s) + 1):
        root = progression[number % 4]
        at_s = number * chord_s
        for step, gain in ((root - 7, 0.9), (root, 0.6), (root + 2, 0.5), (root + 4, 0.5)):
            sound = instruments.strings(studio, key + degree(scale, step), chord_s + 0.8)
            place(strings, studio.rate, at_s, sound, gain)
        for half in range(2):
            near = [root + octave + third for octave in (7, 14) for third in (0, 2, 4)]
            melody = min(near, key=lambda step: abs(step - melody - rng.integers(-3, 4)))
            sound = instruments.strings(studio, key + degree(scale, melody), chord_s / 2 + 0.7)
            place(strings, studio.rate, at_s + half * chord_s / 2, sound, 0.7)
    swell = 0.8 + 0.2 * np.sin(2 * np.pi * studio.times(studio.seconds) / (2 * chord_s) - 1)
    hall = studio.reverb(studio.band_pass(strings * swell, 60, 2600), 2.6, 0.45)
    return hall + 0.002 * studio.noise(studio.seconds)


def play_floorfiller(studio: Studio) -> np.ndarray:
    """Four to the floor: drums, octave bass, chord stabs and a hook."""
    rng, rate = studio.rng, studio.rate
    beat_s = 60 / float(rng.uniform(114, 128))
    key = int(rng.integers(41, 49))
    progression = ((0, 5, 2, 6), (0, 3, 5, 6), (0, 3, 6, 2), (0, 6, 5, 6))[rng.integers(4)]
    hook = rng.choice((0, 2, 4, 7), 8)
    drums, bass, keys = studio.empty_track(), studio.empty_track(), studio.empty_track()
    kick, clap = instruments.kick(studio, click=0.3), instruments.snare(studio)
    open_hat, closed_hat = instruments.cymbal(studio, 0.2, 0.07), instruments.cymbal(studio, 0.06, 0.018)
    for beat in range(int(studio.seconds / beat_s) + 1):
        at_s = beat * beat_s
        root = progression[beat // 4 % 4]
        place(drums, rate, at_s, kick)
        if beat % 2:
            place(drums, rate, at_s, clap, 0.5)
        place(drums, rate, at_s + beat_s / 2, open_hat, 0.55)
        for sixteenth in range(4):
            place(drums, rate, at_s + sixteenth * beat_s / 4, closed_hat, 0.3)
        for eighth in range(2):
            pitch = key - 12 + degree(MINOR, root) + 12 * eighth
            tone_s = beat_s * 0.42
            sound = instruments.saw(studio, pitch, tone_s, brightest=9) * np.exp(-studio.times(tone_s) * 5)
            place(bass, rate, at_s + eighth * beat_s / 2, sound, 0.55)
        stab_s = beat_s * 0.4
        fall = np.exp(-studio.times(stab_s) * 9)
        for third in (0, 2, 4):
            sound = instruments.saw(studio, key + 12 + degree(MINOR, root + third), stab_s) * fall
            place(keys, rate, at_s + beat_s / 2, sound, 0.16)
        pitch = key + 24 + degree(MINOR, root + int(hook[beat % 8]))
        lead = instruments.saw(studio, pitch, stab_s, brightest=12) * fall
        place(keys, rate, at_s + beat_s * (0.75 if beat % 4 == 2 else 0), lead, 0.2)
    since_beat = studio.times(studio.seconds) % beat_s
    pumping = 1 - 0.6 * np.exp(-since_beat * 12)  # the side chain: the other tracks duck under the kick
    return np.tanh(0.9 * (drums + pumping * (bass + studio.reverb(keys, 0.7, 0.3))))


def play_furnace(studio: Studio) -> np.ndarray:
    """Distorted power chords in a gallop over double-kick drums."""
    rng, rate = studio.rng, studio.rate
    beat_s = 60 / float(rng.uniform(168, 200))
    key = int(rng.integers(37, 43))
    riff = [0, *rng.choice((0, 0, 1, 3, 5, 6, 7), 7)]
    drums, guitar = studio.empty_track(), studio.empty_track()
    kick, snare = instruments.kick(studio, click=0.9), instruments.snare(studio, decay_s=0.1)
    hat = instruments.cymbal(studio, 0.12, 0.04)
    crash = instruments.cymbal(studio, 1.6, 0.5)
    for beat in range(int(studio.seconds / beat_s) + 1):
        at_s = beat * beat_s
        place(drums, rate, at_s, snare if beat % 2 else hat, 0.8 if beat % 2 else 0.4)
        place(drums, rate, at_s + beat_s / 2, hat, 0.35)
        if beat % 16 == 0:
            place(drums, rate, at_s, crash, 0.6)
        for sixteenth in range(4):
            place(drums, rate, at_s + sixteenth * beat_s / 4, kick, 0.8)
        # The last bar of four lets its chords ring; the others gallop: an eighth, two sixteenths.
        rings = beat % 16 >= 12
        if rings and beat % 2:
            continue
        for offset, length in ((0.0, 2.0),) if rings else ((0.0, 0.5), (0.5, 0.25), (0.75, 0.25)):
            sound_s = length * beat_s
            times = studio.times(sound_s)
            damped = np.exp(-times * (2 if rings else 9)) * np.minimum(1, (sound_s - times) / 0.004)
            for interval, detune in ((0, 0.04), (0, -0.04), (7, 0.03), (12, 0.0)):
                sound = instruments.saw(studio, key + int(riff[beat // 2 % 8]) + interval + detune, sound_s)
                place(guitar, rate, at_s + offset * beat_s, sound * damped, 0.4)
    amplified = np.tanh(9 * studio.band_pass(guitar, 90, 5000)) + 0.02 * studio.noise(studio.seconds)
    cabinet = studio.band_pass(amplified, 80, 4800) + 1.5 * studio.band_pass(amplified, 1300, 4500)
    return np.tanh(1.1 * (0.75 * cabinet + studio.reverb(drums, 0.5, 0.2)))


def play_shuffle(studio: Studio) -> np.ndarray:
    """A swung twelve-bar blues: plucked guitar, walking bass, drums."""
    rng, rate = studio.rng, studio.rate
    beat_s = 60 / float(rng.uniform(88, 118))
    key = int(rng.integers(40, 48))
    twelve_bars = (0, 5 if rng.random() < 0.5 else 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7)
    blues_scale = (0, 3, 5, 6, 7, 10)
    drums, bass, guitar = studio.empty_track(), studio.empty_track(), studio.empty_track()
    ride, brush = instruments.cymbal(studio, 0.3, 0.08), instruments.snare(studio, decay_s=0.05)
    kick = instruments.kick(studio, click=0.1)
    swing = 2 / 3
    step = 6
    for beat in range(int(studio.seconds / beat_s) + 1):
        at_s = beat * beat_s
        root = twelve_bars[beat // 4 % 12]
        walk = instruments.pluck(studio, key - 12 + root + (0, 4, 7, 9)[beat % 4], beat_s, decay_s=0.5)
        place(bass, rate, at_s, walk, 1.3)
        place(drums, rate, at_s, ride, 0.25)
        place(drums, rate, at_s + (swing * beat_s if beat % 2 else 0), ride, 0.15)
        place(drums, rate, at_s, brush if beat % 2 else kick, 0.22 if beat % 2 else 0.4)
        if beat % 4 in (1, 3):  # comping: the seventh chord, strummed
            for string, interval in enumerate((0, 4, 7, 10)):
                sound = instruments.pluck(studio, key + 12 + root + interval, 0.35, decay_s=0.15)
                place(guitar, rate, at_s + swing * beat_s + 0.008 * string, sound, 0.3)
        if beat // 4 % 4 != 3:  # a lick over three bars, then a bar of rest
            for offset in (0.0, swing):
                if rng.random() < 0.7:
                    step = int(np.clip(step + rng.integers(-2, 3), 4, 14))
                    sound = instruments.pluck(studio, key + 12 + degree(blues_scale, step), 0.7, decay_s=0.35)
                    place(guitar, rate, at_s + offset * beat_s, sound, 0.8)
    club = studio.reverb(bass + np.tanh(1.5 * guitar) + drums, 0.9, 0.15)
    return club + 0.003 * studio.noise(studio.seconds)


def play_turncoat(studio: Studio) -> np.ndarray:
    """Strings up to CHANGE_S, then metal."""

    def played(play: Callable[[Studio], np.ndarray], seconds: float) -> np.ndarray:
        track = play(Studio(seconds, studio.seed, studio.rate))
        return track / np.abs(track).max()

    before = played(play_adagio, min(studio.seconds, CHANGE_S))
    if studio.seconds <= CHANGE_S:
        return before
    return np.concatenate([before, played(play_furnace, studio.seconds - CHANGE_S)])


def play_troubadour(studio: Studio) -> np.ndarray:
    """The shuffle with a synthetic voice."""
    band = play_shuffle(studio)
    voice = studio.reverb(instruments.voice(studio, key=52), 0.9, 0.15)
    return band / band.std() + 1.2 * voice / voice.std()
