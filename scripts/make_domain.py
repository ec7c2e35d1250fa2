"""Fit the in-domain score of the default run again, and write it to artifacts/bundled/reference/domain.json.

    python -m scripts.make_domain FOLDER

FOLDER has the songs of benchmarks/outside/songs.csv (`python -m benchmarks.outside_songs FOLDER`).  A logistic
regression is fitted to the songs for tuning that are labeled as outside, and to the tracks that the default run was
tested on, as of artists unseen in training.  The songs for testing are not used: benchmarks/out_of_domain.py scores
them.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.out_of_domain import evidence_of_songs, evidence_of_tracks
from genre_core.features import network_files
from genre_core.prediction import domain, reference
from genre_core.runs import DEFAULT_RUN

FALSE_ALARMS = 0.05
"""Share of the tracks that are below the limit, at most."""
PENALTY = 0.3


def main(folder: Path) -> None:
    tracks, _ = evidence_of_tracks()
    songs, rows = evidence_of_songs(folder)
    tuning = np.array([song.use == "tune" and song.label == "outside" for song in songs])
    file = reference.FOLDER / domain.FILE
    document = json.loads(file.read_text(encoding="utf-8"))  # the scores of former default runs stay
    document[DEFAULT_RUN] = [round(number, 4) for number in fit(tracks, rows[tuning])]
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8", newline="\n")
    network_files.write_checksums(reference.FOLDER, (reference.FILE, domain.FILE))


def fit(tracks: np.ndarray, outside: np.ndarray) -> list[float]:
    """A coefficient for each column of the evidence and the intercept, which puts the limit where it belongs.

    Parameters
    ----------
    tracks, outside : shape (n, 3), from `domain.evidence`.
    """
    scaler = StandardScaler()
    scaled = scaler.fit_transform(np.concatenate([tracks, outside]))
    regression = LogisticRegression(C=PENALTY, class_weight="balanced")
    regression.fit(scaled, np.repeat([1, 0], [len(tracks), len(outside)]))
    coefficients = regression.coef_[0] / scaler.scale_
    below = int(FALSE_ALARMS * len(tracks))
    last, first = np.sort(tracks @ coefficients)[below - 1 : below + 1]
    return [*coefficients.tolist(), -float(last + first) / 2]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
