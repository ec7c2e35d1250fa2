"""Tracks that are in the dataset more than once: exact copies, and near duplicates such as another encoding."""

from typing import Literal

import numpy as np
import scipy

from genre_core.datasets.doctor.findings import Check, Detail, Finding
from genre_core.datasets.doctor.tracks import TrackTable, connected_groups
from genre_core.wording import counted

EXACT = 1e-6
"""Features are equal if they differ by less than this share of their standard deviation, since tables are rounded."""

NEAR = 0.34
"""Two tracks are near duplicates if their distance is below this share of the median distance between tracks.

Chosen on Kaggle's features_30_sec.csv, where tests/datasets/doctor/test_duplicates.py compares the result with the
artists and titles of Sturm's index: the closest two tracks with different titles have a distance of 0.356.
"""


def exact_duplicates(tracks: TrackTable) -> Check:
    """Find tracks whose segments all have the same features."""
    pairs = _equal_pictures(tracks) if tracks.is_picture else _equal_features(tracks)
    groups = connected_groups(len(tracks.names), pairs)
    return Check(_finding(tracks, "exact-duplicates", [(group, 1.0) for group in groups]))


def near_duplicates(tracks: TrackTable, copies: tuple[str, ...]) -> Check:
    """Find tracks that are so close to each other that they are probably the same recording.

    Parameters
    ----------
    copies : tracks to ignore, because they are exact copies of others.
    """
    if tracks.distance_problem:
        return Check(unchecked=tracks.distance_problem)
    from sklearn.neighbors import NearestNeighbors

    originals = [i for i, name in enumerate(tracks.names) if name not in copies]
    points = tracks.space[originals]
    distances, neighbors = NearestNeighbors(radius=NEAR).fit(points).radius_neighbors(points)
    similarity = {
        (originals[i], originals[j]): 1 - float(distance)
        for i, (near, far) in enumerate(zip(neighbors, distances, strict=True))
        for j, distance in zip(near.tolist(), far.tolist(), strict=True)
        if i < j
    }
    groups = connected_groups(len(tracks.names), list(similarity))
    least = [min(value for (i, _), value in similarity.items() if i in group) for group in groups]
    return Check(_finding(tracks, "near-duplicates", list(zip(groups, least, strict=True))))


def _equal_pictures(tracks: TrackTable) -> list[tuple[int, int]]:
    first: dict[bytes, int] = {}
    pairs: list[tuple[int, int]] = []
    for i, rows in enumerate(tracks.rows):
        content = tracks.dataset.values[rows].tobytes()
        if content in first:
            pairs.append((first[content], i))
        else:
            first[content] = i
    return pairs


def _equal_features(tracks: TrackTable) -> list[tuple[int, int]]:
    values = tracks.dataset.values
    spread = values.std(axis=0)
    spread[spread == 0] = 1
    candidates = scipy.spatial.cKDTree(tracks.mean() / spread).query_pairs(EXACT * np.sqrt(values.shape[1]))

    def equal(one: np.ndarray, other: np.ndarray) -> bool:
        return len(one) == len(other) and bool((np.abs(values[one] - values[other]) < EXACT * spread).all())

    return [(i, j) for i, j in sorted(candidates) if equal(tracks.rows[i], tracks.rows[j])]


def _finding(
    tracks: TrackTable, kind: Literal["exact-duplicates", "near-duplicates"], groups: list[tuple[list[int], float]]
) -> Finding | None:
    """A finding on groups of duplicates, each with its lowest similarity; None without groups."""
    if not groups:
        return None
    details, n_mislabeled = [], 0
    for group, similarity in groups:
        genres = sorted(set(tracks.genre[group].tolist()))
        n_mislabeled += len(genres) > 1
        note = f"in {' and '.join(genres)}" if len(genres) > 1 else "identical" if similarity == 1 else "very similar"
        details.append(Detail(tuple(tracks.names[i] for i in group), note, round(similarity, 4)))
    copies = tuple(name for detail in details for name in detail.tracks[1:])
    one = len(copies) == 1
    if kind == "exact-duplicates":
        what = "is an exact copy of another track" if one else "are exact copies of other tracks"
    else:
        what = f"{'is' if one else 'are'} so similar to another track that both are probably the same recording"
    labels = ""
    if n_mislabeled:
        labels = f" {counted(n_mislabeled, 'group')} of duplicates {'has' if n_mislabeled == 1 else 'have'} "
        labels += "contradictory genre labels."
    message = (
        f"{counted(len(copies), 'track')} {what}.{labels} If a split puts duplicates into both the training and the "
        "test set, the test score is too high (data leakage)."
    )
    return Finding(kind, "warning", message, tuple(details), copies)
