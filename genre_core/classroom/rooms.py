"""The quizzes that are played on this server: all who name the number of one play it together.

A room holds the clips and the answers in memory alone, and nothing of its players but the order in which they came.
"""

import secrets
import threading
import time
from collections.abc import Callable

from genre_core.classroom.quiz import HIGHEST_NUMBER, Answer, Quiz, QuizConfig
from genre_core.datasets import Progress
from genre_core.errors import ConfigError
from genre_core.jobs import BackgroundTask

MOST_ROOMS = 24
MOST_PLAYERS = 300
"""In a room."""
LONGEST_S = 6 * 3600.0
"""A room that nobody entered for so long is closed."""
_LOWEST_DRAWN = 1000  # so that all numbers that are read out have four digits


class QuizRoom:
    """One quiz and the answers of all who play it; may be used from several threads at once.

    Attributes
    ----------
    task : makes the quiz.
    """

    def __init__(self, config: QuizConfig, make: Callable[[Progress], Quiz]) -> None:
        self.config = config
        self.task = BackgroundTask(make)
        self.entered = time.monotonic()
        self._lock = threading.Lock()
        self._answers: dict[str, dict[int, int]] = {}

    def answer(self, player: str, clip: int, genre: int) -> None:
        """Take an answer; the first of a player to a clip counts.  ConfigError if there are too many players."""
        with self._lock:
            if player not in self._answers and len(self._answers) >= MOST_PLAYERS:
                raise ConfigError(f"{MOST_PLAYERS} people play this quiz already; start another one.")
            self._answers.setdefault(player, {}).setdefault(clip, genre)

    def answers(self, player: str | None = None) -> tuple[Answer, ...]:
        """The answers of one player or, left out, of all, in the order in which they came."""
        with self._lock:
            return tuple(
                Answer(number, clip, genre)
                for number, (name, said) in enumerate(self._answers.items())
                if player in (None, name)
                for clip, genre in said.items()
            )


class QuizRooms:
    """The rooms of a server, by the number of their quiz: not too many, and none for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rooms: dict[int, QuizRoom] = {}

    def open(self, config: QuizConfig, make: Callable[[Progress], Quiz]) -> QuizRoom:
        """The room of a quiz, which is made if there is none.

        Raises ConfigError if its number is that of another quiz.
        """
        with self._lock:
            room = self._rooms.get(config.number)
            if room is None:
                self._make_room()
                room = self._rooms[config.number] = QuizRoom(config, make)
            if room.config != config:
                raise ConfigError(f"Number {config.number} is that of another quiz here; start a new one.")
            room.entered = time.monotonic()
            return room

    def close(self, config: QuizConfig) -> None:
        """Forget a quiz that could not be made, so that it can be tried again."""
        with self._lock:
            self._rooms.pop(config.number, None)

    def numbered(self, number: int) -> QuizConfig:
        """The quiz of that number.  ConfigError if there is none."""
        with self._lock:
            if number not in self._rooms:
                raise ConfigError(f"No quiz here has the number {number}; look at it once more, or start a new quiz.")
            return self._rooms[number].config

    def new_number(self) -> int:
        """A number that no quiz has."""
        with self._lock:
            free = range(_LOWEST_DRAWN, HIGHEST_NUMBER + 1)
            return secrets.choice([number for number in free if number not in self._rooms])

    def _make_room(self) -> None:
        """Close rooms that are old, and of those that are too many the one that was entered longest ago."""
        by_age = sorted(self._rooms.values(), key=lambda room: room.entered)
        now = time.monotonic()
        for place, room in enumerate(by_age):
            if now - room.entered > LONGEST_S or len(by_age) - place >= MOST_ROOMS:
                room.task.stop()
                del self._rooms[room.config.number]
