"""The list of synthetic songs, and how to play one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core.audio.clip import SEGMENT_RATE, Clip, wav_bytes
from genre_core.audio.synthesis import styles
from genre_core.audio.synthesis.instruments import Studio, master, voice
from genre_core.audio.synthesis.styles import CHANGE_S
from genre_core.errors import GenreLabError

_PLAY: dict[str, Callable[[Studio], np.ndarray]] = {
    "adagio": styles.play_adagio,
    "floorfiller": styles.play_floorfiller,
    "furnace": styles.play_furnace,
    "shuffle": styles.play_shuffle,
    "turncoat": styles.play_turncoat,
    "troubadour": styles.play_troubadour,
}


@dataclass(frozen=True)
class SyntheticSong:
    """A synthetic song."""

    name: str
    title: str
    description: str
    style: str
    """The genre that it resembles; a word of its own if it resembles none."""
    changes_at_s: float | None = None
    """When its style changes, in seconds from the start; None if it doesn't."""

    def clip(self, *, seconds: float = 30.0, seed: int = 0, rate: int = SEGMENT_RATE) -> Clip:
        """Play the song; its peak is -1 dBFS.

        Parameters
        ----------
        seconds : duration, at least 1.
        seed : at least 0; it chooses key, tempo and notes.  The same seed gives the same samples.
        rate : sample rate in Hz, at least 16 000.

        Raises ValueError if a parameter is out of range.
        """
        if seconds < 1 or seed < 0 or rate < 16_000:
            raise ValueError(
                "A synthetic song needs seconds of at least 1, a seed of at least 0 and a rate of at least 16000."
            )
        return Clip(master(_PLAY[self.name](Studio(seconds, seed, rate))), rate)


SONGS = (
    SyntheticSong("adagio", "Adagio", "Slow strings with a melody on top, in a large hall.", "classical"),
    SyntheticSong(
        "floorfiller", "Floorfiller", "Four-on-the-floor drums, off-beat hi-hats, octave bass, chord stabs.", "disco"
    ),
    SyntheticSong("furnace", "Furnace", "Distorted power chords in a gallop over double-kick drums.", "metal"),
    SyntheticSong(
        "shuffle", "Twelve-bar shuffle", "A swung twelve-bar blues: plucked guitar over a walking bass.", "blues"
    ),
    SyntheticSong(
        "turncoat", "Turncoat", "Starts as slow strings and changes to metal at 15 seconds.", "mixed", CHANGE_S
    ),
)
TROUBADOUR = SyntheticSong(
    "troubadour", "Troubadour", "The twelve-bar blues with a synthetic voice that sings vowels.", "sung"
)
"""A song with a voice.  It is not in SONGS, which are instrumental."""


def song(name: str) -> SyntheticSong:
    """The song with this name, from SONGS or TROUBADOUR.  Raises GenreLabError if there is none."""
    songs = (*SONGS, TROUBADOUR)
    for candidate in songs:
        if candidate.name == name:
            return candidate
    raise GenreLabError(f"There is no synthetic song {name!r}; choose from {', '.join(each.name for each in songs)}.")


def sing(*, seconds: float = 30.0, seed: int = 0, rate: int = SEGMENT_RATE) -> Clip:
    """A synthetic voice alone, with a peak of -1 dBFS: phrases of vowels with vibrato, breaths and consonants."""
    return Clip(master(voice(Studio(seconds, seed, rate), key=48 + seed % 12)), rate)


def write_genre_folders(
    folder: Path, *, tracks: int = 4, seconds: float = 12.0, styles: Sequence[str] | None = None
) -> None:
    """Write a small dataset in the layout of GTZAN: folder/STYLE/STYLE.00000.wav and so on, 16-bit PCM.

    Parameters
    ----------
    tracks : number of tracks for each style; track n has seed n.
    seconds : duration of each track.
    styles : styles of the songs to write; None for all songs that keep one style.

    Raises GenreLabError for an unknown style.
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
