"""Reliability: how often a prediction is flagged as unreliable, for music and for what is not music.

    python -m benchmarks.reliability [FOLDER...] [--write docs/results.md]

A prediction is flagged if there is at least one reason against it but uncertainty: no run predicts here.  Noise, tones
and speech (by espeak-ng, if it is installed) should all be flagged, and the tracks of the folders, or synthetic songs
without folders, should not.  Each track is compared with the bundled reference without the tracks of its artist, as
music of an artist unseen in training.  No genre is looked at, so tracks of all lists of the fault-filtered split can
take part.  The baseline is the cosine similarity to the nearest track, with the limit that flags as many tracks.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.artists import same_artist
from benchmarks.results import argument_parser, publish, table
from genre_core import audio
from genre_core.audio import SEGMENT_RATE, SEGMENT_SAMPLES, SEGMENT_SECONDS, Clip, synthesis
from genre_core.datasets import gtzan
from genre_core.features import LEVELED, embedding, feature_set
from genre_core.prediction import HOP_S, reference, reliability
from genre_core.prediction.reference import Reference

SECONDS = 30.0
TEXT = (
    "The quick brown fox jumps over the lazy dog. People spoke about the weather, about trains and the price of bread. "
    "It was measured that the sea is warmer than last year. Please stand clear of the closing doors. "
)
VOICES = ("en-us", "en-gb-scotland", "en+f3", "en+m7", "en+whisper", "en+croak", "de", "fr", "es", "it", "ru", "pl")
SPEEDS = (110, 175, 260)
LIMITS_SET, OTHER = "Music, tracks that the limits were set on", "Music, other tracks"


def main(folders: list[Path]) -> str:
    songs = reference.bundled()
    flagged: dict[str, list[bool]] = {}
    cosines: dict[str, list[float]] = {}

    def add(kind: str, name: str, clip: Clip, known: Reference) -> None:
        reasons, cosine = assess(clip, known)
        flagged.setdefault(kind, []).append(bool(reasons))
        cosines.setdefault(kind, []).append(cosine)
        if bool(reasons) == (kind in (LIMITS_SET, OTHER)):
            print(f"{kind}: {name}: {' '.join(reasons) or 'not flagged'}", flush=True)

    for kind, name, clip in no_music():
        add(kind, name, clip, songs)
    for track, clip in music(folders):
        kind = LIMITS_SET if gtzan.facts(track).subset in ("train", "valid") else OTHER
        add(kind, track, clip, songs.without(same_artist(track)))

    music_kinds = [kind for kind in flagged if kind in (LIMITS_SET, OTHER)]
    music_cosines = np.concatenate([cosines[kind] for kind in music_kinds])
    wrong = sum(sum(flagged[kind]) for kind in music_kinds)
    limit = np.quantile(music_cosines, max(wrong, 1) / len(music_cosines))
    rows = [
        (
            kind,
            f"{sum(answers)} of {len(answers)}",
            "at most 5 %" if kind in music_kinds else "all",
            f"{sum(cosine < limit for cosine in cosines[kind])} of {len(answers)}",
        )
        for kind, answers in flagged.items()
    ]
    return table(("Audio", "Flagged", "Target", "Flagged by the baseline"), rows)


def assess(clip: Clip, known: Reference) -> tuple[list[str], float]:
    """The reasons against a prediction of the clip, and its cosine similarity to the nearest track."""
    values = leveled_embedding(clip)
    distance = known.distance(values, clip.duration_s / SEGMENT_SECONDS)
    needed_hz = feature_set(LEVELED).needed_bandwidth_hz
    return (
        reliability.assess(clip, None, distance, clip.duration_s, needed_hz).reasons,
        known.similar(values, 1)[0].similarity,
    )


def leveled_embedding(clip: Clip) -> np.ndarray:
    """The segments of a clip in the leveled embedding, as in a prediction: shape (segments, embedding.SIZE)."""
    starts = range(0, len(clip.samples) - SEGMENT_SAMPLES + 1, round(HOP_S * SEGMENT_RATE))
    return np.array(list(embedding.extract_leveled(clip.samples, starts, SEGMENT_SAMPLES)), dtype=np.float64)


def music(folders: list[Path]) -> Iterator[tuple[str, Clip]]:
    for folder in folders:
        for path in sorted(folder.glob("*/*")):
            yield f"{path.parent.name}/{path.stem}", audio.load_audio(path)
    if not folders:
        for song in synthesis.SONGS:
            yield f"synthetic/{song.name}", song.clip(seconds=SECONDS)


def no_music() -> Iterator[tuple[str, str, Clip]]:
    """Noise, tones and speech: kind, name and clip."""
    rng = np.random.default_rng(0)
    n = round(SECONDS * SEGMENT_RATE)
    times = np.arange(n) / SEGMENT_RATE
    for level in (1.0, 0.1, 0.01):
        for name, slope in (("white", 0), ("pink", 1), ("brown", 2), ("blue", -1)):
            frequencies = np.maximum(np.fft.rfftfreq(n, 1 / SEGMENT_RATE), 1.0)
            sound = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * frequencies ** (-slope / 2), n)
            yield "Noise", f"{name} noise at {level}", clip_of(0.8 * level * sound / np.abs(sound).max())
        for hertz in (55, 110, 220, 440, 1000, 2000, 4000, 8000):
            yield "Tones", f"{hertz} Hz at {level}", clip_of(0.8 * level * np.sin(2 * np.pi * hertz * times))
        yield "Tones", f"sawtooth at {level}", clip_of(0.8 * level * (2 * (220 * times % 1) - 1))
        chord = [np.sin(2 * np.pi * hertz * times) for hertz in (261.6, 329.6, 392.0)]
        yield "Tones", f"chord of sines at {level}", clip_of(0.25 * level * np.sum(chord, axis=0))
    if shutil.which("espeak-ng") is None:
        print("espeak-ng is not installed: no speech.")
        return
    for voice in VOICES:
        for speed in SPEEDS:
            command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", TEXT * 3]
            speech = subprocess.run(command, capture_output=True, check=True).stdout
            yield "Speech", f"{voice} at {speed} words per minute", audio.load_audio(speech, max_seconds=SECONDS)


def clip_of(samples: np.ndarray) -> Clip:
    return Clip(samples.astype(np.float32), SEGMENT_RATE)


if __name__ == "__main__":
    parser = argument_parser("reliability", __doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    publish(parser, main)
