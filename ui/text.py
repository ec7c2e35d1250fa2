"""What more than one page says, and how: under which split a run was measured, what that means, formats."""

from genre_core import runs
from genre_core.audio.separation import MIX, Stem
from genre_core.features import feature_set
from genre_core.figures.formatting import percent
from genre_core.runs import RunInfo
from genre_core.runs.comparison import siblings

NO_BAR = {"displayModeBar": False}
"""For a figure that needs no buttons."""
PERCENT = "%.1f %%"
"""Of a column of per cents."""

FEATURES = {
    "paper": "58 numbers a segment, as in the paper",
    "embedding": "200 numbers a segment, from a network that was trained to tag music",
    "paper+embedding": "both at once, 258 numbers a segment",
    "leveled-embedding": "the same 200, of a song brought to one loudness",
    "leveled-embedding+lab": "those 200, and what the lab's network makes of the ten seconds around, 210 numbers",
    "mel": "log-mel picture of a segment",
    "scalogram": "wavelet picture of a segment",
    "mel+scalogram": "both pictures at once",
    "wide-mel": "log-mel picture of the ten seconds around a segment, which neighbors share",
}
"""What each feature set is, in a few words."""

STEMS: dict[Stem, str] = {
    "mix": "Mix",
    "vocals": "Vocals",
    "instruments": "Instruments",
    "harmonic": "Harmonic",
    "percussive": "Percussive",
}
"""What each part of a song is called."""


def features(name: str) -> str:
    """A feature set and what it is, as in: paper: 58 numbers a segment, as in the paper."""
    known = feature_set(name)
    alone = "" if known.stem == MIX else f", of the {known.stem} alone"
    return f"{name}: {FEATURES[name.partition('@')[0]]}{alone}"


def split_in_words(info: RunInfo) -> str:
    """The split with its counts, as in: random split by segment: 668 train / 329 test segments, 99 of 100 tracks
    stand on both sides."""
    counts = info.counts
    tracks = counts.train_tracks + counts.test_tracks - counts.shared_tracks
    sides = (
        f"{counts.shared_tracks} of {tracks} tracks stand on both sides"
        if counts.shared_tracks
        else f"{counts.train_tracks} train / {counts.test_tracks} test tracks, none on both sides"
    )
    if info.split.folds:
        tested = f"each of {counts.test_segments} segments tested once"
        sides = sides if counts.shared_tracks else f"no {info.split.kind} on both sides"
    else:
        tested = f"{counts.train_segments} train / {counts.test_segments} test segments"
    return f"{info.split.description}: {tested}, {sides}"


def where(info: RunInfo) -> str:
    """What the scores are of, as in: on **the test part of a split by track: 66 train / 34 test tracks, …**."""
    rest = split_in_words(info).removeprefix(info.split.description)
    return f"on **{info.split.tested_part}{rest}**"


def record(info: RunInfo) -> str:
    """How well a run did and on what, as a sentence that begins with "It named"."""
    return (
        f"It named {percent(info.scores.accuracy)} of the segments and {percent(info.scores.track_accuracy)} of the "
        f"tracks right {where(info)}."
    )


def memory_warning(info: RunInfo) -> str | None:
    """What to think of the scores of a run whose test part holds recordings that it was trained on, else None.

    Where there is a run of the same network on the same data whose tracks stay on one side, its score is named.
    """
    if not info.counts.shared_tracks:
        return None
    said = (
        "These scores measure memory of recordings as much as hearing of genre: the test part holds other segments of "
        "the very tracks that the run was trained on."
    )
    honest = siblings(info, runs.list_runs()).get("track")
    if honest is None:
        return f"{said} On songs that it never heard it does much worse."
    return (
        f"{said} The same model, with each track kept on one side, names {percent(honest.scores.accuracy)} of the "
        "segments right."
    )
