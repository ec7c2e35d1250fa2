"""In-domain or out-of-domain: whether a song is music of the run's genres, or of none of them.

The score of the default run, and of the former one, is a logistic function of three things:

- the entropy of the song's genre probabilities, in nats: a run is less certain about music that it does not know;
- the logarithm of `Reference.distance`, which is large for music unlike the reference tracks;
- the logarithm of the sum of OUTSIDE_TAGS, styles that none of the genres of GTZAN is.

`scripts/make_domain.py` fits it to tracks of artists unseen in training and to songs from outside, with the limit where
5 % of these tracks have a score below IN_DOMAIN_LIMIT.  The score of another run comes from its own training set
(`models.domain`), if that has enough tracks.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy

from genre_core.errors import ModelError
from genre_core.features import network_files
from genre_core.models.domain import LEAST_TRACKS, summaries
from genre_core.prediction import reference
from genre_core.prediction.reliability import FAR
from genre_core.prediction.result import Tag
from genre_core.runs import Run, RunInfo
from genre_core.wording import counted

FILE = "domain.json"
OUTSIDE_TAGS = ("electronic", "electronica", "electro", "House", "ambient", "chillout", "experimental")
_FAR_SCORE = 0.1
_LEAST = 1e-3


@dataclass(frozen=True)
class Domain:
    """The in-domain score of one run."""

    coefficients: tuple[float, ...]
    """One for each of `evidence`, then the intercept."""

    def score(self, evidence: np.ndarray) -> np.ndarray:
        """0 to 1 for each song, shape (n,): below IN_DOMAIN_LIMIT it is probably of none of the run's genres.

        Audio beyond the limit of the distance is always below it.

        Parameters
        ----------
        evidence : shape (n, 3), from `evidence`.
        """
        scores = scipy.special.expit(evidence @ np.array(self.coefficients[:-1]) + self.coefficients[-1])
        return np.where(evidence[:, 1] > np.log(FAR), np.minimum(scores, _FAR_SCORE), scores)


def evidence(probabilities: np.ndarray, distance: float, tags: Sequence[Tag]) -> np.ndarray:
    """What the score is made of, shape (3,).

    Parameters
    ----------
    probabilities : shape (genres,): the calibrated probabilities of a song.
    distance : `Reference.distance` of the song.
    tags : the tags of the song with their scores.
    """
    shares = np.maximum(probabilities, _LEAST)
    outside = sum(tag.score for tag in tags if tag.tag in OUTSIDE_TAGS)
    return np.array([-(shares * np.log(shares)).sum(), np.log(distance), np.log(outside + _LEAST)])


def in_domain(run: str, song: np.ndarray) -> float | None:
    """The in-domain score of a song, 0 to 1; None if the run has none.

    Parameters
    ----------
    run : the name of the run.
    song : shape (3,), from `evidence`.

    Raises ModelError if the file of the score is missing or damaged.
    """
    domain = bundled().get(run)
    return float(domain.score(song[np.newaxis])[0]) if domain else None


def in_domain_of_song(run: Run, evidence: np.ndarray, values: np.ndarray, n_effective: float) -> float | None:
    """The in-domain score of a song by any run, 0 to 1; None if the run can't tell.

    Parameters
    ----------
    evidence : shape (3,), from `evidence`.
    values : shape (n, *shape): the run's features of the segments that are not silent; n at least 1.
    n_effective : number of segments that fit without overlapping.

    Raises ModelError or RunError if a file is missing or damaged.
    """
    score = in_domain(run.info.name, evidence)
    if score is None and run.domain:
        score = run.domain.score(summaries(values), n_effective)
    return score


def why_unknown(info: RunInfo) -> str:
    """Why a run has no in-domain score, in one sentence."""
    if (tracks := info.counts.train_tracks) < LEAST_TRACKS:
        reason = f"the run was trained on {counted(tracks, 'track')}, and the limit needs {LEAST_TRACKS}."
    else:
        reason = "an earlier version of Genre Lab trained the run; train it again."
    return f"Whether the song is in-domain is unknown: {reason}"


@cache
def bundled() -> dict[str, Domain]:
    """The scores that ship with the project, by the name of the run.

    Raises ModelError if their file is missing or damaged.
    """
    try:
        document = json.load(io.BytesIO(network_files.read_verified(reference.FOLDER, FILE)))
        return {run: Domain(tuple(map(float, coefficients))) for run, coefficients in document.items()}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        message = f"The in-domain score can't be read from {reference.FOLDER}; fetch the project again."
        raise ModelError(message) from error
