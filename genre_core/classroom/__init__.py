"""Genre Lab in a class: a quiz that players and a run answer together.

`QuizConfig` names a quiz, `make_quiz` makes its clips (`Quiz`, `QuizClip`), `QuizRooms` holds the quizzes of a server,
each in a `QuizRoom` with the `Answer`s of its players, and `QuizResult` compares these with the predictions of the run.
"""

from genre_core.classroom.clips import make_quiz, prepare_quiz
from genre_core.classroom.quiz import (
    CLIP_COUNTS,
    CLIP_SOURCES,
    HIGHEST_NUMBER,
    SEGMENT_COUNTS,
    Answer,
    ClipSource,
    Quiz,
    QuizClip,
    QuizConfig,
)
from genre_core.classroom.results import QuizResult, accuracy_interval
from genre_core.classroom.room import ROUND_SECONDS, QuizRoom, Round
from genre_core.classroom.rooms import QuizRooms
from genre_core.classroom.song_clips import example_songs, synthetic_songs

__all__ = [
    "CLIP_COUNTS",
    "CLIP_SOURCES",
    "HIGHEST_NUMBER",
    "ROUND_SECONDS",
    "SEGMENT_COUNTS",
    "Answer",
    "ClipSource",
    "Quiz",
    "QuizClip",
    "QuizConfig",
    "QuizResult",
    "QuizRoom",
    "QuizRooms",
    "Round",
    "accuracy_interval",
    "example_songs",
    "make_quiz",
    "prepare_quiz",
    "synthetic_songs",
]
