"""Datasets for the tests of the data doctor, and how to read its findings."""

from dataclasses import replace
from itertools import combinations

import numpy as np

from genre_core.datasets import Dataset
from genre_core.datasets.doctor import Diagnosis, Finding, FindingKind

GENRES = ("blues", "jazz", "polka")


def clean_dataset(rng: np.random.Generator) -> Dataset:
    """Sixty tracks of four segments each, in three genres, without a fault and each by another artist."""
    genre = np.repeat(GENRES, 80)
    place = np.repeat(np.arange(60), 4)
    tracks = rng.normal(size=(60, 58))
    values = np.exp(tracks[place] + 0.2 * rng.normal(size=(240, 58)))
    track = np.array([f"{g}/{n:02d}" for g, n in zip(genre, place, strict=True)])
    artist = np.array([f"artist {n}" for n in place])
    return Dataset("made", "paper", values, genre, track, np.arange(240) % 4 * 3.0, artist=artist)


def with_features(
    dataset: Dataset, track: str, values: np.ndarray | float, columns: int | slice = slice(None)
) -> Dataset:
    """The dataset with other features for one track."""
    changed = dataset.values.copy()
    changed[np.flatnonzero(dataset.track == track), columns] = values
    return replace(dataset, values=changed)


def find(diagnosis: Diagnosis, kind: FindingKind) -> Finding | None:
    """The finding of a kind, or None."""
    return next((finding for finding in diagnosis.findings if finding.kind == kind), None)


def get(diagnosis: Diagnosis, kind: FindingKind) -> Finding:
    """The finding of a kind, which must be there."""
    finding = find(diagnosis, kind)
    assert finding is not None, f"no finding of the kind {kind}"
    return finding


def pairs(finding: Finding) -> set[frozenset[str]]:
    """The pairs of tracks in the groups of a finding, without their genres."""
    names = [[track.split("/")[1] for track in detail.tracks] for detail in finding.details]
    return {frozenset(pair) for group in names for pair in combinations(group, 2)}
