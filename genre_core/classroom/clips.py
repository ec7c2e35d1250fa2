"""Make the clips of a quiz, from the test set of a run or from synthetic songs.

A clip of the test set is one to three consecutive test segments, and the prediction of the run is the mean of the
probabilities that its evaluation holds for them: with folds, those of a model that was not trained on the track.
Synthetic songs are predicted when the quiz is made.

The number of a quiz is its seed: the same configuration and the same audio files give the same clips.  All clips have
the same level, so that loudness is no cue to the genre.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from genre_core import audio
from genre_core.audio import Clip, synthesis
from genre_core.classroom.quiz import Quiz, QuizClip, QuizConfig
from genre_core.datasets import find_audio
from genre_core.errors import AudioError, DatasetError
from genre_core.evaluation import Evaluation
from genre_core.prediction import predict_file
from genre_core.progress import Progress, no_progress
from genre_core.runs import Run, load_run

_LEVEL_DBFS = -23.0  # the level of EBU R 128, here of the plain mean square
_PEAK = 10 ** (-1 / 20)
_FADE_S = 0.01
_LENGTH_TOLERANCE_S = 0.1  # the last segment of a track may be a little short
_INTRO_S = 4.0
"""Start of a synthetic song that is cut off: its instruments enter one after the other."""
_MARGIN_S = 0.02
"""Added to a clip, so that resampling leaves no segment a sample short, and players show whole seconds."""


def make_quiz(
    config: QuizConfig,
    run: Run,
    find: Callable[[str], Path | None],
    progress: Progress = no_progress,
) -> Quiz:
    """Choose the clips of a quiz and predict them.

    The genres have the same number of clips, as far as there are enough tracks, and no two clips are of one track.
    Tracks that are missing, too short, silent or undecodable are skipped, so that a quiz may have fewer clips than
    configured.

    Parameters
    ----------
    find : returns the file of a track, or None if there is none.
    progress : called with the number of finished clips and their total; an exception that it raises ends the work.

    Raises
    ------
    DatasetError : if no clip can be made.
    """
    clips = _synthetic_clips(config, run, progress) if config.synthetic else _test_clips(config, run, find, progress)
    return Quiz(run.info.genres, tuple(clips))


def prepare_quiz(config: QuizConfig, progress: Progress = no_progress) -> Quiz:
    """Make a quiz with the run that it names and the audio that this server has: see `make_quiz`.

    Raises
    ------
    DatasetError : if no clip can be made.
    RunError : if there is no such run.
    """
    return make_quiz(config, load_run(config.run), find_audio, progress)


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
        if path is None or (wav := _cut(path, candidate.start_s, length_s)) is None:
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
            "enter the folder of its audio, or choose shorter clips or synthetic songs."
        )
    return [clips[i] for i in order if i < len(clips)]


def _cut(path: Path, start_s: float, length_s: float) -> bytes | None:
    """A clip of a file as WAV; None if the file can't be decoded, or the clip is too short or silent."""
    with suppress(AudioError):
        clip = audio.load_audio(path, max_seconds=start_s + length_s + 1)
        clip = clip.between(start_s, start_s + length_s + _MARGIN_S)
        if clip.duration_s > length_s - _LENGTH_TOLERANCE_S and np.abs(clip.samples).max() > audio.SILENCE_PEAK:
            return audio.wav_bytes(leveled(clip))
    return None


def _synthetic_clips(config: QuizConfig, run: Run, progress: Progress) -> list[QuizClip]:
    songs = synthetic_songs(run.info.genres)
    if not songs:
        raise DatasetError(f"{run.info.name} has none of the genres of the synthetic songs; choose another run.")
    length_s = config.n_segments * run.info.segment_samples / run.feature_set.rate
    rng = np.random.default_rng(config.number)
    choices = rng.permutation(np.resize(rng.permutation(len(songs)), config.n_clips))
    seeds = rng.choice(2**31, config.n_clips, replace=False)
    clips = []
    progress(0, config.n_clips)
    for choice, seed in zip(choices, seeds, strict=True):
        song = songs[choice]
        rendered = song.clip(seconds=_INTRO_S + length_s + _MARGIN_S, seed=int(seed))
        wav = audio.wav_bytes(leveled(rendered.between(_INTRO_S, rendered.duration_s)))
        prediction = predict_file(wav, run).prediction
        clips.append(
            QuizClip(
                track=song.title,
                start_s=_INTRO_S,
                length_s=length_s,
                true_genre=run.info.genres.index(song.style),
                probabilities=np.array([prediction.probabilities[genre] for genre in run.info.genres]),
                wav=wav,
            )
        )
        progress(len(clips), config.n_clips)
    return clips


def synthetic_songs(genres: Iterable[str]) -> list[synthesis.SyntheticSong]:
    """The synthetic songs that have one of these genres throughout."""
    known = set(genres)
    return [song for song in synthesis.SONGS if song.changes_at_s is None and song.style in known]


def leveled(clip: Clip) -> Clip:
    """A clip at the common level of -23 dBFS, or as near to it as a peak of -1 dBFS allows, with 10-ms fades.

    The clip must not be silent.
    """
    samples = clip.samples.astype(np.float64)
    level = np.sqrt(np.mean(samples**2))
    samples *= min(10 ** (_LEVEL_DBFS / 20) / level, _PEAK / np.abs(samples).max())
    fade = np.linspace(0, 1, round(_FADE_S * clip.rate))
    samples[: len(fade)] *= fade
    samples[len(samples) - len(fade) :] *= fade[::-1]
    return replace(clip, samples=samples.astype(np.float32))
