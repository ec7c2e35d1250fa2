"""Make the songs in artifacts/bundled/songs again, from whole songs of Debian packages.

    python -m scripts.make_songs FOLDER

FOLDER has the songs of benchmarks/outside/songs.csv (`python -m benchmarks.outside_songs FOLDER`).  Of each song the
loudest part is taken, so no prediction decides what is shown.  The songs are mixed to mono, a DC offset is removed, and
they are faded in and out; their loudness is left as it is.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.outside_songs import songs_in
from genre_core.audio import example_songs
from genre_core.audio.example_songs import ExampleSong

RATE = 44_100
EXCERPT_S = 30.0
FADE_S = 0.5
CROSSFADE_S = 0.5
COMPRESSION = 0.85
"""Of Vorbis, from 0 to 1: about 60 kbit/s."""
BLOCK = 8192
"""Samples that are encoded at a time; libsndfile's Vorbis encoder needs a stack as large as a block."""


def main(folder: Path) -> None:
    paths = {(song.source, song.title): path for song, path in songs_in(folder)}
    for song in example_songs.SONGS:
        sources = [read(paths[work.package, work.title]) for work in song.works]
        write(song, fade(excerpt_of(song, sources)))


def read(path: Path) -> np.ndarray:
    """A whole song in mono, without its DC offset.  Raises ValueError if its rate is another."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != RATE:
        raise ValueError(f"{path} has {rate} Hz; choose songs with {RATE} Hz.")
    mono = samples.mean(axis=1)
    return np.asarray(mono - mono.mean())


def excerpt_of(song: ExampleSong, sources: list[np.ndarray]) -> np.ndarray:
    """The loudest part of one song, or of each of two, joined where the song changes."""
    if song.changes_at_s is None:
        (source,) = sources
        return loudest(source, EXCERPT_S)
    first, second = (loudest(source, song.changes_at_s + CROSSFADE_S / 2) for source in sources)
    return join(first, second)


def loudest(samples: np.ndarray, seconds: float) -> np.ndarray:
    """The part of this duration with the most energy, among those that start at a whole second."""
    length = round(seconds * RATE)
    energy = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    starts = np.arange(0, len(samples) - length + 1, RATE)
    start = int(starts[np.argmax(energy[starts + length] - energy[starts])])
    print(f"from {start / RATE:.0f} s to {start / RATE + seconds:g} s")
    return samples[start : start + length]


def join(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """One after the other, with a crossfade of constant power."""
    length = round(CROSSFADE_S * RATE)
    angle = np.linspace(0, np.pi / 2, length)
    both = first[-length:] * np.cos(angle) + second[:length] * np.sin(angle)
    return np.concatenate([first[:-length], both, second[length:]])


def fade(samples: np.ndarray) -> np.ndarray:
    """Faded in and out, linearly."""
    ramp = np.linspace(0, 1, round(FADE_S * RATE))
    return np.concatenate(
        [samples[: len(ramp)] * ramp, samples[len(ramp) : -len(ramp)], samples[-len(ramp) :] * ramp[::-1]]
    )


def write(song: ExampleSong, samples: np.ndarray) -> None:
    """Encode a song as Ogg Vorbis, with its credit in its tags."""
    song.path.parent.mkdir(exist_ok=True)
    with soundfile.SoundFile(
        song.path, "w", RATE, 1, subtype="VORBIS", format="OGG", compression_level=COMPRESSION
    ) as file:
        file.title = " / ".join(work.title for work in song.works)
        file.artist = " / ".join(work.author for work in song.works)
        file.license = example_songs.LICENSE_URL
        for start in range(0, len(samples), BLOCK):
            file.write(samples[start : start + BLOCK])
    print(f"{song.path.name}: {song.path.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
