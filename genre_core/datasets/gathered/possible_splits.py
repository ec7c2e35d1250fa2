"""Which splits a gathered dataset allows, before its features are extracted."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from genre_core.audio import SEGMENT_SECONDS
from genre_core.datasets.dataset import Dataset
from genre_core.datasets.gathered.facts import Song
from genre_core.datasets.splits.config import SplitConfig, SplitKind
from genre_core.datasets.splits.make import make_split
from genre_core.errors import DatasetError
from genre_core.features import feature_set

KINDS: tuple[SplitKind, ...] = ("random", "track", "artist")
_GOOD_FOR: dict[SplitKind, str] = {
    "random": "Possible, but segments of one song are in both the training and the test set (data leakage), so its "
    "accuracy is too high.",
    "track": "Possible: all segments of a song are in the same set.",
    "artist": "Possible: no artist in the test set is in the training set, so its accuracy says how a model does on "
    "artists that are unseen in training.",
}


@dataclass(frozen=True)
class PossibleSplit:
    """Whether a dataset can be split in this way."""

    kind: SplitKind
    is_possible: bool
    sentence: str
    """Why not and what is missing, or what it is good for."""


def possible_splits(tracks: Mapping[str, Song]) -> tuple[PossibleSplit, ...]:
    """For each kind of split, whether songs can be divided so.

    Parameters
    ----------
    tracks : the songs that can be used, with their durations, by the ids of their tracks.
    """
    genres = {song.genre for song in tracks.values()}
    if len(genres) < 2:
        return tuple(PossibleSplit(kind, False, "Songs of at least two genres are needed.") for kind in KINDS)
    dataset = _without_features(tracks)
    return tuple(_possible(dataset, kind) for kind in KINDS)


def _possible(dataset: Dataset, kind: SplitKind) -> PossibleSplit:
    try:
        split = make_split(dataset, SplitConfig(kind))
    except DatasetError as error:
        return PossibleSplit(kind, False, str(error))
    return PossibleSplit(kind, True, " ".join((_GOOD_FOR[kind], *split.notes)))


def _without_features(tracks: Mapping[str, Song]) -> Dataset:
    """The dataset that these songs will be, as far as a split needs it: with a segment or two of each song."""
    features = feature_set("paper")
    counts = [1 if (song.duration_s or 0) < 2 * SEGMENT_SECONDS else 2 for song in tracks.values()]
    has_artists = any(song.artist for song in tracks.values())
    return Dataset(
        name="the dataset",
        features=features.name,
        values=np.zeros((sum(counts), *features.shape)),
        genre=np.repeat([song.genre for song in tracks.values()], counts),
        track=np.repeat(list(tracks), counts),
        start_s=np.concatenate([np.arange(count) * SEGMENT_SECONDS for count in counts]),
        artist=np.repeat([song.artist for song in tracks.values()], counts) if has_artists else None,
    )
