"""Tracks that are far from all others in feature space."""

import numpy as np

from genre_core.datasets.doctor.findings import Check, Detail, Finding
from genre_core.datasets.doctor.tracks import TrackTable
from genre_core.wording import counted

OUTLIER_Z = 3.5
"""Modified z-score above which a track is an outlier, as recommended by Iglewicz & Hoaglin 1993."""
_NEIGHBOR = 5  # more than the number of copies that an outlier may have


def outliers(tracks: TrackTable) -> Check:
    """Find tracks whose distance to their fifth nearest neighbor is unusually large."""
    if tracks.distance_problem:
        return Check(unchecked=tracks.distance_problem)
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=_NEIGHBOR + 1).fit(tracks.space)
    distance = np.log(nearest.kneighbors(tracks.space)[0][:, -1] + np.finfo(float).tiny)
    deviation = distance - np.median(distance)
    spread = 1.4826 * np.median(np.abs(deviation))
    if spread == 0:
        return Check()
    z = deviation / spread
    order = [i for i in np.argsort(-z).tolist() if z[i] > OUTLIER_Z]
    if not order:
        return Check()
    details = tuple(Detail((tracks.names[i],), f"z-score {z[i]:.1f}", round(float(z[i]), 2)) for i in order)
    message = (
        f"{counted(len(order), 'track')} {'is an outlier' if len(order) == 1 else 'are outliers'}: far from all other "
        "tracks in feature space, because of unusual music, a faulty recording or a wrong file. Outliers can distort a "
        "model."
    )
    return Check(Finding("outliers", "note", message, details, tuple(tracks.names[i] for i in order)))
