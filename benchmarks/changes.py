"""Genre changes: how many are found, and how many are false.

    python -m benchmarks.changes WORK OUTSIDE FOLDER... [--seed 0] [--songs 100] [--write docs/results.md]

WORK is the folder of scripts/make_default.py, with the runs of its folds; each FOLDER has one subfolder per genre with
tracks of GTZAN.  OUTSIDE has the songs of benchmarks/outside/songs.csv (`python -m benchmarks.outside_songs OUTSIDE`).

Songs of 20 to 56 s are made by joining two tracks of different genres at a random time: half of them with a hard cut,
half with a crossfade of 2 s; the same kind of songs also with an intro or a break of 6 to 14 s, a muffled and softer
copy of the music before it.  The control songs are unchanged tracks and, harder, two joined tracks of the same genre,
and long songs of three to six tracks of one artist and genre.  Each song is predicted by the run of a fold that was not
trained on its tracks or their artists (benchmarks/held_out.py).  A change is found if one is predicted within 3 s of
it; all other predicted changes are false.

Genre changes are scored with and without the rule that out-of-domain sections are no genre.  A second table has whole
songs, those that nothing was tuned on and the first one of each author, predicted by the default run.  None of them is
known to change its genre.

The baseline predicts a change at every boundary that the paper's 58 features give.  The boundaries in the embedding
alone are scored as well.  The parameters of genre_core/prediction/changes.py and genre_core/prediction/sections.py were
chosen with the seeds 100 to 102, on other songs made of the same tracks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.signal
from joblib import Parallel, delayed

from benchmarks.artists import artist_of
from benchmarks.held_out import Fold, read_clips, read_folds
from benchmarks.outside_songs import songs_in
from benchmarks.results import argument_parser, publish, table
from genre_core import audio
from genre_core.audio import SEGMENT_RATE, SEGMENT_SAMPLES, SEGMENT_SECONDS, Clip
from genre_core.features import embedding, feature_set
from genre_core.prediction import HOP_S, changes, predict_song, reference
from genre_core.prediction.reference import Reference
from genre_core.runs import DEFAULT_RUN, Run, load_run

TOLERANCE_S = 3.0
FADE_S = 2.0
SHORTEST_S, LONGEST_S = 10.0, 28.0  # of each of the two tracks
BREAK_S = (6.0, 14.0)
BREAK_HZ, BREAK_DB = 400.0, -12.0
PAPER_COST = 0.5
"""The best cost for the baseline, of 0.1 to 4, with the seed 100."""
FINDERS = (
    "Genre changes",
    "Genre changes, without the rule",
    "Boundaries in the embedding",
    "Boundaries in the 58 features (baseline)",
)
"""What predicts changes, in the order of `found_in`."""


@dataclass(frozen=True, eq=False)
class Song:
    """A clip with the time of its true change, and the fold whose model predicts it."""

    clip: Clip
    fold: Fold
    change_s: float | None


def main(work: Path, outside: Path, folders: list[Path], seed: int = 0, songs: int = 100) -> str:
    folds = read_folds(work)
    clips = read_clips(folds, folders)
    rng = np.random.default_rng(seed)
    fold_of = {track: fold for fold in folds for track in fold.tracks}
    faded = [bool(i % 2) for i in range(songs)]
    kinds = [
        [draw(folds, clips, rng, faded=each, same_genre=False) for each in faded],
        [with_break(draw(folds, clips, rng, faded=each, same_genre=False), rng) for each in faded],
        [Song(clips[name], fold_of[name], None) for name in rng.permutation(list(clips))[:songs].tolist()],
        [draw(folds, clips, rng, faded=each, same_genre=True) for each in faded],
        draw_long(folds, clips, rng, songs),
    ]
    values_of = {name: paper_features(clip)[::2] for name, clip in clips.items()}
    paper_references = {fold.tracks: paper_reference(folds, fold, values_of) for fold in folds}
    predicted = [
        Parallel(n_jobs=-1)(delayed(found_in)(song, paper_references[song.fold.tracks]) for song in kind)
        for kind in kinds
    ]
    joined, broken, *controls = kinds
    rows = []
    for i, name in enumerate(FINDERS):
        in_joined, in_broken, *in_controls = ([times[i] for times in of_kind] for of_kind in predicted)
        false = [false_changes(kind, times) for kind, times in zip(controls, in_controls, strict=True)]
        rows.append((name, *scores(joined, in_joined), *scores(broken, in_broken)[-2:], *false))
    with_change = list(zip(kinds[:2], predicted[:2], strict=True))
    kept, found = (sum(_hits(kind, [times[i] for times in of_kind]) for kind, of_kind in with_change) for i in (0, 1))
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
        f"{songs} joined songs, {songs} with an intro or a break, {len(controls[0])} unchanged tracks, {songs} joins "
        f"of two tracks of one genre, {len(controls[2])} long songs of one artist. Of {found} changes found without "
        f"the rule for out-of-domain sections, {found - kept} are lost with it."
    )
    return "\n\n".join((table(header, rows), notes, whole_songs(outside, load_run(DEFAULT_RUN))))


def found_in(song: Song, paper: Reference) -> tuple[list[float], ...]:
    """The times of the changes that each of FINDERS predicts in a song."""
    with_rule, without_rule, in_embedding = predicted_changes(song.clip, song.fold.run, song.fold.reference)
    in_paper = boundaries(paper_features(song.clip), paper, PAPER_COST)
    return with_rule, without_rule, in_embedding, in_paper.tolist()


def predicted_changes(clip: Clip, run: Run, tracks: Reference) -> tuple[list[float], list[float], list[float]]:
    """The genre changes in a clip with and without the rule for out-of-domain sections, and the boundaries."""
    song = predict_song(clip, run, tracks=tracks)
    counted = song.prediction.is_counted
    boundaries_s = boundaries(song.values[:, : embedding.SIZE], tracks)
    centers_s = np.arange(len(counted)) * HOP_S + SEGMENT_SECONDS / 2
    probabilities = run.probabilities(song.values)
    without_rule = changes.genre_changes(boundaries_s, centers_s[counted], probabilities[counted], run.info.genres)
    return (
        [change.time_s for change in song.prediction.changes],
        [change.time_s for change in without_rule],
        boundaries_s.tolist(),
    )


def whole_songs(folder: Path, run: Run) -> str:
    """Changes in whole songs by the default run, with and without the rule for out-of-domain sections, as a table."""
    by_author = {
        song.author: (song, path) for song, path in reversed(songs_in(folder, "test")) if song.label != "unclear"
    }
    rows = []
    for title, label in (("Of the ten genres", "inside"), ("Of none of them", "outside")):
        of_label = [path for song, path in by_author.values() if song.label == label]
        found = np.array([_changes_in_file(path, run) for path in of_label])
        with_rule, without_rule, minutes = found.sum(axis=0) if len(found) else (0, 0, 0)
        rates = [f"{n:.0f} ({n / max(minutes, 1):.2f} per minute)" for n in (with_rule, without_rule)]
        rows.append((title, str(len(of_label)), f"{minutes:.0f}", *rates))
        print(*rows[-1], sep=" | ", flush=True)
    return table(("Whole songs", "Number", "Minutes", "Changes", "Changes, without the rule"), rows)


def _changes_in_file(path: Path, run: Run) -> tuple[int, int, float]:
    """Number of changes with the rule and without it, and minutes."""
    clip = audio.load_audio(path)
    with_rule, without_rule, _ = predicted_changes(clip, run, reference.bundled())
    return len(with_rule), len(without_rule), clip.duration_s / 60


def draw(
    folds: Sequence[Fold], clips: dict[str, Clip], rng: np.random.Generator, *, faded: bool, same_genre: bool
) -> Song:
    """Draw a song of two tracks of a fold, of one genre or of two."""
    while True:
        fold = folds[int(rng.integers(len(folds)))]
        one, other = rng.choice(fold.tracks, 2, replace=False)
        if (one.partition("/")[0] == other.partition("/")[0]) == same_genre:
            break
    samples = [clips[one].samples, clips[other].samples]
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


def draw_long(folds: Sequence[Fold], clips: dict[str, Clip], rng: np.random.Generator, songs: int) -> list[Song]:
    """Songs of three to six tracks of one artist and genre, in turn for each artist of a fold with so many tracks."""
    choices = []
    for fold in folds:
        by_artist: dict[tuple[str, str], list[str]] = {}
        for track in fold.tracks:
            by_artist.setdefault((track.partition("/")[0], artist_of(track)), []).append(track)
        choices += [(fold, tracks) for _, tracks in sorted(by_artist.items()) if len(tracks) > 2]
    result = []
    for i in range(songs if choices else 0):
        fold, tracks = choices[i % len(choices)]
        chosen = rng.choice(tracks, rng.integers(3, min(len(tracks), 6) + 1), replace=False)
        whole = crossfaded([clips[track].samples for track in chosen])
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


def paper_reference(folds: Sequence[Fold], fold: Fold, values_of: dict[str, np.ndarray]) -> Reference:
    """The training tracks of a fold in the paper's features, as segments that do not overlap."""
    names = [name for other in folds if other is not fold for name in other.tracks]
    values = [values_of[name] for name in names]
    return Reference(np.repeat(names, [len(rows) for rows in values]), np.concatenate(values))


def scores(songs: Sequence[Song], predicted: Sequence[list[float]]) -> tuple[str, ...]:
    """F1 of all songs, of hard cuts and of crossfades; found changes, and false ones."""
    hits, false = _hits(songs, predicted), _false(songs, predicted)
    f1 = []
    for some in (slice(None), slice(0, None, 2), slice(1, None, 2)):
        some_hits, some_false = _hits(songs[some], predicted[some]), _false(songs[some], predicted[some])
        f1.append(f"{2 * some_hits / (some_hits + some_false + len(songs[some])):.2f}")
    return *f1, f"{hits} of {len(songs)}", str(false)


def _hits(songs: Sequence[Song], predicted: Sequence[list[float]]) -> int:
    """Number of songs whose change is found."""
    return sum(
        any(abs(time_s - (song.change_s or 0.0)) <= TOLERANCE_S for time_s in times)
        for song, times in zip(songs, predicted, strict=True)
    )


def _false(songs: Sequence[Song], predicted: Sequence[list[float]]) -> int:
    """Number of all other predicted changes."""
    return sum(map(len, predicted)) - _hits(songs, predicted)


def false_changes(songs: Sequence[Song], predicted: Sequence[list[float]]) -> str:
    """Number of predicted changes in songs of one genre, and their rate."""
    if not songs:
        return "—"
    number, minutes = sum(map(len, predicted)), sum(song.clip.duration_s for song in songs) / 60
    return f"{number} ({number / minutes:.2f} per minute)"


if __name__ == "__main__":
    parser = argument_parser("changes", __doc__)
    parser.add_argument("work", type=Path, metavar="WORK")
    parser.add_argument("outside", type=Path, metavar="OUTSIDE")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--songs", type=int, default=100)
    publish(parser, main)
