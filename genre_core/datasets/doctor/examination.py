"""The data doctor: what is wrong with a data set, before a classifier learns it.

Goal: name the faults that make scores lie (copies on both sides of a split, one artist a genre, recordings that give a
genre away by their bandwidth) or that teach nothing (silence, clipping, outliers), each with its tracks.

`examine` looks at the table alone, and with a folder of audio also into the files.  What it could not look at it says
in `Diagnosis.unchecked`.  `without` leaves tracks out.

Conventions: a track is named GENRE/NAME; levels are relative to full scale at 1; frequencies are in Hz; shares go from
0 to 1.  Each threshold stands below with what it was measured on.
"""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd
import soundfile
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from genre_core import audio
from genre_core.audio import quality
from genre_core.audio.quality import BAND_LIMIT_HZ, SILENT_RMS
from genre_core.datasets import Dataset, Progress, check_audio_folder, find_track
from genre_core.errors import AudioError, DatasetError

Kind = Literal[
    "exact-duplicates",
    "near-duplicates",
    "one-artist",
    "bandwidth",
    "sample-rate",
    "class-balance",
    "silence",
    "clipping",
    "too-short",
    "outliers",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which findings are told: what makes scores lie comes first."""
Severity = Literal["note", "warning"]

UNBALANCED, VERY_UNBALANCED = 1.5, 3.0
"""Tracks of the largest genre to those of the smallest, from which on it is a note and a warning."""

EXACT = 1e-6
"""Features that differ by less than this part of their standard deviation are the same: tables are rounded."""

NEAR = 0.34
"""Two tracks are near duplicates if their distance is below this part of the median distance between tracks.

Chosen on Kaggle's features_30_sec.csv, where tests/test_doctor.py measures what it finds against the artists and titles
of Sturm's index: the nearest two tracks with different titles lie at 0.356.
"""
_RIDGE = 0.03  # of whitening: directions with less of the variance than this are not blown up
_LOG_FLOOR = 1e-3  # of a column's median, so that a silent track's zero is not infinitely far
FEWEST_TRACKS = 20
"""With fewer, the distance that is usual between tracks is not known well enough to call one small or large."""

OUTLIER_Z = 3.5
"""Modified z-score beyond which a track is an outlier (Iglewicz & Hoaglin 1993 recommend 3.5)."""
_OUTLIER_NEIGHBOR = 5  # copies of a track, which an outlier may have, are fewer

SILENT_SHARE = 0.1
"""Share of a track below SILENT_RMS from which on it is named: no track of GTZAN-mini has 0.01."""

FULL_SCALE = 0.9999  # 16 bits reach 0.99997
CLIPPED_SHARE, BADLY_CLIPPED_SHARE = 1e-4, 1e-3
"""Share of samples at full scale in runs of three or more: a note and a warning.  GTZAN-mini has one of 2e-4."""
_CLIPPED_RUN = 3
_BLOCK_FRAMES = 65_536

DIFFERENT_SHARES = 0.25
"""Genres differ in a fault if the shares of their tracks that have it differ by this much."""

_AUDIO_KINDS: tuple[Kind, ...] = ("clipping", "sample-rate", "bandwidth")
_TOO_SHORT = re.compile(r"of sound can be read from it, and at least")  # audio.load's words
_SILENT = re.compile(r"only silence in it")


@dataclass(frozen=True)
class Detail:
    """Some tracks of a finding that belong together, or one."""

    tracks: tuple[str, ...]
    note: str
    """What is to be said of them, such as an artist, a rate or a share."""
    value: float
    """The same as a number: similarity (1: the same), share, Hz, a count of tracks or a z-score."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a data set."""

    kind: Kind
    severity: Severity
    message: str
    """A sentence on what is wrong and what it does to a classifier."""
    details: tuple[Detail, ...]
    leave_out: tuple[str, ...] = ()
    """The tracks to leave out of training to be rid of it; none where that would not help."""

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """The tracks that it is about, each once."""
        return tuple(dict.fromkeys(track for detail in self.details for track in detail.tracks))


@dataclass(frozen=True)
class Diagnosis:
    """What was found in a data set, and what could not be looked at."""

    data: str
    """The name of the data set."""
    n_tracks: int
    n_segments: int
    genres: dict[str, int]
    """The number of tracks in each genre."""
    n_heard: int
    """Tracks whose audio was looked into."""
    findings: tuple[Finding, ...]
    unchecked: dict[str, str]
    """Kinds of faults that could not be looked for, or not everywhere, each with the reason."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """Files that can't be used for other reasons than being short or silent, each with the reason."""

    @property
    def leave_out(self) -> tuple[str, ...]:
        """All tracks that a finding would leave out, each once."""
        return tuple(dict.fromkeys(track for finding in self.findings for track in finding.leave_out))


def examine(
    dataset: Dataset, audio_folder: Path | None = None, *, progress: Progress = lambda done, total: None
) -> Diagnosis:
    """Look for all kinds of faults.

    Parameters
    ----------
    audio_folder : a folder of genre folders with the audio of the tracks; without one, what needs audio is unchecked.
    progress : told of the files of audio that are done; what it raises ends the examination.

    Raises DatasetError if `audio_folder` is not a folder of these genres.
    """
    tracks = _Tracks(dataset)
    unchecked: dict[str, str] = {}
    heard: dict[str, _Sound] = {}
    unreadable: dict[str, str] = {}
    if audio_folder is None:
        unchecked |= dict.fromkeys(_AUDIO_KINDS, "it takes the audio, and no folder of it was given")
    else:
        check_audio_folder(audio_folder, dataset.genres)
        heard, unreadable, missing = _listen(tracks.names, audio_folder, progress)
        if missing:
            said = f"{_counted(len(missing), 'track')} have no file in {audio_folder} ({_listed(missing)})"
            unchecked |= dict.fromkeys(_AUDIO_KINDS, said)
    skipped = dataset.skipped | unreadable
    short = {name: reason for name, reason in skipped.items() if _TOO_SHORT.search(reason)}
    silent = {name: reason for name, reason in skipped.items() if _SILENT.search(reason)}
    exact = _exact_duplicates(tracks)
    found = [
        exact,
        _near_duplicates(tracks, exact, unchecked),
        _one_artist(tracks, unchecked),
        _bandwidth(tracks, heard),
        _sample_rate(tracks, heard),
        _class_balance(tracks),
        _silence(tracks, heard, silent, unchecked),
        _clipping(heard),
        _too_short(tracks, short, unchecked, looked=audio_folder is not None or bool(dataset.skipped)),
        _outliers(tracks, unchecked),
    ]
    return Diagnosis(
        data=dataset.name,
        n_tracks=len(tracks.names),
        n_segments=len(dataset.values),
        genres=tracks.counts,
        n_heard=len(heard),
        findings=tuple(finding for finding in found if finding is not None),
        unchecked={kind: unchecked[kind] for kind in KINDS if kind in unchecked},
        unreadable={name: reason for name, reason in skipped.items() if name not in short and name not in silent},
    )


def without(dataset: Dataset, tracks: Iterable[str]) -> Dataset:
    """The data set without some tracks; names that are not in it are passed over.

    Raises DatasetError if that leaves fewer than two genres.
    """
    left_out = set(tracks)
    kept = ~np.isin(dataset.track, sorted(left_out)) if left_out else np.ones(len(dataset.track), dtype=bool)
    genres = np.unique(dataset.genre[kept]).tolist()
    if len(genres) < 2:
        remains = f"only the genre {genres[0]!r}" if genres else "nothing"
        raise DatasetError(
            f"Without {_counted(len(left_out), 'track')} there is {remains} left of {dataset.name}, and a classifier "
            "needs at least two genres; leave out fewer."
        )
    return dataset if kept.all() else dataset.take(kept)


def frame(diagnosis: Diagnosis) -> pd.DataFrame:
    """A row for each track of each finding, or each genre where no track is at fault.

    Columns: kind, severity, group (number of the detail in its finding), track (empty for a genre as such), note,
    value, leave_out (whether the finding would leave the track out).
    """
    rows = [
        (finding.kind, finding.severity, group, track, detail.note, detail.value, track in finding.leave_out)
        for finding in diagnosis.findings
        for group, detail in enumerate(finding.details)
        for track in detail.tracks or ("",)
    ]
    return pd.DataFrame(rows, columns=["kind", "severity", "group", "track", "note", "value", "leave_out"])


# --- what the table says --------------------------------------------------------------------------------------------


class _Tracks:
    """A data set, seen by track: all arrays run over `names`."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        names, first, place = np.unique(dataset.track, return_index=True, return_inverse=True)
        self.names: list[str] = names.tolist()
        self.genre = dataset.genre[first]
        self.artist = np.asarray(dataset.artists)[first]
        self.counts = {genre: int((self.genre == genre).sum()) for genre in dataset.genres}
        order = np.lexsort((dataset.start_s, place))
        self.rows = np.split(order, np.searchsorted(place[order], np.arange(1, len(names))))
        """The rows of each track, in time order."""
        self.is_picture = dataset.values.ndim > 2

    def of(self, genre: str) -> tuple[str, ...]:
        return tuple(name for name, its in zip(self.names, self.genre.tolist(), strict=True) if its == genre)

    def mean(self) -> np.ndarray:
        """shape (tracks, columns): each track's features, averaged over its segments."""
        starts = np.cumsum([0, *(len(rows) for rows in self.rows[:-1])])
        sums = np.add.reduceat(self.dataset.values[np.concatenate(self.rows)], starts, axis=0)
        return sums / np.array([len(rows) for rows in self.rows])[:, np.newaxis]

    @cached_property
    def space(self) -> np.ndarray:
        """shape (tracks, directions): where near means that tracks sound alike; the median distance is 1.

        Columns that are never negative (energies, frequencies, variances) count by their ratios, and all are whitened,
        so that the many columns that say the same do not outvote the others.
        """
        columns = [i for i, column in enumerate(self.dataset.columns) if column != "length"]
        values = self.mean()[:, columns]
        ratio = (values >= 0).all(axis=0) & (values > 0).any(axis=0)
        floor = _LOG_FLOOR * np.median(values, axis=0) + np.finfo(float).tiny
        scaled = values.copy()
        scaled[:, ratio] = np.log(values[:, ratio] + floor[ratio])
        scaled = StandardScaler().fit_transform(scaled)
        variance, directions = np.linalg.eigh(np.cov(scaled, rowvar=False))
        white = scaled @ directions / np.sqrt((1 - _RIDGE) * variance.clip(0) + _RIDGE)
        usual = float(np.median(pdist(white[:: max(1, len(white) // 1000)])))
        return white / usual if usual > 0 else white


def _class_balance(tracks: _Tracks) -> Finding | None:
    counts = tracks.counts
    largest, smallest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    ratio = counts[largest] / counts[smallest]
    if ratio < UNBALANCED:
        return None
    message = (
        f"{largest} has {_counted(counts[largest], 'track')} and {smallest} {counts[smallest]}: a classifier gains by "
        f"answering {largest} when in doubt, and accuracy hides how it does on {smallest}."
    )
    most = int(UNBALANCED * counts[smallest])
    details = tuple(
        Detail(tracks.of(genre)[most:], f"{genre}: {_counted(n, 'track')}", n) for genre, n in counts.items()
    )
    surplus = tuple(track for detail in details for track in detail.tracks)
    return Finding("class-balance", "warning" if ratio >= VERY_UNBALANCED else "note", message, details, surplus)


def _exact_duplicates(tracks: _Tracks) -> Finding | None:
    pairs = _same_pictures(tracks) if tracks.is_picture else _same_numbers(tracks)
    groups = _groups(len(tracks.names), pairs)
    if not groups:
        return None
    return _duplicates(tracks, "exact-duplicates", [(group, 1.0) for group in groups])


def _same_pictures(tracks: _Tracks) -> list[tuple[int, int]]:
    first: dict[bytes, int] = {}
    pictures = [tracks.dataset.values[rows].tobytes() for rows in tracks.rows]
    return [(first.setdefault(content, i), i) for i, content in enumerate(pictures) if first.setdefault(content, i) < i]


def _same_numbers(tracks: _Tracks) -> list[tuple[int, int]]:
    values = tracks.dataset.values
    spread = values.std(axis=0)
    spread[spread == 0] = 1
    near = cKDTree(tracks.mean() / spread).query_pairs(EXACT * np.sqrt(values.shape[1]))

    def same(one: np.ndarray, other: np.ndarray) -> bool:
        return len(one) == len(other) and bool((np.abs(values[one] - values[other]) < EXACT * spread).all())

    return [(i, j) for i, j in sorted(near) if same(tracks.rows[i], tracks.rows[j])]


def _near_duplicates(tracks: _Tracks, exact: Finding | None, unchecked: dict[str, str]) -> Finding | None:
    if not _has_distances(tracks, "near-duplicates", unchecked):
        return None
    copies = set(exact.leave_out) if exact else set()
    once = [i for i, name in enumerate(tracks.names) if name not in copies]
    points = tracks.space[once]
    distances, neighbors = NearestNeighbors(radius=NEAR).fit(points).radius_neighbors(points)
    similarity = {
        (once[i], once[j]): 1 - float(distance)
        for i, (near, far) in enumerate(zip(neighbors, distances, strict=True))
        for j, distance in zip(near.tolist(), far.tolist(), strict=True)
        if i < j
    }
    groups = _groups(len(tracks.names), list(similarity))
    if not groups:
        return None
    least = [min(value for (i, _), value in similarity.items() if i in group) for group in groups]
    return _duplicates(tracks, "near-duplicates", list(zip(groups, least, strict=True)))


def _duplicates(
    tracks: _Tracks, kind: Literal["exact-duplicates", "near-duplicates"], groups: list[tuple[list[int], float]]
) -> Finding:
    details, across = [], 0
    for group, similarity in groups:
        genres = sorted(set(tracks.genre[group].tolist()))
        across += len(genres) > 1
        note = f"in {' and '.join(genres)}" if len(genres) > 1 else "the same" if similarity == 1 else "much alike"
        details.append(Detail(tuple(tracks.names[i] for i in group), note, round(similarity, 4)))
    leave_out = tuple(name for detail in details for name in detail.tracks[1:])
    if kind == "exact-duplicates":
        said = f"{_counted(len(leave_out), 'track')} {_is(len(leave_out))} an exact copy of another"
    else:
        said = (
            f"{_counted(len(leave_out), 'track')} {_is(len(leave_out))} so close to another that they are likely the "
            "same recording"
        )
    labels = f", {across} of them under another genre, which teaches a contradiction" if across else ""
    message = f"{said}{labels}: where a split parts the two, the test part holds what was learnt by heart."
    return Finding(kind, "warning", message, tuple(details), leave_out)


def _one_artist(tracks: _Tracks, unchecked: dict[str, str]) -> Finding | None:
    known = tracks.artist != ""
    unknown = [genre for genre in tracks.counts if not known[tracks.genre == genre].any()]
    if unknown:
        where = "" if len(unknown) == len(tracks.counts) else f" of {_listed(unknown)}"
        unchecked["one-artist"] = f"the artists{where} are not known"
    details = []
    for genre in tracks.counts:
        artists = Counter(tracks.artist[known & (tracks.genre == genre)].tolist())
        if len(artists) == 1 and artists.total() > 1:
            (artist,) = artists
            details.append(Detail(tracks.of(genre), f"{genre}: {artist}", artists.total()))
    if not details:
        return None
    message = (
        f"All tracks with a known artist are by one artist in {_listed([detail.note for detail in details])}: a "
        "classifier can learn the artist, or the record, for the genre, and no test within this data can tell."
    )
    return Finding("one-artist", "warning", message, tuple(details))


def _outliers(tracks: _Tracks, unchecked: dict[str, str]) -> Finding | None:
    if not _has_distances(tracks, "outliers", unchecked):
        return None
    nearest = NearestNeighbors(n_neighbors=_OUTLIER_NEIGHBOR + 1).fit(tracks.space)
    far = np.log(nearest.kneighbors(tracks.space)[0][:, -1] + np.finfo(float).tiny)
    deviation = far - np.median(far)
    spread = 1.4826 * np.median(np.abs(deviation))
    if spread == 0:
        return None
    z = deviation / spread
    order = [i for i in np.argsort(-z).tolist() if z[i] > OUTLIER_Z]
    if not order:
        return None
    details = tuple(Detail((tracks.names[i],), f"{z[i]:.1f} deviations", round(float(z[i]), 2)) for i in order)
    message = (
        f"{_counted(len(order), 'track')} {_is(len(order))} far from all others, be it by its music, a fault of the "
        "recording or a wrong file: a classifier bends for it, or guesses."
    )
    return Finding("outliers", "note", message, details, tuple(tracks.names[i] for i in order))


def _has_distances(tracks: _Tracks, kind: Kind, unchecked: dict[str, str]) -> bool:
    """Whether tracks can be compared; else it is said why not."""
    if tracks.is_picture:
        unchecked[kind] = "it takes features that are numbers, and these are pictures"
    elif len(tracks.names) < FEWEST_TRACKS:
        unchecked[kind] = f"{len(tracks.names)} tracks are too few to know what is usual; it takes {FEWEST_TRACKS}"
    return kind not in unchecked


def _silence(
    tracks: _Tracks, heard: dict[str, "_Sound"], skipped: dict[str, str], unchecked: dict[str, str]
) -> Finding | None:
    shares = {name: sound.silent for name, sound in heard.items()}
    dataset = tracks.dataset
    if "rms_mean" in dataset.columns:
        silent = dataset.values[:, dataset.columns.index("rms_mean")] < SILENT_RMS
        by_table = {name: float(silent[rows].mean()) for name, rows in zip(tracks.names, tracks.rows, strict=True)}
        shares = by_table | shares
    elif missing := [name for name in tracks.names if name not in shares and name not in skipped]:
        unchecked["silence"] = f"it takes the audio or a column of loudness, and there is none of {_listed(missing)}"
    named = sorted((name for name, share in shares.items() if share >= SILENT_SHARE), key=lambda name: -shares[name])
    details = [Detail((name,), f"{shares[name]:.0%} of it is silent", round(shares[name], 4)) for name in named]
    details += [Detail((name,), "all of it is silent; it is not used", 1.0) for name in skipped]
    if not details:
        return None
    message = (
        f"{_counted(len(details), 'track')} {_is(len(details))} silent for a tenth of the time or more (below -60 dBFS)"
        ": a classifier learns there that silence has a genre."
    )
    in_data = set(tracks.names)
    return Finding("silence", "warning", message, tuple(details), tuple(t for t in (*named, *skipped) if t in in_data))


def _too_short(tracks: _Tracks, short: dict[str, str], unchecked: dict[str, str], *, looked: bool) -> Finding | None:
    if not looked:
        unchecked["too-short"] = "a table holds only what was long enough, and no folder of audio was given"
    if not short:
        return None
    message = (
        f"{_counted(len(short), 'file')} {_is(len(short))} shorter than a segment of {audio.SEGMENT_SECONDS:.0f} s: "
        "nothing can be learnt from it, and its genre has less than it seems."
    )
    details = tuple(Detail((name,), reason, 1.0) for name, reason in short.items())
    in_data = set(tracks.names)
    return Finding("too-short", "warning", message, details, tuple(name for name in short if name in in_data))


# --- what the audio says --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sound:
    """What was measured on the audio of a track."""

    rate: int
    """Of the file, in Hz."""
    clipped: float
    """Share of samples at full scale in runs of three or more, in the channel that has most."""
    silent: float
    """Share of time below SILENT_RMS."""
    edge_hz: float | None
    """Where the spectrum breaks off; None if it runs out gently or reaches BAND_LIMIT_HZ."""


def _listen(names: list[str], folder: Path, progress: Progress) -> tuple[dict[str, _Sound], dict[str, str], list[str]]:
    """What was measured on each track, why others can't be read, and which have no file."""
    files = {name: path for name in names if (path := find_track(folder, name))}
    heard: dict[str, _Sound] = {}
    unreadable: dict[str, str] = {}
    progress(0, len(files))
    # Threads: reading and transforming let go of Python's lock.
    with ThreadPoolExecutor(2) as pool:
        futures = {name: pool.submit(_measure, path) for name, path in files.items()}
        try:
            for done, (name, future) in enumerate(futures.items(), start=1):
                try:
                    heard[name] = future.result()
                except AudioError as error:
                    unreadable[name] = str(error)
                progress(done, len(files))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return heard, unreadable, [name for name in names if name not in files]


def _measure(path: Path) -> _Sound:
    """Measure a file; AudioError if it can't be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AudioError(f"The file can't be read: {error.strerror}.") from error
    clip = audio.load(content, rate=_declared_rate(content))
    if clip.rate != clip.source_rate:
        clip = audio.load(content, rate=clip.source_rate)
    return _Sound(clip.rate, _clipped_share(content, clip), quality.silent_share(clip), quality.band_edge(clip))


def _declared_rate(content: bytes) -> int:
    """The rate that the header names, where it can be one; else a usual one."""
    try:
        rate = soundfile.info(io.BytesIO(content)).samplerate
    except soundfile.LibsndfileError:
        return audio.SEGMENT_RATE
    return rate if audio.LOWEST_RATE <= rate <= audio.HIGHEST_RATE else audio.SEGMENT_RATE


def _clipped_share(content: bytes, clip: audio.Clip) -> float:
    """Channel by channel, since a mix of channels hides it; of the mix where only that can be had."""
    clipped, frames = np.zeros(1, dtype=int), 0
    with suppress(soundfile.LibsndfileError), soundfile.SoundFile(io.BytesIO(content)) as file:
        for block in file.blocks(_BLOCK_FRAMES, dtype="float32", always_2d=True, frames=len(clip.samples)):
            clipped = clipped + _clipped_samples(block)
            frames += len(block)
    if not frames:
        clipped, frames = _clipped_samples(clip.samples[:, np.newaxis]), len(clip.samples)
    return float(clipped.max() / frames)


def _clipped_samples(block: np.ndarray) -> np.ndarray:
    """Samples of each channel at full scale in runs of three or more; block: (frames, channels)."""
    full = np.abs(block) >= FULL_SCALE
    if len(full) < _CLIPPED_RUN:
        return np.zeros(block.shape[1], dtype=int)
    begins = full[:-2] & full[1:-1] & full[2:]
    in_run = np.zeros_like(full)
    for offset in range(_CLIPPED_RUN):
        in_run[offset : offset + len(begins)] |= begins
    return in_run.sum(axis=0)


def _clipping(heard: dict[str, _Sound]) -> Finding | None:
    shares = {name: sound.clipped for name, sound in heard.items() if sound.clipped >= CLIPPED_SHARE}
    if not shares:
        return None
    named = sorted(shares, key=lambda name: -shares[name])
    details = tuple(
        Detail((name,), f"{100 * shares[name]:.2g} % of the samples", round(shares[name], 6)) for name in named
    )
    severity: Severity = "warning" if max(shares.values()) >= BADLY_CLIPPED_SHARE else "note"
    message = (
        f"{_counted(len(named), 'track')} {_is(len(named))} clipped (flat at full scale): the distortion adds "
        "brightness that is not in the music, and a classifier hears it."
    )
    return Finding("clipping", severity, message, details, tuple(named))


def _sample_rate(tracks: _Tracks, heard: dict[str, _Sound]) -> Finding | None:
    by_rate: dict[int, list[str]] = {}
    for name, sound in heard.items():
        by_rate.setdefault(sound.rate, []).append(name)
    if len(by_rate) < 2:
        return None
    highest = max(by_rate)
    differing = _genres_differ(tracks, heard, lambda sound: sound.rate < highest)
    differing = f"; below {highest} Hz are{differing[1:]}" if differing else ""
    rates = ", ".join(f"{len(names)} at {rate} Hz" for rate, names in sorted(by_rate.items()))
    message = (
        f"The files have different sample rates ({rates}){differing}: a lower rate cuts off the treble, and a "
        "classifier can tell genres by that."
    )
    details = tuple(Detail(tuple(names), f"{rate} Hz", rate) for rate, names in sorted(by_rate.items()))
    lower = tuple(name for rate, names in sorted(by_rate.items()) if rate < highest for name in names)
    return Finding("sample-rate", "warning" if differing else "note", message, details, lower)


def _bandwidth(tracks: _Tracks, heard: dict[str, _Sound]) -> Finding | None:
    edges = {name: sound.edge_hz for name, sound in heard.items() if sound.edge_hz is not None}
    if not edges:
        return None
    differing = _genres_differ(tracks, heard, lambda sound: sound.edge_hz is not None)
    message = (
        f"The sound of {_counted(len(edges), 'track')} of {len(heard)} breaks off below "
        f"{BAND_LIMIT_HZ / 1000:.1f} kHz{differing}: a classifier hears the lack of treble, which is the recording's "
        "and not the genre's."
    )
    named = sorted(edges, key=edges.__getitem__)
    details = tuple(Detail((name,), f"ends at {edges[name] / 1000:.1f} kHz", edges[name]) for name in named)
    return Finding("bandwidth", "warning" if differing else "note", message, details, tuple(named))


def _genres_differ(tracks: _Tracks, heard: dict[str, _Sound], has: Callable[[_Sound], bool]) -> str:
    """Words on the genre with most and that with least of a fault, empty if they hardly differ."""
    genre = dict(zip(tracks.names, tracks.genre.tolist(), strict=True))
    faulty: dict[str, list[bool]] = {}
    for name, sound in heard.items():
        faulty.setdefault(genre[name], []).append(has(sound))
    share = {its: sum(each) / len(each) for its, each in faulty.items()}
    most, least = max(share, key=share.__getitem__), min(share, key=share.__getitem__)
    if share[most] - share[least] < DIFFERENT_SHARES:
        return ""
    return f", {share[most]:.0%} of {most} against {share[least]:.0%} of {least}"


# --- words and sets -------------------------------------------------------------------------------------------------


def _groups(n: int, pairs: list[tuple[int, int]]) -> list[list[int]]:
    """The sets of two or more of n things that pairs connect, each ascending."""
    if not pairs:
        return []
    left, right = np.array(pairs).T
    _, label = connected_components(coo_array((np.ones(len(pairs)), (left, right)), shape=(n, n)), directed=False)
    members = [np.flatnonzero(label == group).tolist() for group in np.unique(label[left])]
    return sorted(members)


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def _listed(names: list[str], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
