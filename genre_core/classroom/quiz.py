"""A quiz: people name the genre of clips, and what they say stands beside what a run says of the same seconds.

As in Oramas et al., "Multimodal deep learning for music genre classification" (TISMIR 2018), who set people and
networks side by side.  A clip is one to three segments in a row that the run was tested on, and the run's answer is the
mean of the probabilities that it gave them then: with folds, those of a model that had not learned from them.  Where
there is no audio the clips are synthetic songs, which the run judges when the quiz is made.

The clips of a quiz follow from its configuration: the same number gives the same clips, as long as the same audio is
at hand.  All are made equally loud, so that loudness does not tell the genre.

Conventions: a genre is its place in `Quiz.genres`, a clip its place in `Quiz.clips`, both from 0 on; times are in
seconds.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import beta

from genre_core import audio
from genre_core.audio import Clip, synthesis
from genre_core.datasets import Progress
from genre_core.errors import AudioError, ConfigError, DatasetError
from genre_core.evaluation import Evaluation, Interval
from genre_core.prediction import predict_file
from genre_core.runs import Run

LENGTHS = (5, 10, 20)
"""Numbers of clips to choose from."""
SEGMENTS = (1, 2, 3)
"""Segments in a clip to choose from."""
HIGHEST_NUMBER = 9999  # four digits are soon typed

_LEVEL_DBFS = -23.0  # the level of EBU R 128, here of the plain mean square
_PEAK = 10 ** (-1 / 20)
_FADE_S = 0.01
_WHOLE_S = 0.1  # a clip may be this much shorter: the last segment of a track may be
_INTRO_S = 4.0
"""Of a synthetic song, which is left away: bands come in one after the other."""
_TO_SPARE_S = 0.02
"""By which a clip is longer, so that resampling leaves no segment a sample short, and players show whole seconds."""
_SURE = 0.05


@dataclass(frozen=True)
class QuizConfig:
    """Which quiz; checks itself when made (ConfigError)."""

    run: str
    """Name of the run that plays."""
    number: int
    """The seed of all that is chosen, and what a class joins by."""
    clips: int = LENGTHS[0]
    segments: int = 2
    """In each clip."""
    synthetic: bool = False
    """Whether the clips are synthetic songs."""

    def __post_init__(self) -> None:
        if not 1 <= self.number <= HIGHEST_NUMBER:
            raise ConfigError(f"A quiz has a number from 1 to {HIGHEST_NUMBER}, and not {self.number}.")
        if not 1 <= self.clips <= max(LENGTHS):
            raise ConfigError(f"A quiz has 1 to {max(LENGTHS)} clips, and not {self.clips}.")
        if self.segments not in SEGMENTS:
            raise ConfigError(f"A clip of a quiz has 1 to {max(SEGMENTS)} segments, and not {self.segments}.")


@dataclass(frozen=True, eq=False)
class QuizClip:
    """A clip to be guessed."""

    track: str
    start_s: float
    length_s: float
    genre: int
    probabilities: np.ndarray
    """What the run says of it, shape (genres,)."""
    wav: bytes


@dataclass(frozen=True, eq=False)
class Quiz:
    """Clips to be guessed, in the order in which they are played."""

    genres: tuple[str, ...]
    """All that the run knows: its choice and people's."""
    clips: tuple[QuizClip, ...]

    def evaluation(self, clips: Sequence[int], probabilities: np.ndarray) -> Evaluation:
        """Answers to some clips; `probabilities` has shape (len(clips), genres)."""
        asked = [self.clips[clip] for clip in clips]
        return Evaluation(
            genres=self.genres,
            labels=np.array([clip.genre for clip in asked], dtype=np.int64),
            track=np.array([clip.track for clip in asked]),
            start_s=np.array([clip.start_s for clip in asked]),
            probabilities=probabilities,
        )


@dataclass(frozen=True)
class Answer:
    """What a player said of a clip."""

    player: int
    clip: int
    genre: int


@dataclass(frozen=True, eq=False)
class Result:
    """What players and the run made of the clips that at least one player has answered."""

    quiz: Quiz
    answers: tuple[Answer, ...]
    """At least one."""

    @cached_property
    def clips(self) -> list[int]:
        """Those that were answered, ascending."""
        return sorted({answer.clip for answer in self.answers})

    @cached_property
    def players(self) -> int:
        return len({answer.player for answer in self.answers})

    @cached_property
    def people(self) -> Evaluation:
        """A row an answer."""
        said = np.eye(len(self.quiz.genres))[[answer.genre for answer in self.answers]]
        return self.quiz.evaluation([answer.clip for answer in self.answers], said)

    @cached_property
    def model(self) -> Evaluation:
        """A row a clip."""
        return self.quiz.evaluation(self.clips, np.array([self.quiz.clips[clip].probabilities for clip in self.clips]))

    @cached_property
    def people_right(self) -> np.ndarray:
        """Share of right answers to each of `clips`, shape (clips,)."""
        return self._mean_by_clip(self.people.predicted == self.people.labels)

    @cached_property
    def model_right(self) -> np.ndarray:
        """The same of the run: 0 or 1."""
        return (self.model.predicted == self.model.labels).astype(float)

    @property
    def agreement(self) -> float:
        """Share of answers that name the genre that the run names, each clip counting the same."""
        heard = self.model.predicted[np.searchsorted(self.clips, [answer.clip for answer in self.answers])]
        return float(self._mean_by_clip(self.people.predicted == heard).mean())

    @cached_property
    def chance(self) -> float:
        """How often a lead as large as this one, or larger, would come about if the two were equally good.

        The exact two-sided sign-flip test over the clips (Fisher 1935), each clip counting by how far people's share of
        right answers lies from the run's; for one player it is McNemar's exact test.
        """
        differences = self.people_right - self.model_right
        sums = np.zeros(1)
        for difference in differences[differences != 0]:
            sums = np.concatenate([sums + difference, sums - difference])
        return float(np.mean(np.abs(sums) >= abs(differences.sum()) - 1e-9))

    def in_words(self, people: str) -> str:
        """Who did better and what that is worth; `people` is what the players are called, as in "You"."""
        lead, clips = float((self.people_right - self.model_right).sum()), len(self.clips)
        if abs(lead) < 1e-9:
            return f"{people} and the model did equally well."
        said = f"{people if lead > 0 else 'The model'} did better"
        often = "fewer than 1" if self.chance < 0.005 else f"{100 * self.chance:.0f}"
        luck = f"two equals would come this far apart, or further, in {often} of 100 quizzes"
        if self.chance < _SURE:
            return f"{said}, and that is hardly luck: {luck}."
        said = f"{said}, but that may be luck: {luck}."
        least = 2.0 ** (1 - clips)
        if least < _SURE:
            return said
        return (
            f"{said} {clips} {'clip says' if clips == 1 else 'clips say'} little: even {clips} to 0 would be chance in "
            f"{100 * least:.0f} of 100."
        )

    def frame(self) -> pd.DataFrame:
        """A row an answer, player by player: player and clip (from 1 on), track, start_s, length_s, genre, answer,
        and the run's answer as `model` with its probability."""
        names = np.array(self.quiz.genres, dtype=object)
        ordered = sorted(self.answers, key=lambda answer: (answer.player, answer.clip))
        clips = [self.quiz.clips[answer.clip] for answer in ordered]
        return pd.DataFrame(
            {
                "player": [answer.player + 1 for answer in ordered],
                "clip": [answer.clip + 1 for answer in ordered],
                "track": [clip.track for clip in clips],
                "start_s": [round(clip.start_s, 3) for clip in clips],
                "length_s": [round(clip.length_s, 3) for clip in clips],
                "genre": names[[clip.genre for clip in clips]],
                "answer": names[[answer.genre for answer in ordered]],
                "model": names[[int(clip.probabilities.argmax()) for clip in clips]],
                "probability": [float(clip.probabilities.max()) for clip in clips],
            }
        )

    def by_clip(self) -> pd.DataFrame:
        """A row a clip: clip (from 1 on), track, genre, answer (the most frequent), right (share of the answers), and
        the run's answer as `model` with its probability."""
        frame = self.frame()
        by_clip = frame.groupby("clip")
        table = by_clip[["track", "genre", "model", "probability"]].first()
        table.insert(2, "answer", by_clip["answer"].agg(lambda said: said.mode()[0]))
        table.insert(3, "right", self.people_right)
        return table.reset_index()

    def _mean_by_clip(self, values: np.ndarray) -> np.ndarray:
        place = np.searchsorted(self.clips, [answer.clip for answer in self.answers])
        return np.bincount(place, values) / np.bincount(place)


def interval(right: np.ndarray) -> Interval:
    """The 95 % interval of an accuracy, from the share of right answers to each clip, shape (clips,).

    The exact binomial one (Clopper and Pearson 1934).  Shares between 0 and 1 spread less than a yes or a no, so that
    for several players it is rather too wide.
    """
    clips, hits = len(right), float(right.sum())
    low = beta.ppf(0.025, hits, clips - hits + 1) if hits > 0 else 0.0
    high = beta.ppf(0.975, hits + 1, clips - hits) if hits < clips else 1.0
    return Interval(float(low), float(high))


def make_quiz(
    config: QuizConfig,
    run: Run,
    find: Callable[[str], Path | None],
    progress: Progress = lambda done, total: None,
) -> Quiz:
    """Choose the clips and what the run says of them.

    Each genre has the same number of clips as far as there are, and each clip is of another track.

    Parameters
    ----------
    find : the file of a track, or None if it isn't at hand.
    progress : called with the number of clips done and their total; what it raises ends the work.

    Raises DatasetError if no clip can be made.  Tracks that are missing, too short, silent or can't be decoded are
    passed over; a quiz may have fewer clips than were asked for.
    """
    clips = _synthetic_clips(config, run, progress) if config.synthetic else _tested_clips(config, run, find, progress)
    return Quiz(run.info.genres, tuple(clips))


@dataclass(frozen=True, eq=False)
class _Place:
    """Segments in a row that a run was tested on."""

    track: str
    start_s: float
    genre: int
    probabilities: np.ndarray


def _places(evaluation: Evaluation, segments: int, segment_s: float) -> list[_Place]:
    """All runs of so many test segments in a row, in the order of tracks and times; they may overlap."""
    order = np.lexsort((evaluation.start_s, evaluation.track))
    tracks, starts = evaluation.track[order], evaluation.start_s[order]
    first = np.arange(max(len(order) - segments + 1, 0))
    last = first + segments - 1
    apart_s = starts[last] - starts[first]
    in_a_row = (tracks[first] == tracks[last]) & (np.abs(apart_s - (segments - 1) * segment_s) < segment_s / 2)
    return [
        _Place(
            track=str(tracks[i]),
            start_s=float(starts[i]),
            genre=int(evaluation.labels[order[i]]),
            probabilities=evaluation.probabilities[order[i : i + segments]].mean(axis=0),
        )
        for i in first[in_a_row].tolist()
    ]


def _tested_clips(
    config: QuizConfig, run: Run, find: Callable[[str], Path | None], progress: Progress
) -> list[QuizClip]:
    segment_s = run.info.segment_samples / run.feature_set.rate
    by_track: dict[str, list[_Place]] = {}
    for place in _places(run.evaluation(), config.segments, segment_s):
        by_track.setdefault(place.track, []).append(place)
    # All choices are made before any file is looked at: a missing one changes no other.
    rng = np.random.default_rng(config.number)
    waiting: dict[int, list[_Place]] = {int(genre): [] for genre in rng.permutation(len(run.info.genres))}
    for track in rng.permutation(sorted(by_track)):
        place = by_track[track][rng.integers(len(by_track[track]))]
        waiting[place.genre].append(place)
    order = rng.permutation(config.clips)

    def cut(place: _Place) -> QuizClip | None:
        length_s = config.segments * segment_s
        path = find(place.track)
        if path is None or (wav := _cut(path, place.start_s, length_s)) is None:
            return None
        return QuizClip(place.track, place.start_s, length_s, place.genre, place.probabilities, wav)

    clips: list[QuizClip] = []
    progress(0, config.clips)
    while len(clips) < config.clips and any(waiting.values()):
        for places in waiting.values():  # a clip of each genre in turn
            if len(clips) == config.clips:
                break
            while places:
                if clip := cut(places.pop()):
                    clips.append(clip)
                    progress(len(clips), config.clips)
                    break
    if not clips:
        raise DatasetError(
            f"No clip of {config.segments * segment_s:.0f} s that {run.info.name} was tested on can be played here; "
            "name the folder of its audio, or choose shorter clips or synthetic songs."
        )
    return [clips[i] for i in order if i < len(clips)]


def _cut(path: Path, start_s: float, length_s: float) -> bytes | None:
    """A clip of a file as WAV; None if there is no such, or nothing to hear in it."""
    with suppress(AudioError):
        clip = audio.load(path, max_seconds=start_s + length_s + 1)
        clip = clip.between(start_s, start_s + length_s + _TO_SPARE_S)
        if clip.duration_s > length_s - _WHOLE_S and np.abs(clip.samples).max() > audio.SILENCE_PEAK:
            return audio.wav_bytes(evened(clip))
    return None


def _synthetic_clips(config: QuizConfig, run: Run, progress: Progress) -> list[QuizClip]:
    songs = synthetic_songs(run.info.genres)
    if not songs:
        raise DatasetError(
            f"The run {run.info.name} knows none of the genres of the synthetic songs; choose another run."
        )
    length_s = config.segments * run.info.segment_samples / run.feature_set.rate
    rng = np.random.default_rng(config.number)
    styles = rng.permutation(np.resize(rng.permutation(len(songs)), config.clips))
    seeds = rng.choice(2**31, config.clips, replace=False)
    clips = []
    progress(0, config.clips)
    for style, seed in zip(styles, seeds, strict=True):
        song = songs[style]
        played = song.clip(seconds=_INTRO_S + length_s + _TO_SPARE_S, seed=int(seed))
        wav = audio.wav_bytes(evened(played.between(_INTRO_S, played.duration_s)))
        prediction = predict_file(wav, run).prediction
        clips.append(
            QuizClip(
                track=f"{song.title}, take {seed}",
                start_s=_INTRO_S,
                length_s=length_s,
                genre=run.info.genres.index(song.style),
                probabilities=np.array([prediction.probabilities[genre] for genre in run.info.genres]),
                wav=wav,
            )
        )
        progress(len(clips), config.clips)
    return clips


def synthetic_songs(genres: Iterable[str]) -> list[synthesis.DemoSong]:
    """The synthetic songs that keep to one of these genres."""
    known = set(genres)
    return [song for song in synthesis.SONGS if song.changes_at_s is None and song.style in known]


def evened(clip: Clip) -> Clip:
    """A clip with sound at the level that all have, or as near as its peaks allow, with ends that don't click."""
    samples = clip.samples.astype(np.float64)
    level = np.sqrt(np.mean(samples**2))
    samples *= min(10 ** (_LEVEL_DBFS / 20) / level, _PEAK / np.abs(samples).max())
    fade = np.linspace(0, 1, round(_FADE_S * clip.rate))
    samples[: len(fade)] *= fade
    samples[len(samples) - len(fade) :] *= fade[::-1]
    return replace(clip, samples=samples.astype(np.float32))
