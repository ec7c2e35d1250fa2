"""The page Quiz: with and without audio, alone and as a class."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from genre_core import audio, runs, storage
from genre_core.audio import example_songs, synthesis
from genre_core.classroom import Quiz, QuizConfig, QuizRoom
from tests.page_text import plain
from tests.waiting import PATIENCE_S, run_until, wait_until
from ui import cached, examples
from ui.cached import quizzes
from ui.quiz.address import to_query
from ui.state import Keys
from ui.text import evaluated_on

RUN = "paper-track"


@pytest.fixture
def app(visit: Callable[[str], AppTest]) -> AppTest:
    return visit("pages/quiz.py")


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every track of a test set is the same half minute."""
    folder = tmp_path_factory.mktemp("music")
    sound = audio.wav_bytes(synthesis.song("shuffle").clip(seconds=31))
    for track in np.unique(runs.load_run(RUN).evaluation().track):
        path = folder / f"{track}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(sound)
    return folder


def words(app: AppTest) -> str:
    text = "\n".join(element.value for element in (*app.markdown, *app.caption, *app.get("html")))
    return plain(text)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def made(app: AppTest) -> AppTest:
    """The page once the clips are made."""
    deadline = time.monotonic() + PATIENCE_S
    while "Leave quiz" not in labels(app):
        assert not app.exception and not app.error and time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    return app


def room_of(config: QuizConfig) -> QuizRoom:
    """The room of a quiz that is already made."""
    return cached.quiz_room(config)


def quiz_of(config: QuizConfig) -> Quiz:
    quiz = room_of(config).job.result
    assert quiz is not None
    return quiz


def opened(app: AppTest, config: QuizConfig) -> AppTest:
    """The page, opened by the address of a quiz."""
    for name, value in to_query(config).items():
        app.query_params[name] = value
    return made(app.run())


@pytest.fixture
def config(music: Path, home: Path) -> QuizConfig:
    """A quiz of five clips from the test set of the run, whose audio is available."""
    storage.write_setting("audio_folder", str(music))
    return QuizConfig(RUN, 4821)


def answer_all(app: AppTest, genre: str, clips: int = 5) -> None:
    for position in range(clips):
        assert f"Clip {position + 1} of {clips}" in app.get("progress")[0].proto.text
        press(app, genre)
        press(app, "Next clip" if position + 1 < clips else "Show results")


def html_of(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def play_button(app: AppTest) -> Button:
    return next(button for button in app.button if button.label == "Play alone")


def test_without_audio_it_offers_real_songs_and_says_how_to_get_the_test_set(app: AppTest) -> None:
    app.run()
    assert not app.exception and not app.error and not app.info
    assert app.segmented_control(key="quiz_songs_False").value == "Example songs"
    assert "5 songs, classical, metal, rock and reggae" in words(app)
    assert evaluated_on(runs.load_run(runs.DEFAULT_RUN).info).replace("**", "") in words(app)
    assert not play_button(app).disabled
    app.segmented_control(key="quiz_songs_False").set_value("Synthetic songs").run()
    assert "Synthetic songs are no real music" in words(app) and not play_button(app).disabled
    app.segmented_control(key="quiz_songs_False").set_value("Test set of the run").run()
    assert play_button(app).disabled
    assert "enter a folder" in app.info[0].value


def test_a_quiz_of_real_songs_is_made_before_it_is_started(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "prepare_next_quiz", quizzes.prepare_next_quiz)
    app.run()
    settings = QuizConfig(runs.DEFAULT_RUN, 1, source="examples")
    (prepared,) = cached.quiz_rooms().prepared
    assert replace(prepared.config, number=1) == settings
    wait_until(lambda: prepared.job.result is not None)
    press(app, "Play alone")
    assert app.session_state[Keys.QUIZ] == prepared.config
    quiz = quiz_of(prepared.config)
    song = example_songs.song(quiz.clips[0].track)
    assert song.title not in words(app)
    press(app, "blues")
    assert plain(examples.credit(song)) in words(app) and song.title in words(app)


def test_a_wrong_folder_is_an_error_and_the_right_one_is_remembered(app: AppTest, music: Path, tmp_path: Path) -> None:
    app.run()
    app.segmented_control(key="quiz_songs_False").set_value("Test set of the run").run()
    app.text_input(key="quiz_folder").set_value(str(tmp_path / "nowhere")).run()
    assert len(app.error) == 1
    app.text_input(key="quiz_folder").set_value(str(music)).run()
    assert not app.error and not app.info
    assert storage.read_settings()["audio_folder"] == str(music)
    app.text_input(key="quiz_folder").set_value(" ").run()
    assert not app.error
    assert not storage.read_settings()["audio_folder"]


def test_a_quiz_of_synthetic_songs(app: AppTest) -> None:
    app.run()
    app.segmented_control(key="quiz_songs_False").set_value("Synthetic songs").run()
    press(app, "Play alone")
    made(app)
    assert "clips from synthetic songs" in words(app)
    answer_all(app, "metal")
    assert not app.exception and not app.error
    assert len(app.get("plotly_chart")) == 3
    quiz = quiz_of(app.session_state[Keys.QUIZ])
    n_correct = sum(quiz.genres[clip.true_genre] == "metal" for clip in quiz.clips)
    assert app.metric[0].value == f"{n_correct} of 5 correct"


def test_the_prediction_is_hidden_until_a_clip_is_answered(app: AppTest, config: QuizConfig) -> None:
    opened(app, config)
    quiz = quiz_of(config)
    first = quiz.clips[0]
    assert "True genre" not in words(app) and "Model:" not in words(app) and first.track not in words(app)
    press(app, "jazz")
    assert f"True genre: {quiz.genres[first.true_genre]}" in words(app)
    assert "You: jazz" in words(app) and f"Model: {quiz.genres[first.predicted_genre]}" in words(app)
    assert first.track in words(app)


def test_the_results_are_those_of_the_answers(app: AppTest, config: QuizConfig) -> None:
    opened(app, config)
    answer_all(app, "jazz")
    assert not app.exception and not app.error
    quiz = quiz_of(config)
    of_player = sum(clip.true_genre == quiz.genres.index("jazz") for clip in quiz.clips)
    of_run = sum(clip.true_genre == clip.predicted_genre for clip in quiz.clips)
    assert [metric.value for metric in app.metric[:2]] == [f"{of_player} of 5 correct", f"{of_run} of 5 correct"]
    assert "The model did better than you, but the difference is not statistically significant." in words(app)
    assert "With 5 clips no difference can be significant: even 5 to 0 would occur in 6 of 100." in words(app)
    assert "track split" in words(app)
    assert app.dataframe[0].value["Track"].tolist() == [clip.track for clip in quiz.clips]
    assert len(app.get("download_button")) == 1


def test_the_class_screen_leads_from_the_lobby_to_the_results(app: AppTest, config: QuizConfig) -> None:
    opened(app, config)
    press(app, "Show class screen")
    room, quiz = room_of(config), quiz_of(config)
    assert "4821" in html_of(app) and room.is_led
    start = next(button for button in app.button if button.label == "Start the quiz")
    assert start.disabled
    players = [f"player {number}" for number in range(3)]
    for player in players:
        room.join(player)
    app.run()
    assert app.metric[0].value == "3"
    press(app, "Start the quiz")
    for clip in range(5):
        assert f"Clip {clip + 1} of 5" in app.get("progress")[0].proto.text
        assert "True genre" not in words(app) and len(app.get("audio")) == 1
        true_genre = quiz.clips[clip].true_genre
        for player in players[:2]:
            room.answer(player, clip, true_genre)
        app.run()
        assert [metric.value for metric in app.metric[1:2]] == ["2 of 3"]
        press(app, "Show the answers")
        assert f"True genre: {quiz.genres[true_genre]}" in html_of(app)
        assert "Class: 2 of 2 correct" in words(app)
        assert len(app.get("plotly_chart")) == 1
        press(app, "Next clip" if clip < 4 else "Show results")
    assert app.metric[0].label == "The class" and app.metric[0].value == "5 of 5 correct"
    assert len(app.get("plotly_chart")) == 3
    press(app, "Play again with other clips")
    assert room.next == app.session_state[Keys.QUIZ] != config


def test_a_player_follows_the_class_screen(app: AppTest, config: QuizConfig) -> None:
    room = room_of(config)
    room.lead("teacher")
    opened(app, config)
    assert "starts on the class screen" in app.info[0].value
    assert room.n_players == 1
    room.join("somebody else")
    room.open_clip(2, 1000.0)
    app.run()
    assert app.get("progress")[0].proto.text == "Clip 3 of 5"
    press(app, "jazz")
    assert "Your answer: **jazz**" in app.info[0].value and "True genre" not in words(app)
    room.close_clip()
    app.run()
    assert "True genre" in html_of(app) and "You: jazz" in words(app)
    room.open_clip(3, 1000.0)
    room.close_clip()
    app.run()
    assert "You: no answer" in words(app)
    room.finish()
    app.run()
    assert app.metric[0].label == "You" and app.metric[0].value.endswith("of 1 correct")
    other = replace(config, number=4822)
    room.go_on(other)
    made(app.run())
    assert app.session_state[Keys.QUIZ] == other


def test_a_player_can_see_the_answers_of_the_class(app: AppTest, config: QuizConfig) -> None:
    opened(app, config)
    for clip in range(5):
        room_of(config).answer("somebody else", clip, quiz_of(config).clips[clip].true_genre)
    answer_all(app, "jazz")
    assert app.metric[0].label == "You"
    app.segmented_control(key="quiz_whose").set_value("All answers").run()
    assert app.metric[0].label == "The class"


def test_a_quiz_is_joined_by_its_number(app: AppTest, config: QuizConfig) -> None:
    room_of(config)
    app.run()
    app.number_input(key="quiz_number").set_value(4820)
    press(app, "Join")
    assert "There is no quiz 4820" in app.error[0].value
    app.number_input(key="quiz_number").set_value(4821)
    press(app, "Join")
    made(app)
    assert app.session_state[Keys.QUIZ] == config
    assert app.query_params["quiz"] == "4821"


def test_a_quiz_goes_on_after_a_visit_to_another_page(app: AppTest, config: QuizConfig) -> None:
    opened(app, config)
    press(app, "jazz")
    press(app, "Next clip")
    app.switch_page("pages/start.py").run()
    app.switch_page("pages/quiz.py").run()
    made(app)
    assert app.get("progress")[0].proto.text == "Clip 2 of 5"


def test_playing_again_is_another_quiz_and_leaving_returns_to_the_settings(app: AppTest, config: QuizConfig) -> None:
    opened(app, config)
    answer_all(app, "jazz")
    press(app, "Play again with other clips")
    made(app)
    other = app.session_state[Keys.QUIZ]
    assert replace(other, number=4821) == config and other.number != 4821
    press(app, "Leave quiz")
    assert app.session_state[Keys.QUIZ] is None
    assert "Join" in labels(app)
    assert "quiz" not in app.query_params


@pytest.mark.parametrize(
    "parameters",
    [
        {"quiz": "x"},
        {"quiz": "77"},
        {"quiz": "7", "clips": "99", "segments": "1", "run": RUN},
        {"quiz": "7", "clips": "5", "segments": "1", "run": "nothing"},
    ],
)
def test_a_wrong_address_is_one_error(app: AppTest, parameters: dict[str, str]) -> None:
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert "Join" in labels(app)


def test_without_a_playable_clip_it_says_so_and_can_be_tried_again(app: AppTest, music: Path, home: Path) -> None:
    for name, value in to_query(QuizConfig(RUN, 4821)).items():
        app.query_params[name] = value
    run_until(app, lambda app: bool(app.error))
    assert "enter the folder of its audio" in app.error[0].value
    app.segmented_control(key="quiz_songs_False").set_value("Test set of the run").run()
    app.text_input(key="quiz_folder").set_value(str(music)).run()
    opened(app, QuizConfig(RUN, 4821))
