"""Drawing the sets of a challenge: what its students get, and its test set.

The seed is random and is stored nowhere.  Students get a dataset without the test set, whose tracks and artists have
numbers for names and are in another order: they don't say which tracks are missing.  The features still do to someone
who has the whole dataset.  Such a person can score models on the test set before the reveal, which can't be prevented,
but can't train on it: `scoring.submit_run` takes only runs whose training set is exactly that of the challenge.
"""

import secrets
from dataclasses import dataclass

import numpy as np

from genre_core.classroom.challenges.challenge import ChallengeConfig
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.errors import DatasetError
from genre_core.runs.run import same_segments


@dataclass(frozen=True, eq=False)
class DrawnSets:
    """The two parts of a dataset, both with numbers for names."""

    students: Dataset
    """Training set and validation set, named in `Dataset.subset`."""
    test: Dataset
    untested_genres: tuple[str, ...]
    """Genres in neither the validation set nor the test set."""


def draw_sets(dataset: Dataset, config: ChallengeConfig, name: str) -> DrawnSets:
    """Draw the test set of a dataset, and a validation set from the rest.

    Validation set and test set have the same genres, so that their accuracies can be compared.  Tracks in them with a
    segment that the training set has too are left out: whoever trains on it would have seen them.

    Parameters
    ----------
    name : name of the students' dataset.

    Raises
    ------
    DatasetError
        If a genre has too few tracks, too few artists are known, or too few tracks are left.
    """
    seed = secrets.randbits(62)
    of_test = make_split(dataset, SplitConfig(config.split, config.test_size, seed)).single
    rest = dataset.take(of_test.train)
    valid_size = config.valid_size / (1 - config.test_size)
    of_valid = make_split(rest, SplitConfig(config.split, valid_size, seed + 1))
    train, valid = (of_test.train[rows] for rows in (of_valid.single.train, of_valid.single.test))
    valid, test = (_unlike(dataset, train, rows) for rows in (valid, of_test.test))
    tested = sorted(set(dataset.genre[valid].tolist()) & set(dataset.genre[test].tolist()))
    if len(tested) < 2:
        raise DatasetError(
            f"{dataset.name} has too many tracks that are the same for a challenge; exclude them in Explore, Data "
            "doctor."
        )
    valid, test = (rows[np.isin(dataset.genre[rows], tested)] for rows in (valid, test))
    subset = np.repeat(["train", "valid"], [len(train), len(valid)])
    rng = np.random.default_rng(seed)
    return DrawnSets(
        students=_anonymous(dataset, np.concatenate([train, valid]), subset, name, rng),
        test=_anonymous(dataset, test, None, name, rng, prefix="test "),
        untested_genres=tuple(genre for genre in dataset.genres if genre not in tested),
    )


def _unlike(dataset: Dataset, train: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The rows of tracks without a segment that the training set has too."""
    features = dataset.feature_set
    same = same_segments(features, features.signature(dataset.values[train]), dataset.values[rows])
    return rows[~np.isin(dataset.track[rows], dataset.track[rows][same])]


def _anonymous(
    dataset: Dataset,
    rows: np.ndarray,
    subset: np.ndarray | None,
    name: str,
    rng: np.random.Generator,
    prefix: str = "",
) -> Dataset:
    """Some rows of a dataset with numbers for the names of tracks and artists, in the order of these.

    Parameters
    ----------
    prefix : begins the name of each track, so that those of one set are not found in another.
    """
    genre, start_s = dataset.genre[rows], dataset.start_s[rows]
    numbers: dict[str, str] = {}
    for of_genre in dataset.genres:
        tracks = rng.permutation(np.unique(dataset.track[rows][genre == of_genre]))
        for number, track in enumerate(tracks.tolist(), 1):
            numbers.setdefault(track, f"{of_genre}/{prefix}{of_genre} {number:0{len(str(len(tracks)))}d}")
    track = np.array([numbers[name] for name in dataset.track[rows].tolist()], dtype=str)
    order = np.lexsort((start_s, track))
    return Dataset(
        name=name,
        features=dataset.features,
        values=dataset.values[rows][order],
        genre=genre[order],
        track=track[order],
        start_s=start_s[order],
        segment_samples=dataset.segment_samples,
        artist=_numbered_artists(dataset.artists[rows], rng)[order],
        subset=None if subset is None else subset[order],
    )


def _numbered_artists(artists: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Numbers for the names of artists; an unknown one stays empty."""
    known = rng.permutation(np.unique(artists[artists != ""])).tolist()
    numbers = {artist: f"artist {number:0{len(str(len(known)))}d}" for number, artist in enumerate(known, 1)}
    return np.array([numbers.get(artist, "") for artist in artists.tolist()], dtype=str)
