"""What is wrong with the songs of a gathered dataset, and which splits are possible."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from genre_core.datasets import gtzan
from genre_core.datasets.gathered import places
from genre_core.datasets.gathered.examining import Examined, examine_song
from genre_core.datasets.gathered.facts import GatheredDataset, Song
from genre_core.datasets.gathered.possible_splits import PossibleSplit, possible_splits
from genre_core.datasets.gathered.song_files import read_songs
from genre_core.datasets.gathered.songs import set_durations, tracks
from genre_core.datasets.gathered.sound_print import same_sound
from genre_core.datasets.gathered.store import dataset_facts
from genre_core.progress import Progress, no_progress
from genre_core.wording import counted, listed

LEAST_SONGS = 10
"""Of a genre: with fewer, one song more or less in the test set changes the accuracy by more than 25 %."""
_UNBALANCED = 3.0
"""Ratio of the largest to the smallest genre from which on it is noted, as the data doctor warns."""


@dataclass(frozen=True)
class SongCheck:
    """What was found of a song."""

    id: str
    duration_s: float | None
    """None if it can't be used."""
    problem: str = ""
    """Why it can't be used: it is unreadable, silent or too short; empty if it can."""
    warnings: tuple[str, ...] = ()
    """What is wrong with its sound, in sentences."""


@dataclass(frozen=True)
class Check:
    """What was found of a gathered dataset."""

    songs: tuple[SongCheck, ...]
    """In the order of `songs.list_songs`."""
    duplicates: tuple[tuple[str, ...], ...]
    """Ids of songs with the same content, or that sound the same; each group once."""
    notes: tuple[str, ...]
    """What is wrong with the dataset as a whole, in sentences: a genre with too few songs, say."""
    splits: tuple[PossibleSplit, ...]
    """By segment (random), track and artist."""


def check(name: str, *, progress: Progress = no_progress) -> Check:
    """Decode each song of a dataset and look at what was found; for a worker process.

    What was found of a song is kept by its content, so that a second check decodes only what is new.

    Parameters
    ----------
    progress : called with the number of songs done and their total.
    """
    facts, songs, folder = dataset_facts(name), read_songs(name), places.songs_folder(name)
    examined: list[Examined] = []
    progress(0, len(songs))
    for song in songs:
        examined.append(examine_song(folder / song.id / places.CONTENT, song.digest))
        progress(len(examined), len(songs))
    durations = {song.id: found.duration_s for song, found in zip(songs, examined, strict=True)}
    set_durations(name, durations)
    songs = [replace(song, duration_s=durations[song.id]) for song in songs]
    duplicates, by_track = _duplicates(songs, examined), tracks(name)
    return Check(
        songs=tuple(
            SongCheck(song.id, found.duration_s, found.problem, found.warnings)
            for song, found in zip(songs, examined, strict=True)
        ),
        duplicates=duplicates,
        notes=tuple(_notes(facts, songs, duplicates, _unknown_artists(by_track))),
        splits=possible_splits({track: song for track, song in by_track.items() if song.duration_s is not None}),
    )


def _duplicates(songs: Sequence[Song], examined: Sequence[Examined]) -> tuple[tuple[str, ...], ...]:
    """The ids of songs that are the same recording, each group in the order of the songs."""
    group = list(range(len(songs)))
    first: dict[str, int] = {}
    for i, song in enumerate(songs):
        group[i] = first.setdefault(song.digest, i)
    usable = [i for i, found in enumerate(examined) if found.sound_print]
    if usable:
        prints = np.array([examined[i].sound_print for i in usable])
        durations_s = np.array([examined[i].duration_s for i in usable])
        for i, j in same_sound(prints, durations_s):
            joined = {group[usable[i]], group[usable[j]]}
            group = [min(joined) if number in joined else number for number in group]
    members: dict[int, list[str]] = {}
    for song, number in zip(songs, group, strict=True):
        members.setdefault(number, []).append(song.id)
    return tuple(tuple(ids) for ids in members.values() if len(ids) > 1)


def _unknown_artists(by_track: Mapping[str, Song]) -> int:
    """The number of songs whose artist is unknown, as `Dataset.artists` knows them."""
    return sum(not (song.artist or gtzan.facts(track).artist) for track, song in by_track.items())


def _notes(
    facts: GatheredDataset, songs: Sequence[Song], duplicates: Sequence[Sequence[str]], n_unknown: int
) -> list[str]:
    notes = []
    if bad := sum(song.duration_s is None for song in songs):
        notes.append(f"{counted(bad, 'song')} can't be used; remove {'it' if bad == 1 else 'them'}.")
    if duplicates:
        genre = {song.id: song.genre for song in songs}
        apart = sum(len({genre[song] for song in group}) > 1 for group in duplicates)
        across = f", {counted(apart, 'group')} of them in different genres" if apart else ""
        notes.append(
            f"{counted(sum(map(len, duplicates)), 'song')} are in the dataset more than once{across}; keep one of each."
        )
    counts = Counter(song.genre for song in songs if song.duration_s is not None)
    if few := [genre for genre in facts.genres if counts[genre] < LEAST_SONGS]:
        have = f"{listed(few, 5)} {'has' if len(few) == 1 else 'have'} fewer than {LEAST_SONGS} songs"
        notes.append(f"{have}: a score on so few says little.")
    if len(counts) > 1 and (largest := max(counts.values())) >= _UNBALANCED * (smallest := min(counts.values())):
        notes.append(
            f"The largest genre has {largest} songs and the smallest {smallest}: a model gains accuracy by predicting "
            "the largest."
        )
    if n_unknown:
        notes.append(f"The artist of {counted(n_unknown, 'song')} is unknown; an artist split leaves such songs out.")
    return notes
