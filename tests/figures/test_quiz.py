"""The figures of a quiz."""

import numpy as np

from genre_core.classroom import Answer, Quiz, QuizClip, QuizResult
from genre_core.figures import quiz as figures

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
