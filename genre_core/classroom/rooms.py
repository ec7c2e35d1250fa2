"""Quiz rooms of a server: everyone who enters the number of a quiz plays it together.

A room keeps its clips and answers in memory only, and of its players nothing but the order in which they joined.
"""

import secrets
import threading
import time
from collections.abc import Callable

from genre_core.classroom.quiz import HIGHEST_NUMBER, Answer, Quiz, QuizConfig
from genre_core.errors import ConfigError
from genre_core.jobs import Job
from genre_core.wording import quoted

MAX_ROOMS = 24
MAX_PLAYERS = 300
"""Players in a room."""
MAX_IDLE_S = 6 * 3600.0
"""A room that nobody has entered for this long is closed."""
_LOWEST_DRAWN = 1000  # so that every number to be read aloud has four digits


class QuizRoom:
    """A quiz and the answers of all its players.  Safe to use from several threads.

    Parameters
    ----------
    job : makes the quiz.

    Attributes
    ----------
    config, job : as the parameters.
    entered : when the room was last entered, by time.monotonic().
    """

    def __init__(self, config: QuizConfig, job: Job[Quiz]) -> None:
        self.config, self.job = config, job
        self.entered = time.monotonic()
        self._lock = threading.Lock()
        self._answers: dict[str, dict[int, int]] = {}

    def answer(self, player: str, clip: int, genre: int) -> None:
        """Record an answer; only the first answer of a player to a clip counts.

        Raises ConfigError if the room is full.
        """
        with self._lock:
            if player not in self._answers and len(self._answers) >= MAX_PLAYERS:
                raise ConfigError(f"This quiz already has {MAX_PLAYERS} players; start another quiz.")
            self._answers.setdefault(player, {}).setdefault(clip, genre)

    def answers(self, player: str | None = None) -> tuple[Answer, ...]:
        """The answers of one player, or of all players by default, ordered by player and time."""
        with self._lock:
            return tuple(
                Answer(index, clip, genre)
                for index, (name, genres) in enumerate(self._answers.items())
                if player in (None, name)
                for clip, genre in genres.items()
            )


class QuizRooms:
    """The rooms of a server, by the number of their quiz."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rooms: dict[int, QuizRoom] = {}

    def open(self, config: QuizConfig, submit: Callable[[], Job[Quiz]]) -> QuizRoom:
        """Enter the room of a quiz, and create it if there is none; `submit` begins to make the quiz.

        Raises ConfigError if the number belongs to a quiz with other settings.
        """
        with self._lock:
            room = self._rooms.get(config.number)
            if room is None:
                self._make_space()
                room = self._rooms[config.number] = QuizRoom(config, submit())
            if room.config != config:
                raise ConfigError(f"Quiz {config.number} has other settings on this server; start a new quiz.")
            room.entered = time.monotonic()
            return room

    def has(self, config: QuizConfig) -> bool:
        """Whether there is a room for this quiz."""
        with self._lock:
            room = self._rooms.get(config.number)
            return room is not None and room.config == config

    def close(self, config: QuizConfig) -> None:
        """Remove a quiz that could not be made, so that it can be tried again."""
        with self._lock:
            self._rooms.pop(config.number, None)

    def find(self, number: int) -> QuizConfig:
        """The settings of the quiz with this number.

        Raises ConfigError if there is none.
        """
        with self._lock:
            if number not in self._rooms:
                raise ConfigError(
                    f"There is no quiz {quoted(number)} on this server; check the number, or start a new quiz."
                )
            return self._rooms[number].config

    def new_number(self) -> int:
        """A random number that no quiz has."""
        with self._lock:
            free = range(_LOWEST_DRAWN, HIGHEST_NUMBER + 1)
            return secrets.choice([number for number in free if number not in self._rooms])

    def _make_space(self) -> None:
        """Close the rooms that are idle for too long, and while there are too many the one that is idle for longest."""
        by_age = sorted(self._rooms.values(), key=lambda room: room.entered)
        now = time.monotonic()
        for position, room in enumerate(by_age):
            if now - room.entered > MAX_IDLE_S or len(by_age) - position >= MAX_ROOMS:
                room.job.stop()
                del self._rooms[room.config.number]
