"""Out-of-domain music for user-trained runs: how well tracks of a genre left out of the training set are found.

    python -m benchmarks.genre_left_out [FOLDER ...] [--features NAME ...] [--write docs/results.md]

Each FOLDER has one subfolder per genre with audio of GTZAN; without one, the bundled tables of GTZAN-mini are taken.
Each genre is left out in turn, and the other tracks are divided into five folds by artist.  The tracks of the other
genres in a fold, and a fifth of the genre that was left out, are scored without any track of their artists.  The score
is the in-domain score of a user-trained run (`genre_core.models.domain`); for comparison, the highest probability of a
logistic regression.  Tracks on the test list of the fault-filtered split are not used.  The AUROC of each genre
compares its tracks with the others; the intervals are bootstrapped over artists.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.artists import artist_of, drawn
from benchmarks.results import argument_parser, publish, table
from genre_core import datasets
from genre_core.datasets import Dataset, gtzan
from genre_core.models.domain import FOLDS, TrainingDomain, summaries

FEATURES = ("paper", "leveled-embedding", "musicnn", "mel")
SAMPLES = 1000
METHODS = ("In-domain score", "Highest probability")


@dataclass(frozen=True, eq=False)
class Tracks:
    """The tracks of a dataset, and their segments."""

    values: np.ndarray
    """From `summaries`, shape (segments, columns)."""
    index: np.ndarray
    """shape (segments,): the track of each segment."""
    name: np.ndarray
    genre: np.ndarray
    artist: np.ndarray
    """shape (tracks,) each; the name of the track where its artist is unknown."""


@dataclass(frozen=True, eq=False)
class LeftOut:
    """The scores of one genre that was left out, and of the others."""

    known: np.ndarray
    """shape (methods, tracks): of the other genres, by artists unseen in training."""
    known_artist: np.ndarray
    unknown: np.ndarray
    """shape (methods, tracks): of the genre that was left out."""
    unknown_artist: np.ndarray

    def auroc(self, rng: np.random.Generator | None = None) -> np.ndarray:
        """shape (methods,): the share of pairs in which the known track has the higher score; with `rng`, of artists
        drawn with replacement."""
        known, unknown = (
            np.ones(len(artist)) if rng is None else drawn(artist, rng)
            for artist in (self.known_artist, self.unknown_artist)
        )
        above = self.known[:, :, np.newaxis] > self.unknown[:, np.newaxis]
        equal = self.known[:, :, np.newaxis] == self.unknown[:, np.newaxis]
        shares: np.ndarray = np.einsum("mku,k,u->m", above + 0.5 * equal, known, unknown)
        return shares / (known.sum() * unknown.sum())


def main(folders: list[Path], features: list[str]) -> str:
    rows, by_genre, genres = [], [], []
    for name in features:
        tracks = tracks_of(folders, name)
        genres = np.unique(tracks.genre).tolist()
        left_out = [leave_out(tracks, genre) for genre in genres]
        areas = np.array([one.auroc() for one in left_out])
        rng = np.random.default_rng(0)
        drawn = np.array([np.mean([one.auroc(rng) for one in left_out], axis=0) for _ in range(SAMPLES)])
        low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
        cells = [f"{areas[:, m].mean():.2f} ({low[m]:.2f} to {high[m]:.2f})" for m in range(len(METHODS))]
        rows.append((name, str(len(tracks.name)), *cells))
        by_genre.append((name, *(f"{area:.2f}" for area in areas[:, 0])))
    return (
        f"{table(('Feature set', 'Tracks', *(f'{method}, AUROC' for method in METHODS)), rows)}\n\n"
        f"The in-domain score by the genre that was left out:\n\n{table(('Feature set', *genres), by_genre)}"
    )


def tracks_of(folders: list[Path], features: str) -> Tracks:
    """The tracks of the folders, or of the bundled table, that are not on the test list."""
    places = [str(folder) for folder in folders] or [datasets.BUNDLED]
    sources = [datasets.load_dataset(place, features=features) for place in places]
    rows = np.concatenate([_summaries(source) for source in sources])
    track = np.concatenate([source.track for source in sources])
    kept = np.array([gtzan.facts(name).subset != "test" for name in track.tolist()])
    names, index = np.unique(track[kept], return_inverse=True)
    return Tracks(
        values=rows[kept],
        index=index,
        name=names,
        genre=np.array([name.split("/")[0] for name in names.tolist()]),
        artist=np.array([artist_of(name) for name in names.tolist()]),
    )


def _summaries(dataset: Dataset) -> np.ndarray:
    values = summaries(dataset.values)
    return values[:, ~np.isin(dataset.columns, dataset.feature_set.excluded_columns)] if dataset.columns else values


def leave_out(tracks: Tracks, genre: str) -> LeftOut:
    """Score the tracks of all genres by training sets without this genre and without the track's artist."""
    fold = _folds(tracks, genre)
    is_unknown = tracks.genre == genre
    scores = np.full((len(METHODS), len(tracks.name)), np.nan)
    for i in range(FOLDS):
        tested = np.flatnonzero(fold == i)
        trained = (fold != i) & ~is_unknown & ~np.isin(tracks.artist, tracks.artist[tested])
        scores[:, tested] = _scores(tracks, trained, tested)
    known, unknown = (fold >= 0) & ~is_unknown, (fold >= 0) & is_unknown
    return LeftOut(scores[:, known], tracks.artist[known], scores[:, unknown], tracks.artist[unknown])


def _scores(tracks: Tracks, trained: np.ndarray, tested: np.ndarray) -> np.ndarray:
    rows = trained[tracks.index]
    of_track = tracks.index[rows]
    domain = TrainingDomain.fit(
        tracks.values[rows], tracks.name[of_track], tracks.genre[of_track], tracks.artist[of_track]
    )
    if domain is None:
        raise SystemExit("Too few tracks; name a folder with more.")
    means = np.array([tracks.values[tracks.index == track].mean(axis=0) for track in range(len(tracks.name))])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    probabilities = model.fit(means[trained], tracks.genre[trained]).predict_proba(means[tested])
    songs = [tracks.values[tracks.index == track] for track in tested]
    return np.array([[domain.score(song, len(song)) for song in songs], probabilities.max(axis=1)])


def _folds(tracks: Tracks, left_out: str) -> np.ndarray:
    """The fold that tests each track; -1 for known genres with a single artist, whose tracks only train."""
    rng = np.random.default_rng(0)
    fold = np.full(len(tracks.name), -1)
    for genre in np.unique(tracks.genre):
        artists = rng.permutation(np.unique(tracks.artist[tracks.genre == genre]))
        if genre == left_out:
            fold[tracks.genre == genre] = np.arange((tracks.genre == genre).sum()) % FOLDS
        elif len(artists) > 1:
            for i, artist in enumerate(artists):
                fold[(tracks.artist == artist) & (tracks.genre == genre)] = i % FOLDS
    return fold


if __name__ == "__main__":
    parser = argument_parser("genre_left_out", __doc__)
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--features", nargs="+", default=list(FEATURES), metavar="NAME")
    publish(parser, main)
