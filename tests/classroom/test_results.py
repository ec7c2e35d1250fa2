"""Results of a quiz: accuracies, agreement, significance and tables."""

import numpy as np
import pytest
from scipy.stats import binomtest

from genre_core.classroom import Answer, Quiz, QuizClip, QuizResult, accuracy_interval


def known_quiz(true_genres: list[int], predicted_genres: list[int]) -> Quiz:
    genres = ("blues", "jazz", "rock")
    return Quiz(
        genres,
        tuple(
            QuizClip(f"{genres[true]}/{i}", 3.0 * i, 3.0, true, 0.1 + 0.7 * np.eye(3)[predicted], b"")
            for i, (true, predicted) in enumerate(zip(true_genres, predicted_genres, strict=True))
        ),
    )


def test_the_result_of_one_player() -> None:
    quiz = known_quiz([0, 1, 2, 0, 1], [0, 1, 2, 0, 2])
    result = QuizResult(quiz, tuple(Answer(0, i, genre) for i, genre in enumerate([0, 1, 1, 0, 2])))
    assert (result.player_evaluation.accuracy, result.run_evaluation.accuracy, result.agreement) == (0.6, 0.8, 0.8)
    np.testing.assert_array_equal(result.player_evaluation.confusion, [[2, 0, 0], [0, 1, 1], [0, 1, 0]])
    np.testing.assert_array_equal(result.run_evaluation.confusion, [[2, 0, 0], [0, 1, 1], [0, 0, 1]])
    assert result.p_value == 1.0
    assert result.comparison("you") == (
        "The model did better than you, but the difference is not statistically significant."
    )
    assert "would occur in 100 of 100 quizzes" in result.p_value_in_words
    assert "no difference can be significant: even 5 to 0 would occur in 6 of 100" in result.p_value_in_words
    table = result.clip_table()
    assert table["answer"].tolist() == ["blues", "jazz", "jazz", "blues", "rock"]
    assert table["correct"].tolist() == [1, 1, 0, 1, 0]


def test_answers_of_several_players_are_pooled() -> None:
    quiz = known_quiz([0, 1], [0, 0])
    answers = [Answer(0, 0, 0), Answer(0, 1, 1), Answer(1, 0, 2), Answer(1, 1, 1), Answer(2, 0, 0)]
    result = QuizResult(quiz, tuple(answers))
    assert result.n_players == 3
    np.testing.assert_allclose(result.player_correct, [2 / 3, 1])
    np.testing.assert_array_equal(result.player_evaluation.confusion, [[2, 0, 1], [0, 2, 0], [0, 0, 0]])
    assert result.agreement == pytest.approx((2 / 3 + 0) / 2)
    assert result.answer_table()["player"].tolist() == [1, 1, 2, 2, 3]
    assert QuizResult(quiz, tuple(reversed(answers))).clip_table().equals(result.clip_table())


def test_only_answered_clips_count_for_players_and_run() -> None:
    result = QuizResult(known_quiz([0, 1, 2], [1, 1, 0]), (Answer(0, 1, 1),))
    assert (result.clips, result.run_evaluation.accuracy, result.player_evaluation.accuracy) == ([1], 1.0, 1.0)
    assert result.comparison("you") == "You and the model did equally well."
    assert result.p_value_in_words == ""


@pytest.mark.parametrize(("ahead", "behind"), [(5, 0), (6, 0), (9, 1), (10, 5)])
def test_for_one_player_the_p_value_is_that_of_mcnemars_test(ahead: int, behind: int) -> None:
    true_genres = [0] * (ahead + behind)
    quiz = known_quiz(true_genres, [1] * ahead + [0] * behind)
    result = QuizResult(quiz, tuple(Answer(0, i, int(i >= ahead)) for i in range(len(true_genres))))
    assert result.p_value == pytest.approx(binomtest(ahead, ahead + behind).pvalue)
    assert ("is statistically significant" in result.comparison("you")) == (result.p_value < 0.05)
    assert result.comparison("the class").startswith("The class did better than the model, ")


def test_the_interval_of_an_accuracy_is_the_exact_binomial_one() -> None:
    for n_correct in range(6):
        expected = binomtest(n_correct, 5).proportion_ci(method="exact")
        found = accuracy_interval(np.arange(5) < n_correct)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
