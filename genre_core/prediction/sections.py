"""The sections of a song, between the boundaries at which its sound changes: which of them are out-of-domain.

A section has the in-domain score of `domain`, computed over its own segments.  Few segments say little, so the log odds
of the score are averaged with those of PRIOR_SEGMENTS more segments, which are in-domain (PRIOR_LOG_ODDS), or like the
song where that is out-of-domain as a whole.
"""

from collections.abc import Callable

import numpy as np
import scipy

from genre_core.audio import SEGMENT_SECONDS

PRIOR_SEGMENTS = 3.0
PRIOR_LOG_ODDS = 2.0
"""Both chosen with the score of the default run, on songs that `benchmarks/changes.py` makes with the seeds 100 and
101, and on outside songs for tuning.  They are used for the scores of user-trained runs as well, which was not
measured.
"""
_MOST_CERTAIN = 0.999

Score = Callable[[np.ndarray, np.ndarray, float], float | None]
"""The in-domain score of some segments: which ones of the run, shape (n,), and of the embedding, shape (m,), both bool,
and how many seconds they last."""


def in_domain(
    song: float | None,
    boundaries_s: np.ndarray,
    centers_s: np.ndarray,
    embedded_centers_s: np.ndarray,
    new_s: float,
    alone: Score,
) -> np.ndarray | None:
    """The in-domain score of each section of a song, shape (k + 1,), 0 to 1; None if the song has none.

    The only section of a song has the score of the song.

    Parameters
    ----------
    song : the score of the whole song.
    boundaries_s : shape (k,), ascending.
    centers_s, embedded_centers_s : shapes (n,) and (m,): the centers of the segments of the run and of the embedding
        that are not silent.
    new_s : how much of a segment of the embedding does not overlap with the one before it.
    alone : gives the score of a section by its own segments.
    """
    if song is None:
        return None
    scores = np.full(len(boundaries_s) + 1, song)
    if not len(boundaries_s):
        return scores
    section, embedded_section = (np.searchsorted(boundaries_s, times_s) for times_s in (centers_s, embedded_centers_s))
    for i in range(len(scores)):
        here, embedded_here = section == i, embedded_section == i
        sounding_s = float(embedded_here.sum()) * new_s
        score = alone(here, embedded_here, sounding_s) if here.any() and embedded_here.any() else None
        scores[i] = cautious(song, song if score is None else score, sounding_s / SEGMENT_SECONDS)
    return scores


def cautious(song: float, alone: float, n_effective: float) -> float:
    """The score of a section, with what is known of sections that are few segments.

    Parameters
    ----------
    song, alone : the scores of the song and of the section's segments alone, 0 to 1.
    n_effective : number of segments of the section that do not overlap.
    """
    of_song, of_section = scipy.special.logit(np.clip([song, alone], 1 - _MOST_CERTAIN, _MOST_CERTAIN))
    prior = PRIOR_LOG_ODDS if of_song >= 0 else of_song
    return float(
        scipy.special.expit((n_effective * of_section + PRIOR_SEGMENTS * prior) / (n_effective + PRIOR_SEGMENTS))
    )
