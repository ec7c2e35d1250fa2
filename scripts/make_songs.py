"""Make the songs in artifacts/bundled/songs, and its README.md, from songs.json there and Debian packages.

    python -m scripts.make_songs FOLDER [NAME ...]     # all songs, or those named

Whole songs that FOLDER lacks are fetched with apt-get (Debian 12) into FOLDER/PACKAGE/PATH.  Of each song the loudest
part is taken, so no prediction decides what is shown.  The songs are mixed to mono, a DC offset is removed, and they
are faded in and out; their loudness is left as it is.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.outside_songs import fetch_files
from genre_core.audio import Clip, example_songs
from genre_core.audio.example_songs import SONGS, ExampleSong, Excerpt, Work
from genre_core.wording import clock

EXCERPT_S = 30.0
FADE_S = 0.5
CROSSFADE_S = 0.5
COMPRESSION = 0.85
"""Of Vorbis, from 0 to 1: about 60 kbit/s."""
BLOCK = 8192
"""Samples that are encoded at a time; libsndfile's Vorbis encoder needs a stack as large as a block."""
README = example_songs.FOLDER / "README.md"
ABOUT = Path(__file__).with_name("songs_readme.md")
"""README.md without its table."""


def main() -> None:
    parser = argparse.ArgumentParser("python -m scripts.make_songs")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where whole songs are, or are put")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a song to make; without it, all of them")
    options = parser.parse_args()
    for song in SONGS:
        if song.name in options.names or not options.names:
            clips = [
                loudest(excerpt, whole(excerpt.work, options.folder), seconds_of(song)) for excerpt in song.excerpts
            ]
            write(song, faded(clips[0] if len(clips) == 1 else joined(*clips)))
    README.write_text(readme(), encoding="utf-8")


def seconds_of(song: ExampleSong) -> float:
    """How much of each of its works a song takes."""
    return EXCERPT_S if song.changes_at_s is None else song.changes_at_s + CROSSFADE_S / 2


def whole(work: Work, folder: Path) -> Clip:
    """A whole song in mono, without its DC offset.

    Raises ValueError if the file is not that of songs.json: another version of the package may have another one.
    """
    path = folder / work.package / work.file
    if not path.is_file():
        fetch_files(work.package, {work.file}, folder)
    if hashlib.sha256(path.read_bytes()).hexdigest() != work.sha256:
        raise ValueError(f"{path} is not the file of {work.package} {work.version}.")
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    return Clip(mono - mono.mean(), rate)


def loudest(excerpt: Excerpt, clip: Clip, seconds: float) -> Clip:
    """The part of this duration with the most energy, among those that start at a whole second.

    Raises ValueError if songs.json says that the excerpt starts elsewhere.
    """
    length = round(seconds * clip.rate)
    energy = np.concatenate([[0.0], np.cumsum(np.square(clip.samples, dtype=np.float64))])
    starts = np.arange(0, len(clip.samples) - length + 1, clip.rate)
    start_s = int(np.argmax(energy[starts + length] - energy[starts]))
    if start_s != excerpt.start_s:
        raise ValueError(f"The loudest part of {excerpt.work.title} starts at {start_s} s, not {excerpt.start_s} s.")
    return clip.between(start_s, start_s + seconds)


def joined(first: Clip, second: Clip) -> Clip:
    """One after the other, with a crossfade of constant power.  Raises ValueError if their rates differ."""
    if first.rate != second.rate:
        raise ValueError(f"Songs with {first.rate} and {second.rate} Hz can't be joined.")
    length = round(CROSSFADE_S * first.rate)
    angle = np.linspace(0, np.pi / 2, length, dtype=np.float32)
    both = first.samples[-length:] * np.cos(angle) + second.samples[:length] * np.sin(angle)
    return Clip(np.concatenate([first.samples[:-length], both, second.samples[length:]]), first.rate)


def faded(clip: Clip) -> Clip:
    """Faded in and out, linearly."""
    length = round(FADE_S * clip.rate)
    gain = np.ones(len(clip.samples), np.float32)
    gain[:length] = np.linspace(0, 1, length)
    gain[-length:] = np.linspace(1, 0, length)
    return Clip(clip.samples * gain, clip.rate)


def write(song: ExampleSong, clip: Clip) -> None:
    """Encode a song as Ogg Vorbis, with its credit in its tags."""
    with soundfile.SoundFile(
        song.path, "w", clip.rate, 1, subtype="VORBIS", format="OGG", compression_level=COMPRESSION
    ) as file:
        file.title = " / ".join(work.title for work in song.works)
        file.artist = " / ".join(work.author for work in song.works)
        file.license = song.license_url
        for start in range(0, len(clip.samples), BLOCK):
            file.write(clip.samples[start : start + BLOCK])
    print(f"{song.path.name}: {song.path.stat().st_size / 1000:.0f} KB")


def readme() -> str:
    """README.md: what is said of all songs, and a table with a row for each."""
    header = ("file", "title", "author", "license", "excerpt", "Debian package")
    rows = [header, ("---",) * len(header), *(row(song) for song in SONGS)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    return ABOUT.read_text(encoding="utf-8").replace("SONGS_TABLE", table)


def row(song: ExampleSong) -> tuple[str, ...]:
    """The cells of a song; what differs between the works of a joined one is separated by semicolons."""
    seconds = seconds_of(song)
    excerpts = [f"{clock(each.start_s)} to {clock(each.start_s + seconds)}" for each in song.excerpts]
    return (
        f"`{song.path.name}`",
        "; ".join(work.title for work in song.works),
        "; ".join(work.author for work in song.works),
        f"[{song.license}]({song.license_url})",
        "; ".join(excerpts),
        "; ".join(f"`{work.package}` {work.version}" for work in song.works),
    )


if __name__ == "__main__":
    main()
