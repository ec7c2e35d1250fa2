"""Reliability of a prediction: whether the run is certain, the song like the training music, the recording intact.

Each limit below states what it was measured on. `benchmarks/reliability.py` measures how often music passes a limit
wrongly, and how often audio that is not music passes one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from genre_core.audio import SEGMENT_SECONDS, Clip, quality, room_detection

USUAL, FAR = 0.85, 1.3
"""`Reference.distance` of a typical song, and the limit above which a song is unlike the reference tracks.

Of 148 GTZAN tracks, each compared without the tracks of its artist, 1 % are above FAR; noise, tones and speech all are.
"""
FLAT_SHARE = 0.035
"""`quality.near_peak_share` above which a recording is clipped: no GTZAN track of 148 reaches 0.02, and amplified ten
times all reach 0.09."""
STEADY_DB = 2.2
"""`quality.movement_db` below which a sound is static: noise has 1.5, tones have 0, and 148 GTZAN tracks have 3.3 or
more."""
QUIET_PEAK = 10 ** (-40 / 20)
"""Peak below which a recording is nearly silent: -40 dBFS."""
SHORT_S = 4 * SEGMENT_SECONDS
"""Least duration without silence."""
UNCERTAIN = 0.8
"""Confidence below which a prediction is uncertain.

With this limit at most 8 % of 127 GTZAN tracks by artists unseen in training are predicted wrongly by the default run
and without a warning, in each condition of benchmarks/robustness.py.  It was chosen on these tracks, in steps of 5 %.
"""
_USUAL_SCORE = 0.9
_LOW_SCORE = 0.4


@dataclass(frozen=True)
class Reliability:
    """How reliable the prediction of a song is."""

    score: float
    """0 to 1; below 0.5 if there is at least one reason against the prediction."""
    reasons: list[str]
    """Reasons against the prediction, in sentences; may be empty."""


def assess(
    clip: Clip, probabilities: Mapping[str, float] | None, distance: float, sounding_s: float, lowest_edge_hz: float
) -> Reliability:
    """Assess how reliable the prediction of a clip is.

    Parameters
    ----------
    probabilities : the calibrated probability of each genre; None for a clip that has no single genre, because its
        genre changes.
    distance : `Reference.distance` of the clip from the reference tracks.
    sounding_s : duration without silence.
    lowest_edge_hz : the model needs a spectrum that reaches at least this frequency.
    """
    reasons = []
    if probabilities and max(probabilities.values()) < UNCERTAIN:
        ranking = sorted(probabilities.items(), key=itemgetter(1), reverse=True)
        shares = " or ".join(f"{genre} ({100 * share:.0f} %)" for genre, share in ranking[:2])
        reasons.append(f"The run is uncertain: {shares}.")
    if distance > FAR:
        reasons.append(
            "The audio is unlike all training tracks (not music, or another kind of music), so the predicted genre may "
            "be meaningless."
        )
    if quality.movement_db(clip) < STEADY_DB:
        reasons.append("The sound is static, like noise or a steady tone, so the predicted genre is meaningless.")
    if sounding_s < SHORT_S:
        reasons.append(f"Only {sounding_s:.0f} s are not silent; a reliable prediction needs {SHORT_S:.0f} s.")
    if (edge := quality.limited_bandwidth_hz(clip)) and edge < lowest_edge_hz:
        reasons.append(f"The spectrum ends at {edge / 1000:.1f} kHz; the model uses higher frequencies.")
    if quality.near_peak_share(clip) > FLAT_SHARE:
        reasons.append("The recording is heavily clipped.")
    if hum_hz := quality.mains_hum_hz(clip):
        reasons.append(f"The recording has a strong mains hum ({hum_hz:.0f} Hz).")
    if room_detection.sounds_like_a_room(clip):
        reasons.append(
            "The recording sounds like a room (reverberation, noise, little bass); predictions of such recordings are "
            "less accurate."
        )
    if np.abs(clip.samples).max() < QUIET_PEAK:
        reasons.append("The recording is nearly silent (its peak is below -40 dBFS).")
    slope = np.log(_USUAL_SCORE / (1 - _USUAL_SCORE)) / (FAR - USUAL)
    score = float(1 / (1 + np.exp(-slope * (FAR - distance))))
    return Reliability(min(score, _LOW_SCORE) if reasons else score, reasons)
