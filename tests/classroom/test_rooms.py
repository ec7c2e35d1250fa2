"""Quiz rooms: answers from many threads, rounds that a class screen leads, limits, and numbers."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from genre_core.classroom import Quiz, QuizClip, QuizConfig, QuizRoom, QuizRooms
from genre_core.classroom.room import MAX_PLAYERS
from genre_core.classroom.rooms import MAX_PREPARED, MAX_ROOMS
from genre_core.errors import ConfigError
from genre_core.jobs import Job
from tests.ended_jobs import succeeded, unfinished


def submit(config: QuizConfig) -> Job[Quiz]:
    clip = QuizClip("blues/1", 0.0, 3.0, 0, np.array([0.9, 0.1]), b"")
    return succeeded(Quiz(("blues", "jazz"), (clip,) * 5))


def room(number: int = 1000) -> QuizRoom:
    config = QuizConfig("paper-track", number)
    return QuizRoom(config, submit(config))


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


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_class_answers_one_clip_at_a_time_until_the_time_is_up_or_all_have_answered() -> None:
    clock, config = Clock(), QuizConfig("paper-track", 1000)
    led = QuizRoom(config, submit(config), clock)
    assert led.may_lead("teacher") and not led.is_led
    led.lead("teacher")
    assert led.is_led and led.may_lead("teacher") and not led.may_lead("student")
    led.join("a")
    led.join("b")
    led.answer("a", 0, 1)  # in the lobby
    assert led.n_players == 2 and not led.answers() and led.round.phase == "lobby"
    led.open_clip(0, 20.0)
    led.answer("a", 1, 1)  # another clip
    led.answer("a", 0, 1)
    clock.now += 19.0
    assert (led.round.phase, led.round.clip, led.round.seconds_left) == ("open", 0, 1.0)
    clock.now += 1.0
    assert (led.round.phase, led.round.seconds_left) == ("closed", 0.0)
    led.answer("b", 0, 1)  # too late
    assert [(answer.player, answer.clip) for answer in led.answers()] == [(0, 0)]
    led.open_clip(1, 20.0)
    led.answer("a", 1, 0)
    assert led.round.phase == "open"
    led.answer("b", 1, 1)
    assert led.round.phase == "closed"
    led.join("late")
    assert led.round.phase == "closed"
    led.open_clip(2, 20.0)
    led.close_clip()
    assert led.round.phase == "closed"
    led.finish()
    assert led.round.phase == "finished" and len(led.answers()) == 3


def test_a_quiz_is_prepared_once_for_whoever_starts_one_with_its_settings() -> None:
    rooms, made = QuizRooms(), []

    def make(config: QuizConfig) -> Job[Quiz]:
        made.append(config)
        return submit(config)

    settings = QuizConfig("paper-track", 1)
    rooms.prepare(settings, make)
    rooms.prepare(replace(settings, number=2), make)
    assert len(made) == 1 and made[0].number >= 1000
    with pytest.raises(ConfigError):
        rooms.find(made[0].number)  # nobody plays it yet
    assert rooms.new(replace(settings, n_clips=10)) != replace(made[0], n_clips=10)
    assert rooms.new(settings) == made[0]
    assert rooms.open(made[0], make).config == made[0] and len(made) == 1
    assert rooms.new(settings).number != made[0].number
    for n_clips in range(1, MAX_PREPARED + 2):
        rooms.prepare(replace(settings, n_clips=n_clips), make)
    assert rooms.new(replace(settings, n_clips=1)) not in made  # the oldest made room


def test_a_quiz_that_could_not_be_prepared_is_made_anew() -> None:
    rooms, settings = QuizRooms(), QuizConfig("paper-track", 1)
    job = unfinished(Quiz((), ()))
    job.fail("No clip")
    rooms.prepare(settings, lambda config: job)
    room = rooms.open(rooms.new(settings), submit)
    assert room.job.result is not None


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
