"""The room of one quiz: its clips, its players and their answers.

In a room that nobody leads, everyone plays at their own pace.  The class screen leads a room: all players answer the
same clip at the same time, until the time is up, all have answered, or the class screen closes the round.

A room keeps its clips and answers in memory only, and of its players nothing but the order in which they joined.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from genre_core.classroom.quiz import Answer, Quiz, QuizConfig
from genre_core.errors import ConfigError
from genre_core.jobs import Job

MAX_PLAYERS = 300
"""Players in a room."""
ROUND_SECONDS = (10, 20, 30, 60)
"""Times to answer a clip to choose from, in seconds."""

Phase = Literal["lobby", "open", "closed", "finished"]
"""Of a room that is led: before the first clip, while a clip is answered, after that, and after the last clip."""


@dataclass(frozen=True)
class Round:
    """Where a class is in its quiz.

    Attributes
    ----------
    phase : see `Phase`.
    clip : the clip that is answered, or was answered last; from 0 on.
    seconds_left : to answer it, 0 unless it is open.
    """

    phase: Phase
    clip: int
    seconds_left: float


class QuizRoom:
    """A quiz and the answers of all its players.  Safe to use from several threads.

    Parameters
    ----------
    job : makes the quiz.
    clock : a time in seconds that never goes back.

    Attributes
    ----------
    config, job : as the parameters.
    entered : when the room was last entered, by `clock`.
    """

    def __init__(self, config: QuizConfig, job: Job[Quiz], clock: Callable[[], float] = time.monotonic) -> None:
        self.config, self.job = config, job
        self.entered = clock()
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: dict[str, dict[int, int]] = {}
        self._leader: str | None = None
        self._phase: Phase = "lobby"
        self._clip, self._ends = 0, 0.0
        self._next: QuizConfig | None = None

    def join(self, player: str) -> None:
        """Count a visitor as a player.

        Raises ConfigError if the room is full.
        """
        with self._lock:
            self._join(player)

    def answer(self, player: str, clip: int, genre: int) -> None:
        """Record an answer; only the first answer of a player to a clip counts, and in a room that is led only one to
        the clip that is open.

        Raises ConfigError if the room is full.
        """
        with self._lock:
            self._join(player)
            if self._leader is not None and (clip != self._clip or self._round().phase != "open"):
                return  # it was on its way when the time was up
            self._answers[player].setdefault(clip, genre)
            if self._leader is not None and all(clip in answered for answered in self._answers.values()):
                self._phase = "closed"

    def answers(self, player: str | None = None) -> tuple[Answer, ...]:
        """The answers of one player, or of all players by default, ordered by player and time."""
        with self._lock:
            return tuple(
                Answer(index, clip, genre)
                for index, (name, genres) in enumerate(self._answers.items())
                if player in (None, name)
                for clip, genre in genres.items()
            )

    @property
    def n_players(self) -> int:
        """Number of visitors who have joined or answered."""
        with self._lock:
            return len(self._answers)

    @property
    def is_led(self) -> bool:
        """Whether a class screen leads the room."""
        return self._leader is not None

    def may_lead(self, visitor: str) -> bool:
        """Whether the class screen of this visitor leads the room, or would if it were led."""
        return self._leader in (None, visitor)

    def lead(self, visitor: str) -> None:
        """Let the class screen of a visitor lead the room from now on."""
        with self._lock:
            self._leader = visitor

    @property
    def round(self) -> Round:
        """Where the class is."""
        with self._lock:
            return self._round()

    def open_clip(self, clip: int, seconds: float) -> None:
        """Let the class answer a clip, for so many seconds."""
        with self._lock:
            self._phase, self._clip, self._ends = "open", clip, self._clock() + seconds

    def close_clip(self) -> None:
        """Take no more answers to the clip."""
        with self._lock:
            self._phase = "closed"

    def finish(self) -> None:
        """Show the results to everyone."""
        with self._lock:
            self._phase = "finished"

    @property
    def next(self) -> QuizConfig | None:
        """The quiz that the class screen went on to, which all players follow."""
        return self._next

    def go_on(self, to: QuizConfig) -> None:
        """Let all players follow to another quiz."""
        self._next = to

    def _join(self, player: str) -> None:
        if player not in self._answers and len(self._answers) >= MAX_PLAYERS:
            raise ConfigError(f"This quiz already has {MAX_PLAYERS} players; start another quiz.")
        self._answers.setdefault(player, {})

    def _round(self) -> Round:
        left = self._ends - self._clock()
        if self._phase == "open" and left <= 0:
            self._phase = "closed"
        return Round(self._phase, self._clip, left if self._phase == "open" else 0.0)
