"""The figures of a quiz."""

import numpy as np

from genre_core.classroom import Answer, Quiz, QuizClip, QuizResult, accuracy_interval
from genre_core.figures import quiz as figures
from tests.page_text import plain

GENRES = ("blues", "jazz", "rock")


def test_both_confusion_matrices_have_one_color_scale() -> None:
    clips = [QuizClip(f"{GENRES[i]}/1", 0.0, 3.0, i, np.eye(3)[i], b"") for i in (0, 0, 1)]
    answers = (Answer(0, 0, 0), Answer(0, 1, 1), Answer(0, 2, 2))
    players, run = figures.confusions(QuizResult(Quiz(GENRES, tuple(clips)), answers))
    assert players.data[1].z[0][0] == 0.5
    assert run.data[1].z[0][0] == 1.0
    assert players.layout.xaxis.ticktext == run.layout.xaxis.ticktext == GENRES
    assert players.layout.xaxis.title.text == "Answer"
    assert run.layout.xaxis.title.text == "Predicted genre"
    assert "1 of 2" in players.data[-1].hovertext[0] and "answers" in players.data[-1].hovertext[0]
    assert "2 of 2" in run.data[-1].hovertext[0] and "clips" in run.data[-1].hovertext[0]


def test_the_answers_of_a_class_name_the_true_genre_and_the_prediction_in_words() -> None:
    quiz = Quiz(GENRES, (QuizClip("jazz/1", 0.0, 3.0, 1, np.array([0.1, 0.2, 0.7]), b""),))
    (bars,) = figures.answers(quiz, 0, [3, 12, 0]).data
    assert bars.text == ("3", "12 · <b>true genre</b>", "0 · model")
    assert bars.y == GENRES and bars.x == (3, 12, 0)
    assert plain(bars.hovertext[0]) == "blues: 3 answers (20 %)"


def test_people_and_the_model_are_compared_with_intervals() -> None:
    clips = [QuizClip(f"{GENRES[i]}/1", 0.0, 3.0, i, np.eye(3)[i], b"") for i in (0, 0, 1)]
    result = QuizResult(Quiz(GENRES, tuple(clips)), (Answer(0, 0, 0), Answer(0, 1, 1), Answer(0, 2, 2)))
    players, run = figures.scores(result, "You").data
    assert (players.x, run.x) == ((1 / 3,), (1.0,))
    interval = accuracy_interval(result.player_correct)
    assert players.error_x.array[0] == interval.high - 1 / 3 and players.error_x.arrayminus[0] == 1 / 3 - interval.low
    assert players.marker.symbol != run.marker.symbol
