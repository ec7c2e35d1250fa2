"""What is wrong with the songs of a gathered dataset, and which splits are possible."""

from dataclasses import dataclass

from genre_core.datasets.splits.config import SplitKind
from genre_core.progress import Progress, no_progress


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
class PossibleSplit:
    """Whether a dataset can be split in this way."""

    kind: SplitKind
    is_possible: bool
    sentence: str
    """Why not and what is missing, or what it is good for."""


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

    @property
    def is_usable(self) -> bool:
        """Whether a model can be trained on it."""
        return any(split.is_possible for split in self.splits)


def check(name: str, *, progress: Progress = no_progress) -> Check:
    """Decode each song of a dataset and look at what was found; for a worker process.

    What was found of a song is kept by its content, so that a second check decodes only what is new.

    Parameters
    ----------
    progress : called with the number of songs done and their total.
    """
    raise NotImplementedError
