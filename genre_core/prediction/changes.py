"""Where a song turns into another genre.

First the song is cut where its sound changes: sections of the embedding with the least scatter around their means,
found by dynamic programming (B. Jackson et al., "An algorithm for optimal partitioning of data on an interval", IEEE
Signal Processing Letters 12(2), 2005).  The embedding is scaled so that within a track it varies by one in every
direction, and a cut has to pay for itself.  Then neighbors of the same genre are joined again: what stays is a change.

A single odd segment can't be a section, since each lasts at least SHORTEST_S; it only adds to the scatter.
"""

import itertools
from dataclasses import dataclass

import numpy as np

SHORTEST_S = 9.0
"""A section shorter than that is not looked for: three seconds of something else touch three segments of six."""
COST = 7.0
"""What a cut must explain, in variances of a direction, with a segment every 1.5 s.

Chosen on songs that `benchmarks/changes.py` makes from other seeds than those that it reports.
"""
_COST_HOP_S = 1.5
_LEAST_COST = 3.0
"""The same with a segment every 4 s or less often: of segments that have nothing in common a cut explains about 1."""


@dataclass(frozen=True)
class Change:
    """A place where the genre changes."""

    time_s: float
    before: str
    after: str
    confidence: float
    """By what the run says of both sides: the probability of these two genres, against that of both being of one."""


def cuts(values: np.ndarray, hop_s: float, length_s: float, *, cost: float = COST) -> np.ndarray:
    """The times in seconds at which the sound changes, ascending, without the ends.

    Parameters
    ----------
    values : shape (n, columns): the segments in time order, scaled (`Reference.whitening`).
    hop_s, length_s : how far apart segments begin, and how long each is.
    cost : what a cut must explain, in variances of a direction, with a segment every 1.5 s.
    """
    n, columns = values.shape
    shortest = max(round(SHORTEST_S / hop_s), 2)
    price = columns * max(cost * _COST_HOP_S / hop_s, min(cost, _LEAST_COST))
    sums = np.vstack([np.zeros(columns), values.cumsum(axis=0)])
    squares = np.concatenate([[0.0], (values**2).sum(axis=1).cumsum()])
    best = np.full(n + 1, np.inf)
    best[0] = -price
    begin = np.zeros(n + 1, dtype=int)
    for end in range(min(shortest, n), n + 1):
        first = np.arange(end - shortest + 1) if end >= shortest else np.zeros(1, dtype=int)
        means = ((sums[end] - sums[first]) ** 2).sum(axis=1) / (end - first)
        total = best[first] + price + squares[end] - squares[first] - means
        begin[end] = first[total.argmin()]
        best[end] = total.min()
    found = [int(begin[n])]
    while found[-1]:
        found.append(int(begin[found[-1]]))
    # Between the middles of the last segment before it and the first one after it.
    return (np.array(found[-2::-1], dtype=float) - 0.5) * hop_s + length_s / 2


def changes(cuts_s: np.ndarray, centers_s: np.ndarray, answers: np.ndarray, genres: tuple[str, ...]) -> list[Change]:
    """The cuts at which the genre changes too; neighbors of one genre are joined, the most alike first.

    Parameters
    ----------
    cuts_s : shape (k,), ascending.
    centers_s : shape (n,): the middle of each segment that has a say, ascending; n at least 1.
    answers : shape (n, genres): the genre probabilities of each.
    """
    section = np.searchsorted(cuts_s, centers_s)
    sections = [answers[section == i] for i in range(len(cuts_s) + 1)]
    times = list(cuts_s)
    while times:
        middles = [part.mean(axis=0) if len(part) else None for part in sections]
        same = [_sameness(one, other) for one, other in itertools.pairwise(middles)]
        if max(same) < 0:
            break
        i = int(np.argmax(same))
        sections[i : i + 2] = [np.concatenate(sections[i : i + 2])]
        del times[i]
    means = [part.mean(axis=0) for part in sections]
    return [
        Change(float(at), genres[one.argmax()], genres[other.argmax()], _confidence(one, other))
        for at, (one, other) in zip(times, itertools.pairwise(means), strict=True)
    ]


def _confidence(one: np.ndarray, other: np.ndarray) -> float:
    changed = float(one.max() * other.max())
    return changed / (changed + float(one @ other))


def _sameness(one: np.ndarray | None, other: np.ndarray | None) -> float:
    """How sure it is that two sections are of one genre; below 0 if they are not, above 1 if one is empty."""
    if one is None or other is None:
        return 2.0
    return float(one @ other) if one.argmax() == other.argmax() else -1.0


def smooth(answers: np.ndarray, centers_s: np.ndarray, cuts_s: np.ndarray, *, reach_s: float = 4.5) -> np.ndarray:
    """Answers evened out over neighbors, but never across a cut.

    Parameters
    ----------
    answers : shape (n, genres).
    centers_s : shape (n,), the middle of each segment.
    reach_s : from that distance on a neighbor has no weight; nearer ones have more.

    Returns
    -------
    shape (n, genres); rows sum to what they summed to.
    """
    section = np.searchsorted(cuts_s, centers_s)
    weights = np.maximum(1 - np.abs(centers_s[:, None] - centers_s) / reach_s, 0) * (section[:, None] == section)
    return weights @ answers / weights.sum(axis=1, keepdims=True)
