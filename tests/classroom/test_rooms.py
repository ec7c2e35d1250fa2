"""Quiz rooms: answers from many threads, limits, and numbers."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from genre_core.classroom import Quiz, QuizClip, QuizConfig, QuizRoom, QuizRooms
from genre_core.classroom.rooms import MAX_PLAYERS, MAX_ROOMS
from genre_core.errors import ConfigError
from genre_core.jobs import Job
from tests.ended_jobs import succeeded


def submit() -> Job[Quiz]:
    clip = QuizClip("blues/1", 0.0, 3.0, 0, np.array([0.9, 0.1]), b"")
    return succeeded(Quiz(("blues", "jazz"), (clip,) * 5))


def room(number: int = 1000) -> QuizRoom:
    return QuizRoom(QuizConfig("paper-track", number), submit())


def test_a_room_takes_answers_from_many_threads_and_the_first_one_counts() -> None:
    shared = room()

    def play(player: int) -> None:
        for clip in range(5):
            shared.answer(f"player {player}", clip, player % 3)
            shared.answer(f"player {player}", clip, (player + 1) % 3)

    threads = [threading.Thread(target=play, args=(player,)) for player in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = shared.answers()
    assert len(answers) == len({(answer.player, answer.clip) for answer in answers}) == 200
    of_one = shared.answers("player 7")
    assert {answer.genre for answer in of_one} == {1}
    assert len({answer.player for answer in of_one}) == 1


def test_a_full_room_refuses_new_players_only() -> None:
    full = room()
    for player in range(MAX_PLAYERS):
        full.answer(str(player), 0, 0)
    with pytest.raises(ConfigError, match="start another"):
        full.answer("one more", 0, 0)
    full.answer("0", 1, 0)
    assert len(full.answers("0")) == 2


def test_a_number_belongs_to_one_quiz_and_the_oldest_room_is_closed_when_there_are_too_many() -> None:
    rooms = QuizRooms()
    first = QuizConfig("paper-track", 1)
    assert rooms.open(first, submit) is rooms.open(first, submit)
    assert rooms.find(1) == first
    with pytest.raises(ConfigError, match="other settings"):
        rooms.open(replace(first, n_clips=10), submit)
    for number in range(2, MAX_ROOMS + 2):
        rooms.open(QuizConfig("paper-track", number), submit)
    with pytest.raises(ConfigError, match="There is no quiz 1 "):
        rooms.find(1)
    assert rooms.find(2)
    rooms.close(rooms.find(2))
    with pytest.raises(ConfigError):
        rooms.find(2)
