"""Quiz rooms of a server: everyone who enters the number of a quiz plays it together."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from genre_core.classroom.quiz import HIGHEST_NUMBER, Quiz, QuizConfig
from genre_core.classroom.room import QuizRoom
from genre_core.errors import ConfigError
from genre_core.jobs import Job
from genre_core.wording import quoted

MAX_ROOMS = 24
MAX_PREPARED = 4
"""Quizzes that are made before anyone starts them."""
MAX_IDLE_S = 6 * 3600.0
"""A room that nobody has entered for this long is closed."""
_LOWEST_DRAWN = 1000  # so that every number to be read aloud has four digits

Submit = Callable[[QuizConfig], Job[Quiz]]
"""Begins to make a quiz."""


class QuizRooms:
    """The rooms of a server, by the number of their quiz.  Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rooms: dict[int, QuizRoom] = {}
        self._prepared: dict[QuizConfig, QuizRoom] = {}

    def open(self, config: QuizConfig, submit: Submit) -> QuizRoom:
        """Enter the room of a quiz, and create it if there is none; `submit` begins to make the quiz.

        Raises ConfigError if the number belongs to a quiz with other settings.
        """
        with self._lock:
            room = self._rooms.get(config.number)
            if room is None:
                self._make_space()
                room = self._rooms[config.number] = QuizRoom(config, submit(config))
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

    def prepare(self, settings: QuizConfig, submit: Submit) -> None:
        """Begin to make a quiz that `new` gives to whoever starts one with these settings; its number is another."""
        with self._lock:
            key = _without_number(settings)
            known = self._prepared.get(key)
            if known is not None and (known.job.running or known.job.result is not None):
                return
            while len(self._prepared) >= MAX_PREPARED:
                self._prepared.pop(next(iter(self._prepared))).job.stop()
            config = replace(settings, number=self._free_number())
            self._prepared[key] = QuizRoom(config, submit(config))

    @property
    def prepared(self) -> list[QuizRoom]:
        """The rooms of quizzes that nobody has started yet."""
        with self._lock:
            return list(self._prepared.values())

    def new(self, settings: QuizConfig) -> QuizConfig:
        """A new quiz with these settings and another number; it is made already if it was prepared."""
        with self._lock:
            room = self._prepared.pop(_without_number(settings), None)
            if room is None or not (room.job.running or room.job.result is not None):
                return replace(settings, number=self._free_number())
            self._make_space()
            room.entered = time.monotonic()
            self._rooms[room.config.number] = room
            return room.config

    def _free_number(self) -> int:
        """A random number that no quiz has."""
        taken = set(self._rooms) | {room.config.number for room in self._prepared.values()}
        return secrets.choice([number for number in range(_LOWEST_DRAWN, HIGHEST_NUMBER + 1) if number not in taken])

    def _make_space(self) -> None:
        """Close the rooms that are idle for too long, and while there are too many the one that is idle for longest."""
        by_age = sorted(self._rooms.values(), key=lambda room: room.entered)
        now = time.monotonic()
        for position, room in enumerate(by_age):
            if now - room.entered > MAX_IDLE_S or len(by_age) - position >= MAX_ROOMS:
                room.job.stop()
                del self._rooms[room.config.number]


def _without_number(config: QuizConfig) -> QuizConfig:
    return replace(config, number=1)
