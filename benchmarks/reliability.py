"""Is what is no music doubted, and is music not?

    python -m benchmarks.trust [FOLDER...]

Noise, tones and speech (by espeak-ng, if it is installed) on one side; on the other the tracks of the genre folders, or
synthetic songs if none are named.  Each track is compared with the bundled reference without the tracks of its artist,
so that it stands for music of people never heard.  No genre is looked at, so tracks of any list may take part.
The baseline is the cosine to the nearest track, with the limit that doubts as much music.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.songs import heard
from genre_core import audio
from genre_core.audio import SEGMENT_RATE, Clip, synthesis
from genre_core.datasets import gtzan
from genre_core.features import LEVELED, feature_set
from genre_core.prediction import reference, reliability
from genre_core.prediction.reference import Reference
from genre_core.prediction.reliability import Reliability

SECONDS = 30.0
TEXT = (
    "The quick brown fox jumps over the lazy dog. People spoke about the weather, about trains and the price of bread. "
    "It was measured that the sea is warmer than last year. Please stand clear of the closing doors. "
)
VOICES = ("en-us", "en-gb-scotland", "en+f3", "en+m7", "en+whisper", "en+croak", "de", "fr", "es", "it", "ru", "pl")
SPEEDS = (110, 175, 260)


def main(folders: list[str]) -> None:
    songs = reference.bundled()
    doubted: dict[str, list[bool]] = {}
    nearest: dict[str, list[float]] = {}
    for kind, name, clip in nothing_musical():
        found, cosine = predicted(clip, songs)
        doubted.setdefault(kind, []).append(bool(found.reasons))
        nearest.setdefault(kind, []).append(cosine)
        if not found.reasons:
            print(f"not doubted: {name}")
    music_cosines = []
    reasons: dict[str, list[list[str]]] = {}
    for track, clip in music(folders):
        artist = gtzan.facts(track).artist
        others = {other for other in (*songs.tracks, *songs.mapped_track.tolist()) if other == track}
        if artist:
            others |= {known for known, facts in gtzan.all_tracks().items() if facts.artist == artist}
        found, cosine = predicted(clip, songs.without(frozenset(others)))
        whose = "that the limits were set on" if gtzan.facts(track).part in ("train", "valid") else "of no such list"
        reasons.setdefault(whose, []).append(found.reasons)
        music_cosines.append(cosine)
        if found.reasons:
            print(f"doubted: {track}: {' '.join(found.reasons)}")
    for kind, answers in doubted.items():
        print(f"{kind}: {sum(answers)} of {len(answers)} doubted (wanted: all)")
    for whose, said in reasons.items():
        print(f"music {whose}: {sum(map(bool, said))} of {len(said)} doubted (wanted: at most 5 %)")
    wrong = sum(bool(each) for said in reasons.values() for each in said)
    limit = np.quantile(music_cosines, max(wrong, 1) / len(music_cosines))
    told = ", ".join(f"{sum(c < limit for c in cosines)} of {len(cosines)} {kind}" for kind, cosines in nearest.items())
    print(f"baseline, cosine to the nearest track below {limit:.3f}: {told}")


def predicted(clip: Clip, songs: Reference) -> tuple[Reliability, float]:
    values = heard(clip)
    found = reliability.assess(clip, values, clip.duration_s, songs, feature_set(LEVELED).treble_hz)
    return found, songs.similar(values, 1)[0].similarity


def music(folders: list[str]) -> Iterator[tuple[str, Clip]]:
    for folder in folders:
        for path in sorted(Path(folder).glob("*/*")):
            yield f"{path.parent.name}/{path.stem}", audio.load(path)
    if not folders:
        for song in synthesis.SONGS:
            yield f"synthetic/{song.name}", song.clip(seconds=SECONDS)


def nothing_musical() -> Iterator[tuple[str, str, Clip]]:
    """What is no music: its kind, its name, and its sound."""
    rng = np.random.default_rng(0)
    n = round(SECONDS * SEGMENT_RATE)
    times = np.arange(n) / SEGMENT_RATE
    for level in (1.0, 0.1, 0.01):
        for name, slope in (("white", 0), ("pink", 1), ("brown", 2), ("blue", -1)):
            frequencies = np.maximum(np.fft.rfftfreq(n, 1 / SEGMENT_RATE), 1.0)
            sound = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * frequencies ** (-slope / 2), n)
            yield "noise", f"{name} noise at {level}", clip_of(0.8 * level * sound / np.abs(sound).max())
        for hertz in (55, 110, 220, 440, 1000, 2000, 4000, 8000):
            yield "tones", f"{hertz} Hz at {level}", clip_of(0.8 * level * np.sin(2 * np.pi * hertz * times))
        yield "tones", f"sawtooth at {level}", clip_of(0.8 * level * (2 * (220 * times % 1) - 1))
        chord = sum(np.sin(2 * np.pi * hertz * times) for hertz in (261.6, 329.6, 392.0))
        yield "tones", f"chord of sines at {level}", clip_of(0.25 * level * chord)
    if shutil.which("espeak-ng") is None:
        print("espeak-ng is not installed: no speech")
        return
    for voice in VOICES:
        for speed in SPEEDS:
            command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", TEXT * 3]
            spoken = subprocess.run(command, capture_output=True, check=True).stdout
            yield "speech", f"{voice} at {speed} words a minute", audio.load(spoken, max_seconds=SECONDS)


def clip_of(samples: np.ndarray) -> Clip:
    return Clip(samples.astype(np.float32), SEGMENT_RATE)


if __name__ == "__main__":
    main(sys.argv[1:])
