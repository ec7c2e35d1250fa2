"""The tracks of GTZAN that the default run is trained on, and the features of those with audio.

Only tracks of the train and valid lists of the fault-filtered split are used, without exact copies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from genre_core import audio, datasets
from genre_core.audio.augmentation import augment, augmentation_seed
from genre_core.datasets import gtzan
from genre_core.features import feature_set, lab

FEATURES = "leveled-embedding+vgg"
GENRES = lab.GENRES
UNKNOWN_ARTIST = "unknown:"
"""How the name of an unknown artist begins."""
SEGMENTS = 10
"""Segments of a track of 30 s."""


@dataclass(frozen=True)
class Version:
    """A track as it is, or an augmented copy."""

    augmentation: str = ""
    """Its name; empty for the track as it is."""
    number: int = 0

    def seed(self, track: str) -> int:
        return augmentation_seed(track, self.number)

    def __str__(self) -> str:
        return f"{self.augmentation}-{self.number}" if self.augmentation else "clean"


VERSIONS = (
    Version(),
    *(Version("room", number) for number in (1, 2)),
    *(Version(name, 1) for name in ("8-khz", "telephone", "mp3", "clipping", "noise")),
)
"""All that a model is trained on of each track."""
AUGMENTATIONS = tuple(dict.fromkeys(version.augmentation for version in VERSIONS[1:]))


@dataclass(frozen=True, eq=False)
class Tracks:
    """The tracks to train on, in alphabetical order."""

    names: np.ndarray
    """shape (tracks,), str: GENRE/NAME."""
    pictures: np.ndarray
    """shape (tracks, bands, columns), uint8: their mel spectrograms."""
    labels: np.ndarray
    """shape (tracks,), int: index in GENRES."""
    artists: np.ndarray
    """shape (tracks,), str; a track whose artist is unknown counts as an artist of its own."""


@dataclass(frozen=True, eq=False)
class AudioSegments:
    """The segments that have audio, track by track."""

    track: np.ndarray
    """shape (segments,), int: index in Tracks."""
    number: np.ndarray
    """shape (segments,), int: number of the segment in its track, from 0."""
    values: np.ndarray
    """shape (versions, segments, columns), float32: FEATURES of each of VERSIONS."""

    @property
    def tracks(self) -> np.ndarray:
        """Indices of the tracks with audio, ascending."""
        return np.unique(self.track)

    @property
    def clean(self) -> np.ndarray:
        """FEATURES of the tracks as they are, shape (segments, columns)."""
        return self.values[0]


def read_tracks(pictures: Path) -> Tracks:
    """Read the tracks and their pictures from an .npz file."""
    with np.load(pictures, allow_pickle=False) as file:
        images, names = file["X"], np.array([f"{name.partition('.')[0]}/{name}" for name in file["names"].astype(str)])
    facts = [gtzan.facts(name) for name in names]
    kept = [i for i in np.argsort(names) if facts[i].subset in ("train", "valid") and not facts[i].duplicate_of]
    artists = [facts[i].artist.strip().lower() or f"{UNKNOWN_ARTIST}{names[i]}" for i in kept]
    genres = [name.partition("/")[0] for name in names[kept]]
    return Tracks(names[kept], images[kept], np.searchsorted(GENRES, genres), np.array(artists))


def audio_files(folders: Sequence[Path], tracks: Tracks) -> dict[str, Path]:
    """The files of the tracks with audio, by GENRE/NAME."""
    found = {name: [datasets.find_track(folder, name) for folder in folders] for name in tracks.names.tolist()}
    return {name: file for name, files in found.items() for file in files if file}


def read_audio(folders: Sequence[Path], tracks: Tracks, work: Path) -> AudioSegments:
    """Extract the features of the tracks with audio, or read them from `work`, where they are stored."""
    files = audio_files(folders, tracks)
    work.mkdir(parents=True, exist_ok=True)

    def features(version: Version) -> list[np.ndarray]:
        stored = work / f"audio-{version}.npz"
        if not stored.is_file():
            rows = Parallel(n_jobs=-1)(delayed(track_features)(*item, version) for item in files.items())
            np.savez(stored, **dict(zip(files, rows, strict=True)))
        with np.load(stored) as arrays:
            return [arrays[track] for track in files]

    clean, *copies = [features(version) for version in VERSIONS]
    return AudioSegments(
        track=np.repeat(np.searchsorted(tracks.names, list(files)), [len(rows) for rows in clean]),
        number=np.concatenate([np.arange(len(rows)) for rows in clean]),
        values=np.array([np.concatenate(rows) for rows in (clean, *copies)]),
    )


def track_features(name: str, file: Path, version: Version) -> np.ndarray:
    """FEATURES of the segments of a version of a track, shape (segments, columns)."""
    clip = audio.load_audio(file)
    if version.augmentation:
        clip = augment(clip, version.augmentation, version.seed(name))
    return feature_set(FEATURES).extract_segments(clip.samples).astype(np.float32)
