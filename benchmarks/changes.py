"""Are changes of genre found where they are?

    python -m benchmarks.changes [FOLDER...] [--seed 0] [--songs 100]

Songs of 20 to 56 s are made of two tracks of different genres, joined at a second that is drawn: one half cut hard, the
other half crossfaded over 2 s.  Beside them stand tracks without a change, and, harder, two tracks of one genre joined.
Each is judged by a head that learned nothing of its tracks and their artists (benchmarks/songs.py).  A change is found
if one is named within 3 s of it; all others that are named are false.

The baseline knows no genre: it names the cuts in the 58 features of the paper, scaled like the embedding, wherever the
sound changes; and, beside it, the cuts in the embedding alone.  The parameters of genre_core/changes.py were chosen
with the seeds 100 to 102, on other songs made of the same tracks.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.songs import Fold, Music, heard, music
from genre_core.audio import SEGMENT_RATE, SEGMENT_SAMPLES, SEGMENT_SECONDS, Clip
from genre_core.features import feature_set
from genre_core.prediction import HOP_S, changes
from genre_core.prediction.reference import Reference

NEAR_S = 3.0
FADE_S = 2.0
LEAST_S, MOST_S = 10.0, 28.0  # of each of the two tracks
PAPER_COST = 0.5
"""The best for the baseline of 0.1 to 4, with the seed 100."""

Finder = Callable[[Clip, Fold], list[float]]
"""The times at which a clip is said to change."""


@dataclass(frozen=True, eq=False)
class Song:
    """What is to be judged."""

    clip: Clip
    fold: Fold
    change_s: float | None


def main(folders: list[str], seed: int, songs: int) -> None:
    with music(folders) as material:
        rng = np.random.default_rng(seed)
        joined = [draw(material, rng, faded=bool(i % 2), same=False) for i in range(songs)]
        fold_of = {track: fold for fold in material.folds for track in fold.tracks}
        names = rng.permutation(list(material.clips))[:songs].tolist()
        unchanged = [Song(material.clips[name], fold_of[name], None) for name in names]
        same = [draw(material, rng, faded=bool(i % 2), same=True) for i in range(songs)]
        print(f"{len(joined)} joined songs, {len(unchanged)} unchanged tracks, {len(same)} joins within a genre")

        def by_genre(clip: Clip, fold: Fold) -> list[float]:
            values = heard(clip)
            cuts_s = cuts_of(values, fold.songs)
            centers_s = np.arange(len(values)) * HOP_S + SEGMENT_SECONDS / 2
            named = changes.changes(cuts_s, centers_s, fold.head.predict_proba(values), material.genres)
            return [change.time_s for change in named]

        known = {name: paper(clip)[::2] for name, clip in material.clips.items()}
        scalings = {fold.tracks: paper_reference(material, fold, known) for fold in material.folds}

        def by_paper(clip: Clip, fold: Fold) -> list[float]:
            return cuts_of(paper(clip), scalings[fold.tracks], PAPER_COST).tolist()

        finders: dict[str, Finder] = {
            "genre changes (what a verdict names)": by_genre,
            "baseline: cuts in the paper's 58 features": by_paper,
            "cuts in the embedding, whatever the genre": lambda clip, fold: cuts_of(heard(clip), fold.songs).tolist(),
        }
        for name, find in finders.items():
            tell(name, find, joined, unchanged, same)


def draw(material: Music, rng: np.random.Generator, *, faded: bool, same: bool) -> Song:
    """A song of two tracks of a fold, of one genre or of two."""
    while True:
        fold = material.folds[rng.integers(len(material.folds))]
        one, other = rng.choice(fold.tracks, 2, replace=False)
        if (one.partition("/")[0] == other.partition("/")[0]) == same:
            break
    parts = [material.clips[one].samples, material.clips[other].samples]
    lengths = [min(round(rng.uniform(LEAST_S, MOST_S) * SEGMENT_RATE), len(part)) for part in parts]
    before, after = parts[0][: lengths[0]], parts[1][-lengths[1] :]
    if not faded:
        return Song(Clip(np.concatenate([before, after]), SEGMENT_RATE), fold, lengths[0] / SEGMENT_RATE)
    n = round(FADE_S * SEGMENT_RATE)
    ramp = np.linspace(0, 1, n, dtype=np.float32)
    mixed = before[-n:] * (1 - ramp) + after[:n] * ramp
    joined = np.concatenate([before[:-n], mixed, after[n:]])
    return Song(Clip(joined, SEGMENT_RATE), fold, (lengths[0] - n / 2) / SEGMENT_RATE)


def cuts_of(values: np.ndarray, songs: Reference, cost: float = changes.COST) -> np.ndarray:
    return changes.cuts(values @ songs.whitening, HOP_S, SEGMENT_SECONDS, cost=cost)


def paper(clip: Clip) -> np.ndarray:
    """The 58 features of the segments of a clip."""
    features = feature_set("paper")
    starts = range(0, len(clip.samples) - SEGMENT_SAMPLES + 1, round(HOP_S * SEGMENT_RATE))
    heard = [column not in features.unheard for column in features.columns]
    return np.array(list(features.extract(clip.samples, starts, SEGMENT_SAMPLES)))[:, heard]


def paper_reference(material: Music, fold: Fold, known: dict[str, np.ndarray]) -> Reference:
    """The tracks that the fold's judge learned from, in the 58 features, segments that don't overlap."""
    learned = [name for other in material.folds if other is not fold for name in other.tracks]
    values = [known[name] for name in learned]
    return Reference(np.repeat(learned, [len(rows) for rows in values]), np.concatenate(values))


def tell(name: str, find: Finder, joined: list[Song], unchanged: list[Song], same: list[Song]) -> None:
    print(f"{name}:")
    found = [(song.change_s or 0.0, find(song.clip, song.fold)) for song in joined]
    for kind, part in (("all", found), ("hard cuts", found[::2]), ("crossfades", found[1::2])):
        hits = sum(any(abs(time - at) <= NEAR_S for time in times) for at, times in part)
        named = sum(len(times) for _, times in part)
        print(f"  {kind}: F1 {2 * hits / (named + len(part)):.3f}, {hits} of {len(part)} found, {named - hits} false")
    for kind, songs in (("unchanged tracks", unchanged), ("joins within a genre", same)):
        alarms = sum(len(find(song.clip, song.fold)) for song in songs)
        minutes = sum(song.clip.duration_s for song in songs) / 60
        print(f"  {kind}: {alarms} named in {minutes:.0f} minutes, {alarms / minutes:.2f} a minute")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--songs", type=int, default=100)
    main(**vars(parser.parse_args()))
