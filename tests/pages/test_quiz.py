"""The page Quiz: without audio, with it, alone and as a class; and the rooms that a class shares."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import audio, runs, storage
from genre_core.audio import synthesis
from genre_core.classroom.quiz import Quiz, QuizClip, QuizConfig
from genre_core.classroom.rooms import MOST_PLAYERS, MOST_ROOMS, QuizRoom, QuizRooms
from genre_core.errors import ConfigError
from ui import cached
from ui.quiz.address import query, read
from ui.state import Keys
from ui.text import split_in_words

RUN = "paper-track"


@pytest.fixture
def app(visit) -> AppTest:
    return visit("pages/quiz.py")


@pytest.fixture(scope="module")
def music(tmp_path_factory) -> Path:
    """A folder in which every track that a run was tested on is the same half minute."""
    folder = tmp_path_factory.mktemp("music")
    sound = audio.wav_bytes(synthesis.song("shuffle").clip(seconds=31))
    for track in np.unique(runs.load_run(RUN).evaluation().track):
        path = folder / f"{track}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(sound)
    return folder


def words(app: AppTest) -> str:
    said = "\n".join(element.value for element in (*app.markdown, *app.caption, *app.get("html")))
    return said.replace("**", "").replace("\u00a0", " ")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def made(app: AppTest) -> AppTest:
    """The page once the clips are made."""
    deadline = time.monotonic() + 60
    while "Leave" not in labels(app):
        assert not app.exception and not app.error and time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    return app


def opened(app: AppTest, config: QuizConfig) -> AppTest:
    """The page by the address of a quiz."""
    for name, value in query(config).items():
        app.query_params[name] = value
    return made(app.run())


@pytest.fixture
def real(music, home) -> QuizConfig:
    """A quiz of five clips of what the run was tested on."""
    storage.write_setting("audio_folder", str(music))
    return QuizConfig(RUN, 4821)


def answer_all(app: AppTest, genre: str, clips: int = 5) -> None:
    for place in range(clips):
        assert f"Clip {place + 1} of {clips}" in app.get("progress")[0].proto.text
        press(app, genre)
        press(app, "Next clip" if place + 1 < clips else "See the result")


def test_without_audio_it_says_how_to_get_it_and_offers_synthetic_songs(app):
    app.run()
    assert not app.exception and not app.error
    assert "name the folder" in app.info[0].value
    assert "Synthetic: played by simple rules" in words(app)
    assert split_in_words(runs.load_run(runs.DEFAULT).info) in words(app)
    assert not next(button for button in app.button if button.label == "Play").disabled
    app.segmented_control(key="quiz_songs_False").set_value("Songs it was tested on").run()
    assert next(button for button in app.button if button.label == "Play").disabled


def test_a_wrong_folder_is_a_sentence_and_the_right_one_is_remembered(app, music, tmp_path):
    app.run()
    app.text_input(key="quiz_folder").set_value(str(tmp_path / "nowhere")).run()
    assert "There is no folder" in app.error[0].value
    app.text_input(key="quiz_folder").set_value(str(music)).run()
    assert not app.error and not app.info
    assert storage.read_settings()["audio_folder"] == str(music)


def test_a_quiz_of_synthetic_songs(app):
    app.run()
    press(app, "Play")
    made(app)
    assert "of synthetic songs" in words(app)
    answer_all(app, "metal")
    assert not app.exception and not app.error
    assert len(app.get("plotly_chart")) == 2
    game = cached.quiz_rooms().open(app.session_state[Keys.QUIZ], make).task.result
    right = sum(game.genres[clip.genre] == "metal" for clip in game.clips)
    assert app.metric[0].value == f"{right} of 5"


def test_the_model_is_silent_until_a_clip_is_answered(app, real):
    opened(app, real)
    game = cached.quiz_rooms().open(real, make).task.result
    first = game.clips[0]
    assert "It is" not in words(app) and "The model" not in words(app) and first.track not in words(app)
    press(app, "jazz")
    heard = game.genres[first.probabilities.argmax()]
    assert f"It is {game.genres[first.genre]}" in words(app)
    assert "You: jazz" in words(app) and f"The model: {heard}" in words(app) and first.track in words(app)


def test_the_result_is_that_of_the_answers(app, real):
    opened(app, real)
    answer_all(app, "jazz")
    assert not app.exception and not app.error
    game = cached.quiz_rooms().open(real, make).task.result
    jazz = game.genres.index("jazz")
    mine = sum(clip.genre == jazz for clip in game.clips)
    its = sum(clip.genre == clip.probabilities.argmax() for clip in game.clips)
    assert [metric.value for metric in app.metric[:2]] == [f"{mine} of 5", f"{its} of 5"]
    assert "5 clips say little" in words(app) or "equally well" in words(app)
    assert "test part of a split by track" in words(app)
    assert app.dataframe[0].value["track"].tolist() == [clip.track for clip in game.clips]
    assert len(app.get("download_button")) == 1


def test_a_class_pools_its_answers_on_the_screen(app, real):
    opened(app, real)
    press(app, "Screen for a class")
    assert "4821" in words(app)
    assert next(button for button in app.button if button.label == "Show the result").disabled
    room = cached.quiz_rooms().open(real, make)
    for player in range(3):
        for clip in range(5 - player):
            room.answer(f"player {player}", clip, room.task.result.clips[clip].genre)
    app.run()
    assert [metric.value for metric in app.metric] == ["3", "12 of 15", "1"]
    assert not app.get("plotly_chart")
    press(app, "Show the result")
    assert app.metric[3].label == "The class" and app.metric[3].value == "5 of 5"
    assert len(app.get("plotly_chart")) == 2


def test_a_player_can_see_what_the_class_said(app, real):
    opened(app, real)
    room = cached.quiz_rooms().open(real, make)
    for clip in range(5):
        room.answer("somebody else", clip, room.task.result.clips[clip].genre)
    answer_all(app, "jazz")
    assert app.metric[0].label == "You"
    app.segmented_control(key="quiz_whose").set_value("Everyone's").run()
    assert app.metric[0].label == "The class"


def test_it_is_joined_by_its_number(app, real):
    cached.quiz_room(real)
    app.run()
    app.number_input(key="quiz_joining").set_value(4820)
    press(app, "Join")
    assert "No quiz here has the number 4820" in app.error[0].value
    app.number_input(key="quiz_joining").set_value(4821)
    press(app, "Join")
    made(app)
    assert app.session_state[Keys.QUIZ] == real
    assert app.query_params["quiz"] == "4821"


def test_another_page_and_back_finds_the_quiz_where_it_was(app, real):
    opened(app, real)
    press(app, "jazz")
    press(app, "Next clip")
    app.switch_page("pages/start.py").run()
    app.switch_page("pages/quiz.py").run()
    made(app)
    assert app.get("progress")[0].proto.text == "Clip 2 of 5"


def test_new_clips_are_another_quiz_and_leaving_goes_back(app, real):
    opened(app, real)
    answer_all(app, "jazz")
    press(app, "New clips")
    made(app)
    other = app.session_state[Keys.QUIZ]
    assert replace(other, number=4821) == real and other.number != 4821
    press(app, "Leave")
    assert app.session_state[Keys.QUIZ] is None
    assert "Join" in labels(app)
    assert "quiz" not in app.query_params


@pytest.mark.parametrize(
    "asked",
    [
        {"quiz": "x"},
        {"quiz": "77"},
        {"quiz": "7", "clips": "99", "segments": "1", "run": RUN},
        {"quiz": "7", "clips": "5", "segments": "1", "run": "nothing"},
    ],
)
def test_a_wrong_address_is_a_sentence(app, asked):
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert "Join" in labels(app)


def test_without_a_clip_to_play_it_says_so_and_can_be_tried_again(app, music, home):
    for name, value in query(QuizConfig(RUN, 4821)).items():
        app.query_params[name] = value
    deadline = time.monotonic() + 60
    app.run()
    while not app.error:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    assert "name the folder of its audio" in app.error[0].value
    app.text_input(key="quiz_folder").set_value(str(music)).run()
    opened(app, QuizConfig(RUN, 4821))


def make(progress) -> Quiz:
    clip = QuizClip("blues/1", 0.0, 3.0, 0, np.array([0.9, 0.1]), b"")
    return Quiz(("blues", "jazz"), (clip,) * 5)


def room(number: int = 1000) -> QuizRoom:
    return QuizRoom(QuizConfig("paper-track", number), lambda progress: make(progress))


def test_a_room_takes_answers_from_many_threads_and_the_first_of_each_counts():
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
    mine = shared.answers("player 7")
    assert {answer.genre for answer in mine} == {1}
    assert len({answer.player for answer in mine}) == 1


def test_a_room_is_full_some_time():
    crowded = room()
    for player in range(MOST_PLAYERS):
        crowded.answer(str(player), 0, 0)
    with pytest.raises(ConfigError, match="start another"):
        crowded.answer("one more", 0, 0)
    crowded.answer("0", 1, 0)


def test_one_number_is_one_room_and_old_rooms_make_room():
    rooms = QuizRooms()
    first = QuizConfig("paper-track", 1)
    assert rooms.open(first, make) is rooms.open(first, make)
    assert rooms.numbered(1) == first
    with pytest.raises(ConfigError, match="another quiz"):
        rooms.open(replace(first, clips=10), make)
    for number in range(2, MOST_ROOMS + 2):
        rooms.open(QuizConfig("paper-track", number), make)
    with pytest.raises(ConfigError, match="No quiz here"):
        rooms.numbered(1)
    assert rooms.numbered(2)
    rooms.close(rooms.numbered(2))
    with pytest.raises(ConfigError):
        rooms.numbered(2)


def test_an_address_opens_its_quiz():
    rooms = QuizRooms()
    asked = QuizConfig("lab-cnn", rooms.new_number(), clips=10, segments=3, synthetic=True)
    assert read(query(asked), rooms) == asked
    rooms.open(asked, make)
    assert read({"quiz": str(asked.number)}, rooms) == asked
    for wrong in ({"quiz": "x"}, {"quiz": "1", "clips": "5"}, query(asked) | {"segments": "9"}):
        with pytest.raises(ConfigError):
            read(wrong, rooms)
