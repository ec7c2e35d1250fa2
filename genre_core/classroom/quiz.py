"""A quiz: players name the genre of clips, and their answers are compared with the predictions of a run.

Follows Oramas et al., "Multimodal deep learning for music genre classification" (TISMIR 2018), who compare human
raters with networks on the same clips.

Conventions: a genre is an index into `Quiz.genres` and a clip an index into `Quiz.clips`, both from 0 on; times are in
seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from genre_core.errors import ConfigError
from genre_core.evaluation import Evaluation
from genre_core.wording import quoted

CLIP_COUNTS = (5, 10, 20)
"""Numbers of clips to choose from."""
SEGMENT_COUNTS = (1, 2, 3)
"""Numbers of segments in a clip to choose from."""
HIGHEST_NUMBER = 9999  # four digits are quick to type

ClipSource = Literal["test", "examples", "synthetic"]
"""What clips are cut from: the tracks of the run's test set, the example songs that come with Genre Lab (real music),
or synthetic songs."""
CLIP_SOURCES: tuple[ClipSource, ...] = get_args(ClipSource)


@dataclass(frozen=True)
class QuizConfig:
    """Settings of a quiz.

    Raises ConfigError if a setting is out of range.
    """

    run: str
    """Name of the run to compare with."""
    number: int
    """Seed of every random choice, and the number by which a class joins."""
    n_clips: int = CLIP_COUNTS[0]
    n_segments: int = 2
    """Segments in each clip."""
    source: ClipSource = "test"

    def __post_init__(self) -> None:
        if not 1 <= self.number <= HIGHEST_NUMBER:
            raise ConfigError(f"The number of a quiz must be 1 to {HIGHEST_NUMBER}; {quoted(self.number)} is not.")
        if not 1 <= self.n_clips <= max(CLIP_COUNTS):
            raise ConfigError(f"A quiz must have 1 to {max(CLIP_COUNTS)} clips, not {quoted(self.n_clips)}.")
        if self.n_segments not in SEGMENT_COUNTS:
            raise ConfigError(
                f"A clip of a quiz must have 1 to {max(SEGMENT_COUNTS)} segments, not {quoted(self.n_segments)}."
            )
        if self.source not in CLIP_SOURCES:
            raise ConfigError(f"There are no clips from {quoted(self.source)}; choose {', '.join(CLIP_SOURCES)}.")


@dataclass(frozen=True, eq=False)
class QuizClip:
    """A clip with its true genre and the prediction of the run."""

    track: str
    """A track of the test set, the name of an example song, or the title of a synthetic song."""
    start_s: float
    length_s: float
    true_genre: int
    probabilities: np.ndarray
    """Predicted by the run, shape (genres,)."""
    wav: bytes
    """The clip as a WAV file."""

    @property
    def predicted_genre(self) -> int:
        """The most probable genre."""
        return int(self.probabilities.argmax())


@dataclass(frozen=True, eq=False)
class Quiz:
    """Clips in the order in which they are played."""

    genres: tuple[str, ...]
    """All genres of the run: players and run choose among the same."""
    clips: tuple[QuizClip, ...]

    def evaluation(self, clips: Sequence[int], probabilities: np.ndarray) -> Evaluation:
        """The evaluation of probabilities for some of the clips.

        Parameters
        ----------
        clips : indices of clips; a clip may occur several times.
        probabilities : shape (len(clips), genres).
        """
        chosen = [self.clips[clip] for clip in clips]
        return Evaluation(
            genres=self.genres,
            labels=np.array([clip.true_genre for clip in chosen], dtype=np.int64),
            track=np.array([clip.track for clip in chosen]),
            start_s=np.array([clip.start_s for clip in chosen]),
            probabilities=probabilities,
        )


@dataclass(frozen=True)
class Answer:
    """The genre that a player chose for a clip."""

    player: int
    clip: int
    genre: int
