"""Augmented copies of a dataset's tracks: every segment as it sounds with an augmentation (`audio.augmentation`).

A copy belongs to a row of the dataset and has no track, genre or split of its own.  Whatever divides the rows divides
the copies with them, so a copy is never on another side of a split than its track.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from genre_core.audio.augmentation import AUGMENTATIONS, augmentation_seed
from genre_core.errors import ConfigError
from genre_core.features import FeatureSet
from genre_core.wording import quoted

_COPY_S = {"embedding": 0.15, "leveled-embedding": 0.15, "vgg": 0.15, "musicnn": 0.4, "mel": 0.1, "wide-mel": 0.1}
"""Feature sets, and parts of their names, of which augmented copies can be made; joined ones if all their parts can.
The number is the measured time for one copy of a track of 30 s on one core, in seconds."""
WITHOUT_AUDIO = ("room", "8-khz", "telephone", "mp3")
"""Augmentations of which there are copies without audio: stored ones, or pictures augmented in the mel domain."""


def _no_copies(name: str, rows: np.ndarray) -> np.ndarray:
    raise LookupError(name)


@dataclass(frozen=True, eq=False)
class _MelCopies:
    """Copies of mel spectrograms, computed track by track when they are asked for: see `of_mel_pictures`."""

    pictures: np.ndarray
    track: np.ndarray
    _done: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)

    def __call__(self, name: str, rows: np.ndarray) -> np.ndarray:
        """The copies of some rows, with an augmentation."""
        copies = np.empty((len(rows), *self.pictures.shape[1:]), dtype=np.uint8)
        for track_name in np.unique(self.track[rows]):
            of_track = np.flatnonzero(self.track[rows] == track_name)
            numbers = np.searchsorted(np.flatnonzero(self.track == track_name), rows[of_track])
            copies[of_track] = self._augmented(name, str(track_name))[numbers]
        return copies

    def _augmented(self, name: str, track_name: str) -> np.ndarray:
        # Imported when needed: it computes filters, and few datasets are pictures.
        from genre_core.features.mel_augmentation import augment_pictures

        if (name, track_name) not in self._done:
            pictures = self.pictures[self.track == track_name]
            self._done[name, track_name] = augment_pictures(pictures, name, augmentation_seed(track_name))
        return self._done[name, track_name]


@dataclass(frozen=True, eq=False)
class AugmentedCopies:
    """The features of the augmented copies, loaded or computed when they are asked for."""

    names: tuple[str, ...] = ()
    """The augmentations, in the order of `AUGMENTATIONS`."""
    load: Callable[[str, np.ndarray], np.ndarray] = _no_copies
    """Takes the name of an augmentation and row numbers of the source; gives the features of these rows' copies."""
    rows: np.ndarray | None = None
    """The row of the source for each row of the dataset, shape (segments,); None if they are the same."""

    @staticmethod
    def of_arrays(arrays: Mapping[str, np.ndarray]) -> "AugmentedCopies":
        """Copies that are in memory: for each augmentation the features of all rows."""
        return AugmentedCopies(in_order(arrays), partial(_rows_of, arrays))

    @staticmethod
    def of_mel_pictures(pictures: np.ndarray, track: np.ndarray) -> "AugmentedCopies":
        """Copies of mel spectrograms, computed from them track by track.

        Parameters
        ----------
        pictures : shape (segments, *mel.SHAPE), uint8.
        track : shape (segments,): the track of each; those of one track are in order of time.
        """

        return AugmentedCopies(WITHOUT_AUDIO, _MelCopies(pictures, track))

    def values(self, name: str, rows: np.ndarray) -> np.ndarray:
        """The features of the copies of some rows.

        Parameters
        ----------
        name : one of `names`.
        rows : row numbers of the dataset, shape (n,).

        Returns
        -------
        shape (n, *shape), of the kind of `Dataset.values`.
        """
        return self.load(name, rows if self.rows is None else self.rows[rows])

    def take(self, rows: np.ndarray) -> "AugmentedCopies":
        """The copies of only some rows, which are a mask or row numbers."""
        numbers = np.flatnonzero(rows) if rows.dtype == bool else rows
        return replace(self, rows=numbers if self.rows is None else self.rows[numbers])


def in_order(names: str | Iterable[str]) -> tuple[str, ...]:
    """One name of an augmentation, or several without repetitions in the order of the list of all.

    Raises ConfigError if there is no such augmentation.
    """
    chosen = [names] if isinstance(names, str) else list(names)
    for name in chosen:
        if name not in AUGMENTATIONS:
            raise ConfigError(f"There is no augmentation {quoted(name)}; choose from {', '.join(AUGMENTATIONS)}.")
    return tuple(name for name in AUGMENTATIONS if name in chosen)


def can_be_augmented(features: FeatureSet) -> bool:
    """Whether augmented copies can be made of a feature set."""
    return set(features.name.split("+")) <= set(_COPY_S)


def check_can_be_augmented(features: FeatureSet) -> None:
    """Raise ConfigError if no augmented copies can be made of a feature set."""
    if not can_be_augmented(features):
        raise ConfigError(
            f"Augmented copies can't be made of the feature set {features.name!r}; choose embedding, another embedding "
            "or mel spectrograms."
        )


def extraction_seconds(features: FeatureSet, copies: int) -> float:
    """Estimate how long it takes to extract copies of tracks of 30 s, in seconds, with a process for each core."""
    return copies * sum(_COPY_S[name] for name in features.name.split("+")) / (os.cpu_count() or 1)


def _rows_of(arrays: Mapping[str, np.ndarray], name: str, rows: np.ndarray) -> np.ndarray:
    return arrays[name][rows]
