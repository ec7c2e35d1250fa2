"""What each fold of a cross-validation tested: its tracks, genres and artists, and how the scores of the folds differ.

Everything is read from the run itself, so it is known without the dataset.  Artists are those stored with the
predictions, or else, for tracks of GTZAN, those of its published index.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre_core.datasets import gtzan
from genre_core.evaluation import SCORE_NAMES, Evaluation, Interval, Scores
from genre_core.runs.info import RunInfo
from genre_core.wording import counted, score


@dataclass(frozen=True)
class FoldFacts:
    """What one fold tested."""

    number: int
    """Its number, from 1."""
    scores: Scores
    ci95: dict[str, Interval]
    """95 % confidence interval of each of SCORES, by a bootstrap over the tracks of the fold."""
    genre_tracks: dict[str, int]
    """Number of test tracks of each genre of the run."""
    held_out_artists: tuple[str, ...]
    """Artists with test tracks in this fold and in no other, so that its model was not trained on them."""
    shared_artists: tuple[str, ...]
    """Artists with test tracks in other folds too, so that its model was also trained on them."""
    unknown_artist_tracks: int
    """Number of test tracks whose artist is unknown."""
    untrained_genres: tuple[str, ...]
    """Genres of which no track is in the training set of the fold."""

    @property
    def absent_genres(self) -> tuple[str, ...]:
        """Genres without a test track in this fold; its scores leave them out."""
        return tuple(genre for genre, tracks in self.genre_tracks.items() if tracks == 0)


@dataclass(frozen=True)
class Spread:
    """How the folds differ in one score."""

    lowest: int
    """Number of the fold with the lowest score."""
    highest: int
    """Number of the fold with the highest score."""
    deviation: float
    """Standard deviation of the folds' scores, with k - 1 in the denominator."""


def folds_of(info: RunInfo, evaluation: Evaluation) -> tuple[FoldFacts, ...]:
    """Describe the folds of a cross-validated run.

    Parameters
    ----------
    evaluation : the predictions of the run (`Run.evaluation`).

    Returns
    -------
    The folds in the order of their numbers; empty if the run has none, or if it is not stored which fold tested which
    segment.
    """
    if evaluation.fold is None:
        return ()
    artists = artists_of(evaluation)
    parts = [evaluation.take(evaluation.fold == number) for number in range(1, len(info.folds) + 1)]
    tracks = [dict(zip(part.track.tolist(), part.labels.tolist(), strict=True)) for part in parts]
    return tuple(
        FoldFacts(
            number=i + 1,
            scores=info.folds[i],
            ci95=parts[i].ci95,
            genre_tracks=_genre_tracks(info, tracks[i]),
            held_out_artists=tuple(sorted(here - elsewhere)),
            shared_artists=tuple(sorted(here & elsewhere)),
            unknown_artist_tracks=sum(not artists[track] for track in tracks[i]),
            untrained_genres=_untrained_genres(info, tracks, i),
        )
        for i in range(len(parts))
        for here, elsewhere in [_artists_here_and_elsewhere(artists, tracks, i)]
    )


def artists_of(evaluation: Evaluation) -> dict[str, str]:
    """The artist of each track, empty where unknown."""
    tracks = evaluation.track.tolist()
    if evaluation.artist is not None:
        return dict(zip(tracks, evaluation.artist.tolist(), strict=True))
    return {track: gtzan.facts(track).artist for track in set(tracks)}


def spread(folds: Sequence[Scores], name: str) -> Spread:
    """How at least two folds differ in one of SCORES."""
    values = np.array([getattr(fold, name) for fold in folds])
    return Spread(int(values.argmin()) + 1, int(values.argmax()) + 1, float(values.std(ddof=1)))


def describe_spread(folds: Sequence[Scores], name: str) -> str:
    """How the folds differ in an accuracy, in a sentence.

    As in "Accuracy (tracks): from 64.3 % (fold 2, 14 tracks) to 86.4 % (fold 4, 22 tracks); standard deviation 8.7
    percentage points."
    """
    found = spread(folds, name)
    low, high = (
        f"{score(getattr(fold, name))} (fold {number}, {counted(fold.tracks, 'track')})"
        for number in (found.lowest, found.highest)
        for fold in [folds[number - 1]]
    )
    deviation = f"standard deviation {100 * found.deviation:.1f} percentage points"
    return f"{SCORE_NAMES[name]}: from {low} to {high}; {deviation}."


def describe_fold(fold: FoldFacts) -> list[str]:
    """What a fold tested and what its training set lacked, in sentences."""
    sentences = [
        f"Tested: {counted(fold.scores.segments, 'segment')} of {counted(fold.scores.tracks, 'track')}; accuracy "
        f"{score(fold.scores.accuracy)} (segments), {score(fold.scores.track_accuracy)} (tracks)."
    ]
    if fold.absent_genres:
        sentences.append(f"Genres without a test track, left out of the scores: {', '.join(fold.absent_genres)}.")
    if fold.untrained_genres:
        sentences.append(f"Genres missing from the training set: {', '.join(fold.untrained_genres)}.")
    elif fold.absent_genres:
        sentences.append("The training set has tracks of every genre.")
    else:
        sentences.append("The test set and the training set have tracks of every genre.")
    if fold.held_out_artists:
        n = counted(len(fold.held_out_artists), "artist")
        sentences.append(f"{n} held out, without a track in the training set: {', '.join(fold.held_out_artists)}.")
    if fold.shared_artists:
        n = counted(len(fold.shared_artists), "artist")
        sentences.append(f"{n} with tracks in both the test set and the training set.")
    if fold.unknown_artist_tracks:
        sentences.append(f"Artist unknown: {counted(fold.unknown_artist_tracks, 'track')}.")
    return sentences


def describe_final_model(info: RunInfo) -> str:
    """What the model of a cross-validated run that predicts was trained on, in sentences."""
    counts = info.counts
    text = (
        f"The model that predicts songs was trained last, on all {counts.train_segments} segments of "
        f"{counts.train_tracks} tracks. No fold tests it; the folds estimate its accuracy."
    )
    if more := counts.train_tracks - counts.test_tracks:
        text += (
            f" {counted(more, 'track')} {'is' if more == 1 else 'are'} only used for training and tested in no fold."
        )
    return text


def _genre_tracks(info: RunInfo, tracks: dict[str, int]) -> dict[str, int]:
    counts = Counter(tracks.values())
    return {genre: counts[label] for label, genre in enumerate(info.genres)}


def _artists_here_and_elsewhere(
    artists: dict[str, str], tracks: Sequence[dict[str, int]], fold: int
) -> tuple[set[str], set[str]]:
    here = {artists[track] for track in tracks[fold]} - {""}
    return here, {artists[track] for i, other in enumerate(tracks) if i != fold for track in other}


def _untrained_genres(info: RunInfo, tracks: Sequence[dict[str, int]], fold: int) -> tuple[str, ...]:
    """The genres that no other fold tests, if nothing but the other folds was in the training set."""
    if info.counts.train_tracks > info.counts.test_tracks:
        return ()
    elsewhere = {label for i, other in enumerate(tracks) if i != fold for label in other.values()}
    return tuple(genre for label, genre in enumerate(info.genres) if label not in elsewhere)
