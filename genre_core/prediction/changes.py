"""Genre changes: the places where the predicted genre of a song changes.

1. `boundaries` cuts the song into sections where its sound changes. Sections have the least scatter of the embedding
   around their means, found by dynamic programming (B. Jackson et al., "An algorithm for optimal partitioning of data
   on an interval", IEEE Signal Processing Letters 12(2), 2005). The embedding is whitened, so that it varies by one in
   every direction within a track, and each boundary costs COST.
2. `genre_changes` weighs the genre probabilities of the sections. An intro, a break or a bridge sounds different and is
   no other genre, so sections get the sequence of genres that explains them best if each change has a cost (A. Viterbi,
   "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm", IEEE Transactions on
   Information Theory 13(2), 1967). Of the changes in it, those that are likely are reported.

Sections that are out-of-domain are no genre.  They give no evidence, and a change across them is one between the
in-domain sections on both sides, at the start of the later one.

A section lasts at least SHORTEST_S, so a single odd segment never becomes one.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from genre_core.wording import clock

SHORTEST_S = 9.0
"""Shortest section. Three seconds of other sound touch three overlapping segments, which span six seconds."""
COST = 7.0
"""Scatter that a boundary must explain, in variances of one direction, with segments 1.5 s apart.

Chosen on songs that `benchmarks/changes.py` makes with other seeds than those it reports.
"""
_COST_HOP_S = 1.5
_LEAST_COST = 3.0
"""The cost with segments 4 s or more apart: between unrelated segments a boundary explains about 1."""

CHANGE_COST = 2.5
"""Natural logarithm of the evidence that a genre change needs.

This, _MOST_SEGMENTS and LIKELY were chosen on songs that `benchmarks/changes.py` makes with the seeds 100 and 101: 5 %
of the joins of one genre count as a change, and 75 % of the joins of two genres are found.  With less evidence more
of both are (7 and 79 %), with more fewer (2 and 67 %).
"""
LIKELY = 0.6
"""Least confidence of a genre change."""
_MOST_SEGMENTS = 6.0
"""Segments of a section that count: more of the same sound say little more about its genre."""
_LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True)
class GenreChange:
    """A place where the predicted genre changes."""

    time_s: float
    from_genre: str
    to_genre: str
    confidence: float
    """Probability of these two genres in this order, against that of one genre on both sides."""

    def __str__(self) -> str:
        """As a table has it: "0:31 rock > jazz (0.93)"."""
        return f"{clock(self.time_s)} {self.from_genre} > {self.to_genre} ({self.confidence:.2f})"

    def to_dict(self) -> dict[str, Any]:
        """The genre change as JSON has it."""
        return {
            "time_s": self.time_s,
            "from": self.from_genre,
            "to": self.to_genre,
            "confidence": self.confidence,
        }


def boundaries(values: np.ndarray, hop_s: float, length_s: float, *, cost: float = COST) -> np.ndarray:
    """Find where the sound of a song changes.

    Parameters
    ----------
    values : shape (n, columns): the segments in order of time, whitened (`Reference.whitening`).
    hop_s : time between the starts of segments.
    length_s : length of a segment.
    cost : scatter that a boundary must explain, in variances of one direction, with segments 1.5 s apart.

    Returns
    -------
    shape (k,): times in seconds, ascending, without the start and the end of the song.
    """
    n, columns = values.shape
    shortest = max(round(SHORTEST_S / hop_s), 2)
    penalty = columns * max(cost * _COST_HOP_S / hop_s, min(cost, _LEAST_COST))
    sums = np.vstack([np.zeros(columns), values.cumsum(axis=0)])
    squares = np.concatenate([[0.0], (values**2).sum(axis=1).cumsum()])
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    begin = np.zeros(n + 1, dtype=int)
    for end in range(min(shortest, n), n + 1):
        first = np.arange(end - shortest + 1) if end >= shortest else np.zeros(1, dtype=int)
        means = ((sums[end] - sums[first]) ** 2).sum(axis=1) / (end - first)
        total = best[first] + penalty + squares[end] - squares[first] - means
        begin[end] = first[total.argmin()]
        best[end] = total.min()
    found = [int(begin[n])]
    while found[-1]:
        found.append(int(begin[found[-1]]))
    # Halfway between the centers of the last segment before the boundary and the first one after it.
    return (np.array(found[-2::-1], dtype=float) - 0.5) * hop_s + length_s / 2


def genre_changes(
    boundaries_s: np.ndarray,
    centers_s: np.ndarray,
    probabilities: np.ndarray,
    genres: tuple[str, ...],
    *,
    new_share: float = 0.5,
    out_of_domain: np.ndarray | None = None,
) -> list[GenreChange]:
    """The boundaries at which the genre is likely to change.

    Parameters
    ----------
    boundaries_s : shape (k,), ascending.
    centers_s : shape (n,): the center of each segment that is not silent, ascending; n at least 1.
    probabilities : shape (n, genres): the genre probabilities of these segments.
    new_share : share of a segment that does not overlap with the one before it, above 0 to 1.
    out_of_domain : shape (k + 1,), bool: the sections that are no genre; by default none is.
    """
    section = np.searchsorted(boundaries_s, centers_s)
    numbers = np.unique(section)  # sections without silence
    if out_of_domain is not None:
        numbers = numbers[~out_of_domain[numbers]]
    if not len(numbers):
        return []
    sections = [probabilities[section == number] for number in numbers]
    sequence = _genre_sequence(sections, new_share)
    first = np.flatnonzero(np.diff(sequence, prepend=-1))
    times = [float(boundaries_s[numbers[i] - 1]) for i in first[1:]]
    parts = [np.concatenate(sections[i:j]) for i, j in itertools.pairwise((*first, len(sections)))]
    while times:
        means = [rows.mean(axis=0) for rows in parts]
        confidences = [_confidence(before, after) for before, after in itertools.pairwise(means)]
        i = int(np.argmin(confidences))
        if confidences[i] >= LIKELY:
            return [
                GenreChange(time, genres[before.argmax()], genres[after.argmax()], confidence)
                for time, (before, after), confidence in zip(times, itertools.pairwise(means), confidences, strict=True)
            ]
        parts[i : i + 2] = [np.concatenate(parts[i : i + 2])]
        del times[i]
    return []


def _genre_sequence(sections: list[np.ndarray], new_share: float) -> np.ndarray:
    """The most probable genre of each section if each change costs CHANGE_COST, shape (sections,), int.

    A section counts by the square root of its number of segments without overlap.
    """
    weights = [np.sqrt(min(len(rows) * new_share, _MOST_SEGMENTS)) for rows in sections]
    evidence = [
        weight * np.log(np.maximum(rows.mean(axis=0), _LEAST_PROBABILITY))
        for weight, rows in zip(weights, sections, strict=True)
    ]
    total, came_from = evidence[0], []
    for row in evidence[1:]:
        changed = total.max() - CHANGE_COST
        came_from.append(np.where(total >= changed, np.arange(len(total)), total.argmax()))
        total = np.maximum(total, changed) + row
    sequence = [int(total.argmax())]
    for before in reversed(came_from):
        sequence.append(int(before[sequence[-1]]))
    return np.array(sequence[::-1])


def _confidence(before: np.ndarray, after: np.ndarray) -> float:
    """0 where the predicted genre is the same on both sides."""
    if before.argmax() == after.argmax():
        return 0.0
    changed = float(before.max() * after.max())
    return changed / (changed + float(before @ after))


def smooth(
    probabilities: np.ndarray, centers_s: np.ndarray, boundaries_s: np.ndarray, *, reach_s: float = 4.5
) -> np.ndarray:
    """Average the probabilities of neighboring segments, but never across a boundary.

    Parameters
    ----------
    probabilities : shape (n, genres).
    centers_s : shape (n,), the center of each segment.
    boundaries_s : shape (k,), ascending.
    reach_s : the weight of a neighbor falls linearly with its distance, to zero at this one.

    Returns
    -------
    shape (n, genres); the sum of each row is kept.
    """
    section = np.searchsorted(boundaries_s, centers_s)
    weights = np.maximum(1 - np.abs(centers_s[:, None] - centers_s) / reach_s, 0) * (section[:, None] == section)
    return weights @ probabilities / weights.sum(axis=1, keepdims=True)
