"""Results of a quiz: accuracy of players and run, the significance of the difference, tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy

from genre_core.classroom.quiz import Answer, Quiz
from genre_core.evaluation import Evaluation, Interval
from genre_core.wording import counted

if TYPE_CHECKING:
    import pandas as pd

_SIGNIFICANT = 0.05
_ROUNDING = 1e-9  # of sums of shares


@dataclass(frozen=True, eq=False)
class QuizResult:
    """The answers of players and the predictions of the run for the same clips.

    Only clips with at least one answer count, for the players and for the run.
    """

    quiz: Quiz
    answers: tuple[Answer, ...]
    """At least one."""

    @cached_property
    def clips(self) -> list[int]:
        """Indices of the answered clips, ascending."""
        return sorted({answer.clip for answer in self.answers})

    @cached_property
    def n_players(self) -> int:
        """Number of players with at least one answer."""
        return len({answer.player for answer in self.answers})

    @cached_property
    def player_evaluation(self) -> Evaluation:
        """Evaluation of the answers, one row per answer."""
        chosen = np.eye(len(self.quiz.genres))[[answer.genre for answer in self.answers]]
        return self.quiz.evaluation([answer.clip for answer in self.answers], chosen)

    @cached_property
    def run_evaluation(self) -> Evaluation:
        """Evaluation of the run's predictions, one row per clip."""
        return self.quiz.evaluation(self.clips, np.array([self.quiz.clips[clip].probabilities for clip in self.clips]))

    @cached_property
    def player_correct(self) -> np.ndarray:
        """Share of correct answers to each clip, shape (clips,)."""
        evaluation = self.player_evaluation
        return self._mean_by_clip(evaluation.predicted == evaluation.labels)

    @cached_property
    def run_correct(self) -> np.ndarray:
        """Whether the prediction for each clip is correct, 0.0 or 1.0, shape (clips,)."""
        return (self.run_evaluation.predicted == self.run_evaluation.labels).astype(float)

    @property
    def agreement(self) -> float:
        """Share of answers that equal the predicted genre, averaged over the clips."""
        predicted = self.run_evaluation.predicted[self._row_of_answer]
        return float(self._mean_by_clip(self.player_evaluation.predicted == predicted).mean())

    @cached_property
    def p_value(self) -> float:
        """Probability of a difference at least this large if players and run were equally good.

        Exact two-sided sign-flip test over the clips (Fisher 1935) on the difference between `player_correct` and
        `run_correct`; for one player this is McNemar's exact test.
        """
        differences = self._differences
        sums = np.zeros(1)
        for difference in differences[differences != 0]:
            sums = np.concatenate([sums + difference, sums - difference])
        return float(np.mean(np.abs(sums) >= abs(differences.sum()) - _ROUNDING))

    def comparison(self, players: str) -> str:
        """Who did better and whether the difference is statistically significant, as a sentence.

        Parameters
        ----------
        players : the subject, in lower case, as in "you" or "the class".
        """
        if self._is_tie:
            return f"{players.capitalize()} and the model did equally well."
        better, worse = (players, "the model") if self._differences.sum() > 0 else ("the model", players)
        significance = "and the difference is" if self.p_value < _SIGNIFICANT else "but the difference is not"
        return f"{better.capitalize()} did better than {worse}, {significance} statistically significant."

    @property
    def p_value_in_words(self) -> str:
        """What the p-value means, in sentences; empty if players and run did equally well."""
        if self._is_tie:
            return ""
        frequency = "fewer than 1" if self.p_value < 0.005 else f"{100 * self.p_value:.0f}"
        sentence = f"With equal skill, a difference at least this large would occur in {frequency} of 100 quizzes."
        n_clips = len(self.clips)
        lowest_p = 2.0 ** (1 - n_clips)
        if lowest_p < _SIGNIFICANT:
            return sentence
        return (
            f"{sentence} With {counted(n_clips, 'clip')} no difference can be significant: "
            f"even {n_clips} to 0 would occur in {100 * lowest_p:.0f} of 100."
        )

    def answer_table(self) -> pd.DataFrame:
        """A row per answer, ordered by player and clip.

        Columns: player and clip (from 1 on), track, start_s, length_s, true_genre, answer, predicted_genre (of the
        run) and its probability.
        """
        import pandas as pd

        names = np.array(self.quiz.genres, dtype=object)
        ordered = sorted(self.answers, key=lambda answer: (answer.player, answer.clip))
        clips = [self.quiz.clips[answer.clip] for answer in ordered]
        return pd.DataFrame(
            {
                "player": [answer.player + 1 for answer in ordered],
                "clip": [answer.clip + 1 for answer in ordered],
                "track": [clip.track for clip in clips],
                "start_s": [round(clip.start_s, 3) for clip in clips],
                "length_s": [round(clip.length_s, 3) for clip in clips],
                "true_genre": names[[clip.true_genre for clip in clips]],
                "answer": names[[answer.genre for answer in ordered]],
                "predicted_genre": names[[clip.predicted_genre for clip in clips]],
                "probability": [float(clip.probabilities.max()) for clip in clips],
            }
        )

    def clip_table(self) -> pd.DataFrame:
        """A row per answered clip.

        Columns: clip (from 1 on), track, true_genre, answer (the most frequent one), correct (share of the answers),
        predicted_genre (of the run) and its probability.
        """
        by_clip = self.answer_table().groupby("clip")
        table = by_clip[["track", "true_genre", "predicted_genre", "probability"]].first()
        table.insert(2, "answer", by_clip["answer"].agg(lambda answers: answers.mode()[0]))
        table.insert(3, "correct", self.player_correct)
        return table.reset_index()

    @property
    def _differences(self) -> np.ndarray:
        """`player_correct` minus `run_correct`, shape (clips,)."""
        return self.player_correct - self.run_correct

    @property
    def _is_tie(self) -> bool:
        return abs(float(self._differences.sum())) < _ROUNDING

    @cached_property
    def _row_of_answer(self) -> np.ndarray:
        """Index into `clips` of each answer, shape (answers,)."""
        return np.searchsorted(self.clips, [answer.clip for answer in self.answers])

    def _mean_by_clip(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self._row_of_answer, values) / np.bincount(self._row_of_answer)


def accuracy_interval(correct: np.ndarray) -> Interval:
    """The exact binomial 95 % confidence interval of an accuracy (Clopper and Pearson 1934).

    Shares between 0 and 1 vary less than single yes-or-no answers, so that the interval is conservative for several
    players.

    Parameters
    ----------
    correct : share of correct answers to each clip, shape (clips,).
    """
    n_clips, n_correct = len(correct), float(correct.sum())
    low = scipy.stats.beta.ppf(0.025, n_correct, n_clips - n_correct + 1) if n_correct > 0 else 0.0
    high = scipy.stats.beta.ppf(0.975, n_correct + 1, n_clips - n_correct) if n_correct < n_clips else 1.0
    return Interval(float(low), float(high))
