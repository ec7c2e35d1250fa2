"""Genre changes: how many are found, and how many are false.

    python -m benchmarks.changes [FOLDER...] [--seed 0] [--songs 100] [--write docs/results.md]

Songs of 20 to 56 s are made by joining two tracks of different genres at a random time: half of them with a hard cut,
half with a crossfade of 2 s; the same kind of songs also with an intro or a break of 6 to 14 s, a muffled and softer
copy of the music before it.  The control songs are unchanged tracks and, harder, two joined tracks of the same genre,
and long songs of three to six tracks of one artist and genre.  Each song is predicted by a model that was not trained
on its tracks or their artists (benchmarks/held_out.py).  A change is found if one is predicted within 3 s of it; all
other predicted changes are false.

The baseline knows no genres: it predicts a change at every boundary that the paper's 58 features give.  The
boundaries in the embedding alone are scored as well.  The parameters of genre_core/prediction/changes.py were chosen
with the seeds 100 to 102, on other songs made of the same tracks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.signal

from benchmarks.held_out import Fold, Music, held_out_music, leveled_embedding
from benchmarks.results import argument_parser, publish, table
from genre_core.audio import SEGMENT_RATE, SEGMENT_SAMPLES, SEGMENT_SECONDS, Clip
from genre_core.datasets import gtzan
from genre_core.features import feature_set
from genre_core.prediction import HOP_S, changes
from genre_core.prediction.reference import Reference

TOLERANCE_S = 3.0
FADE_S = 2.0
SHORTEST_S, LONGEST_S = 10.0, 28.0  # of each of the two tracks
BREAK_S = (6.0, 14.0)
BREAK_HZ, BREAK_DB = 400.0, -12.0
PAPER_COST = 0.5
"""The best cost for the baseline, of 0.1 to 4, with the seed 100."""

Finder = Callable[[Clip, Fold], list[float]]
"""Predicts the times of the changes in a clip."""


@dataclass(frozen=True, eq=False)
class Song:
    """A clip with the time of its true change, and the fold whose model predicts it."""

    clip: Clip
    fold: Fold
    change_s: float | None


def main(folders: list[Path], seed: int, songs: int) -> str:
    with held_out_music(folders) as music:
        rng = np.random.default_rng(seed)
        joined = [draw(music, rng, faded=bool(i % 2), same_genre=False) for i in range(songs)]
        fold_of = {track: fold for fold in music.folds for track in fold.tracks}
        names = rng.permutation(list(music.clips))[:songs].tolist()
        unchanged = [Song(music.clips[name], fold_of[name], None) for name in names]
        one_genre = [draw(music, rng, faded=bool(i % 2), same_genre=True) for i in range(songs)]
        broken = [with_break(draw(music, rng, faded=bool(i % 2), same_genre=False), rng) for i in range(songs)]
        one_artist = draw_long(music, rng, songs)

        def by_genre(clip: Clip, fold: Fold) -> list[float]:
            values = leveled_embedding(clip)
            centers_s = np.arange(len(values)) * HOP_S + SEGMENT_SECONDS / 2
            probabilities = fold.model.predict_proba(values)
            found = changes.genre_changes(boundaries(values, fold.reference), centers_s, probabilities, music.genres)
            return [change.time_s for change in found]

        values_of = {name: paper_features(clip)[::2] for name, clip in music.clips.items()}
        paper_references = {fold.tracks: paper_reference(music, fold, values_of) for fold in music.folds}

        def by_paper(clip: Clip, fold: Fold) -> list[float]:
            return boundaries(paper_features(clip), paper_references[fold.tracks], PAPER_COST).tolist()

        finders: dict[str, Finder] = {
            "Genre changes": by_genre,
            "Boundaries in the embedding": lambda clip, fold: boundaries(
                leveled_embedding(clip), fold.reference
            ).tolist(),
            "Boundaries in the 58 features (baseline)": by_paper,
        }
        rows = []
        for name, find in finders.items():
            controls = [false_changes(find, each) for each in (unchanged, one_genre, one_artist)]
            rows.append((name, *scores(find, joined), *scores(find, broken)[-2:], *controls))
            print(*rows[-1], sep=" | ", flush=True)
    header = (
        "Method",
        "F1",
        "F1, hard cuts",
        "F1, crossfades",
        "Found",
        "False",
        "Found, with a break",
        "False, with a break",
        "False in unchanged tracks",
        "False in joins of one genre",
        "False in long songs of one artist",
    )
    notes = (
        f"{songs} joined songs, {songs} with an intro or a break, {len(unchanged)} unchanged tracks, {songs} joins of "
        f"two tracks of one genre, {len(one_artist)} long songs of one artist."
    )
    return f"{table(header, rows)}\n\n{notes}"


def draw(music: Music, rng: np.random.Generator, *, faded: bool, same_genre: bool) -> Song:
    """Draw a song of two tracks of a fold, of one genre or of two."""
    while True:
        fold = music.folds[rng.integers(len(music.folds))]
        one, other = rng.choice(fold.tracks, 2, replace=False)
        if (one.partition("/")[0] == other.partition("/")[0]) == same_genre:
            break
    samples = [music.clips[one].samples, music.clips[other].samples]
    lengths = [min(round(rng.uniform(SHORTEST_S, LONGEST_S) * SEGMENT_RATE), len(each)) for each in samples]
    before, after = samples[0][: lengths[0]], samples[1][-lengths[1] :]
    if not faded:
        return Song(Clip(np.concatenate([before, after]), SEGMENT_RATE), fold, lengths[0] / SEGMENT_RATE)
    return Song(Clip(crossfaded([before, after]), SEGMENT_RATE), fold, lengths[0] / SEGMENT_RATE - FADE_S / 2)


def with_break(song: Song, rng: np.random.Generator) -> Song:
    """The song with a muffled and softer copy of its music before it, or in the middle of its longer side."""
    samples, n = song.clip.samples, round(rng.uniform(*BREAK_S) * SEGMENT_RATE)
    change = round((song.change_s or 0.0) * SEGMENT_RATE)
    place = int(rng.choice([0, change // 2 if change > len(samples) / 2 else (change + len(samples)) // 2]))
    copied = samples[:n] if place == 0 else samples[max(place - n, 0) : place]
    low_pass = scipy.signal.butter(4, BREAK_HZ, fs=SEGMENT_RATE, output="sos")
    muffled = (scipy.signal.sosfilt(low_pass, copied) * 10 ** (BREAK_DB / 20)).astype(np.float32)
    parts = [part for part in (samples[:place], muffled, samples[place:]) if len(part)]
    whole = crossfaded(parts, fade_s=1.0)
    moved_s = (len(whole) - len(samples)) / SEGMENT_RATE if place < change else 0.0
    return Song(Clip(whole, SEGMENT_RATE), song.fold, change / SEGMENT_RATE + moved_s)


def draw_long(music: Music, rng: np.random.Generator, songs: int) -> list[Song]:
    """Songs of three to six tracks of one artist and genre, in turn for each artist of a fold with so many tracks."""
    choices = []
    for fold in music.folds:
        by_artist: dict[tuple[str, str], list[str]] = {}
        for track in fold.tracks:
            by_artist.setdefault((track.partition("/")[0], gtzan.facts(track).artist), []).append(track)
        choices += [(fold, tracks) for (_, artist), tracks in sorted(by_artist.items()) if artist and len(tracks) > 2]
    result = []
    for i in range(songs if choices else 0):
        fold, tracks = choices[i % len(choices)]
        chosen = rng.choice(tracks, rng.integers(3, min(len(tracks), 6) + 1), replace=False)
        whole = crossfaded([music.clips[track].samples for track in chosen])
        result.append(Song(Clip(whole, SEGMENT_RATE), fold, None))
    return result


def crossfaded(parts: list[np.ndarray], fade_s: float = FADE_S) -> np.ndarray:
    """Parts of a song one after the other, each faded into the next: shape (samples,), float32."""
    n = round(fade_s * SEGMENT_RATE)
    ramp = np.linspace(0, 1, n, dtype=np.float32)
    whole = parts[0]
    for part in parts[1:]:
        whole = np.concatenate([whole[:-n], whole[-n:] * (1 - ramp) + part[:n] * ramp, part[n:]])
    return whole


def boundaries(values: np.ndarray, reference: Reference, cost: float = changes.COST) -> np.ndarray:
    """Times in seconds at which the features change, ascending."""
    return changes.boundaries(values @ reference.whitening, HOP_S, SEGMENT_SECONDS, cost=cost)


def paper_features(clip: Clip) -> np.ndarray:
    """The paper's features of the segments of a clip, without the excluded columns: shape (segments, columns)."""
    features = feature_set("paper")
    starts = range(0, len(clip.samples) - SEGMENT_SAMPLES + 1, round(HOP_S * SEGMENT_RATE))
    included = [column not in features.excluded_columns for column in features.columns]
    return np.array(list(features.extract(clip.samples, starts, SEGMENT_SAMPLES)))[:, included]


def paper_reference(music: Music, fold: Fold, values_of: dict[str, np.ndarray]) -> Reference:
    """The training tracks of a fold in the paper's features, as segments that do not overlap."""
    names = [name for other in music.folds if other is not fold for name in other.tracks]
    values = [values_of[name] for name in names]
    return Reference(np.repeat(names, [len(rows) for rows in values]), np.concatenate(values))


def scores(find: Finder, joined: list[Song]) -> tuple[str, ...]:
    """F1 of all songs, of hard cuts and of crossfades; found changes, and false ones."""
    found = [(song.change_s or 0.0, find(song.clip, song.fold)) for song in joined]
    hits, false = _count(found)
    f1 = []
    for songs in (found, found[::2], found[1::2]):
        some_hits, some_false = _count(songs)
        f1.append(f"{2 * some_hits / (some_hits + some_false + len(songs)):.2f}")
    return *f1, f"{hits} of {len(found)}", str(false)


def _count(found: list[tuple[float, list[float]]]) -> tuple[int, int]:
    """Found and false changes of songs, given the true time and the predicted times of each."""
    hits = sum(any(abs(time - change_s) <= TOLERANCE_S for time in times) for change_s, times in found)
    return hits, sum(len(times) for _, times in found) - hits


def false_changes(find: Finder, songs: list[Song]) -> str:
    """Number of predicted changes in songs of one genre, and their rate."""
    predicted = sum(len(find(song.clip, song.fold)) for song in songs)
    if not songs:
        return "—"
    minutes = sum(song.clip.duration_s for song in songs) / 60
    return f"{predicted} ({predicted / minutes:.2f} per minute)"


if __name__ == "__main__":
    parser = argument_parser("changes", __doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--songs", type=int, default=100)
    publish(parser, main)
