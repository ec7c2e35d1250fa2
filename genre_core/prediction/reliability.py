"""How far to trust a verdict: is the song like anything that was learned from, and is its sound whole?

Each limit stands below with what it was measured on; `benchmarks/trust.py` measures how often each is passed, wrongly
by music and rightly by what is no music.
"""

from dataclasses import dataclass

import numpy as np

from genre_core.audio import SEGMENT_SECONDS, Clip, quality
from genre_core.prediction.reference import Reference

USUAL, FAR = 0.85, 1.3
"""Distances (`Reference.distance`) of a usual song, and from which on it is unlike what was learned from.

Of 148 tracks of GTZAN, each without its artist, 1 % are farther than FAR; noise, tones and speech are all farther.
"""
FLAT_SHARE = 0.035
"""`quality.flat_share` of clipped sound: none of 148 GTZAN tracks has 0.02, all have 0.09 at ten times the level."""
STEADY_DB = 2.2
"""`quality.movement_db` of what stands still: 1.5 of noise, 0 of tones, and 3.3 or more of 148 tracks of GTZAN."""
QUIET_PEAK = 10 ** (-40 / 20)
"""A recording that never gets louder is near silence: -40 dBFS."""
SHORT_S = 4 * SEGMENT_SECONDS
_USUAL_SCORE = 0.9
_DOUBTED_SCORE = 0.4


@dataclass(frozen=True)
class Reliability:
    """How far to trust what is said of a song."""

    score: float
    """0 to 1; below a half there are reasons to doubt."""
    reasons: list[str]
    """Sentences; none if nothing speaks against it."""


def assess(
    clip: Clip, values: np.ndarray, sounding_s: float, reference: Reference, lowest_edge_hz: float
) -> Reliability:
    """Assess a clip.

    Parameters
    ----------
    values : shape (n, embedding.SIZE): its segments in the embedding, those that are not silent; n at least 1.
    sounding_s : how much of it is not silent.
    lowest_edge_hz : what judges it does badly if its spectrum breaks off below.
    """
    distance = reference.distance(values, sounding_s / SEGMENT_SECONDS)
    reasons = []
    if distance > FAR:
        reasons.append(
            "It sounds like nothing that the classifier learned from (no music, or music of another kind), so its "
            "genre may be meaningless."
        )
    if quality.movement_db(clip) < STEADY_DB:
        reasons.append("It stands still, as noise or a tone does, so its genre is meaningless.")
    if sounding_s < SHORT_S:
        reasons.append(f"Only {sounding_s:.0f} s were heard, which is little to name a genre by.")
    if (edge := quality.band_edge(clip)) and edge < lowest_edge_hz:
        reasons.append(f"Its treble is cut off at {edge / 1000:.1f} kHz, and the classifier listens to it.")
    if quality.flat_share(clip) > FLAT_SHARE:
        reasons.append("Its samples crowd at the peak, as in a heavily clipped recording.")
    if np.abs(clip.samples).max() < QUIET_PEAK:
        reasons.append("It is nearly silent (its peak is under -40 dBFS).")
    slope = np.log(_USUAL_SCORE / (1 - _USUAL_SCORE)) / (FAR - USUAL)
    score = float(1 / (1 + np.exp(-slope * (FAR - distance))))
    return Reliability(min(score, _DOUBTED_SCORE) if reasons else score, reasons)
