"""Genre Lab in a class: a quiz that players and a run answer together.

`QuizConfig` names a quiz, `make_quiz` makes its clips (`Quiz`, `QuizClip`), `QuizRooms` holds the quizzes of a server
and the `Answer`s of their players, and `QuizResult` compares these with the predictions of the run.
"""

from genre_core.classroom.clips import make_quiz, prepare_quiz, synthetic_songs
from genre_core.classroom.quiz import (
    CLIP_COUNTS,
    HIGHEST_NUMBER,
    SEGMENT_COUNTS,
    Answer,
    Quiz,
    QuizClip,
    QuizConfig,
)
from genre_core.classroom.results import QuizResult, accuracy_interval
from genre_core.classroom.rooms import QuizRoom, QuizRooms

__all__ = [
    "CLIP_COUNTS",
    "HIGHEST_NUMBER",
    "SEGMENT_COUNTS",
    "Answer",
    "Quiz",
    "QuizClip",
    "QuizConfig",
    "QuizResult",
    "QuizRoom",
    "QuizRooms",
    "accuracy_interval",
    "make_quiz",
    "prepare_quiz",
    "synthetic_songs",
]
