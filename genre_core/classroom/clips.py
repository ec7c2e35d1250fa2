"""Make the clips of a quiz: from the test set of a run, from example songs, or from synthetic songs (`song_clips`).

A clip of the test set is one to three consecutive test segments, and the prediction of the run is the mean of the
probabilities that its evaluation holds for them: with folds, those of a model that was not trained on the track.

The number of a quiz is its seed: the same configuration and the same audio files give the same clips.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core.classroom.clip_audio import cut
from genre_core.classroom.quiz import Quiz, QuizClip, QuizConfig
from genre_core.classroom.song_clips import clips_of_examples, synthetic_clips
from genre_core.datasets import audio_finder
from genre_core.errors import DatasetError
from genre_core.evaluation import Evaluation
from genre_core.progress import Progress, no_progress
from genre_core.runs import Run, load_run


def make_quiz(
    config: QuizConfig,
    run: Run,
    find: Callable[[str], Path | None],
    progress: Progress = no_progress,
) -> Quiz:
    """Choose the clips of a quiz and predict them.

    The genres have the same number of clips, as far as there are enough tracks, and no two clips are of one track of
    the test set.  Tracks that are missing, too short, silent or undecodable are skipped, so that a quiz may have fewer
    clips than configured.

    Parameters
    ----------
    find : returns the file of a track, or None if there is none.
    progress : called with the number of finished clips and their total; an exception that it raises ends the work.

    Raises
    ------
    DatasetError : if no clip can be made.
    """
    if config.source == "synthetic":
        clips = synthetic_clips(config, run, progress)
    elif config.source == "examples":
        clips = clips_of_examples(config, run, progress)
    else:
        clips = _test_clips(config, run, find, progress)
    return Quiz(run.info.genres, tuple(clips))


def prepare_quiz(config: QuizConfig, progress: Progress = no_progress) -> Quiz:
    """Make a quiz with the run that it names and the audio that this server has: see `make_quiz`.

    Raises
    ------
    DatasetError : if no clip can be made.
    RunError : if there is no such run.
    """
    run = load_run(config.run)
    return make_quiz(config, run, audio_finder(run.info.gathered), progress)


@dataclass(frozen=True, eq=False)
class Candidate:
    """Consecutive test segments that may become a clip."""

    track: str
    start_s: float
    true_genre: int
    probabilities: np.ndarray
    """Mean over the segments, shape (genres,)."""


def candidates(evaluation: Evaluation, n_segments: int, segment_s: float) -> list[Candidate]:
    """All places with so many consecutive test segments, by track and time; they may overlap.

    Parameters
    ----------
    segment_s : length of a segment in seconds.
    """
    order = np.lexsort((evaluation.start_s, evaluation.track))
    tracks, starts = evaluation.track[order], evaluation.start_s[order]
    first = np.arange(max(len(order) - n_segments + 1, 0))
    last = first + n_segments - 1
    distance_s = starts[last] - starts[first]
    consecutive = (tracks[first] == tracks[last]) & (np.abs(distance_s - (n_segments - 1) * segment_s) < segment_s / 2)
    return [
        Candidate(
            track=str(tracks[i]),
            start_s=float(starts[i]),
            true_genre=int(evaluation.labels[order[i]]),
            probabilities=evaluation.probabilities[order[i : i + n_segments]].mean(axis=0),
        )
        for i in first[consecutive].tolist()
    ]


def _test_clips(config: QuizConfig, run: Run, find: Callable[[str], Path | None], progress: Progress) -> list[QuizClip]:
    segment_s = run.info.segment_samples / run.feature_set.rate
    by_track: dict[str, list[Candidate]] = {}
    for candidate in candidates(run.evaluation(), config.n_segments, segment_s):
        by_track.setdefault(candidate.track, []).append(candidate)
    # All random choices are made before any file is opened, so that a missing file changes no other clip.
    rng = np.random.default_rng(config.number)
    remaining: dict[int, list[Candidate]] = {int(genre): [] for genre in rng.permutation(len(run.info.genres))}
    for track in rng.permutation(sorted(by_track)):
        candidate = by_track[track][rng.integers(len(by_track[track]))]
        remaining[candidate.true_genre].append(candidate)
    order = rng.permutation(config.n_clips)

    def make(candidate: Candidate) -> QuizClip | None:
        length_s = config.n_segments * segment_s
        path = find(candidate.track)
        if path is None or (wav := cut(path, candidate.start_s, length_s)) is None:
            return None
        return QuizClip(
            candidate.track, candidate.start_s, length_s, candidate.true_genre, candidate.probabilities, wav
        )

    clips: list[QuizClip] = []
    progress(0, config.n_clips)
    while len(clips) < config.n_clips and any(remaining.values()):
        for of_genre in remaining.values():  # one clip of each genre in turn
            if len(clips) == config.n_clips:
                break
            while of_genre:
                if clip := make(of_genre.pop()):
                    clips.append(clip)
                    progress(len(clips), config.n_clips)
                    break
    if not clips:
        raise DatasetError(
            f"No clip of {config.n_segments * segment_s:.0f} s from the test set of {run.info.name} can be played; "
            "enter the folder of its audio, or choose shorter clips, or clips from other songs."
        )
    return [clips[i] for i in order if i < len(clips)]
