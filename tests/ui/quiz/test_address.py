"""A quiz as an address, there and back."""

from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

from genre_core.classroom import CLIP_SOURCES, Quiz, QuizClip, QuizConfig, QuizRooms
from genre_core.errors import ConfigError
from genre_core.jobs import Job
from tests.ended_jobs import succeeded
from ui.quiz.address import from_query, to_query

VERSION_0_1 = Path(__file__).parents[2] / "data" / "version_0_1" / "addresses.txt"


def submit(config: QuizConfig) -> Job[Quiz]:
    clip = QuizClip("blues/1", 0.0, 3.0, 0, np.array([0.9, 0.1]), b"")
    return succeeded(Quiz(("blues", "jazz"), (clip,) * 5))


def test_an_address_names_its_quiz_in_full_or_by_number() -> None:
    rooms = QuizRooms()
    for source in CLIP_SOURCES:
        config = QuizConfig("lab-cnn", 1234, n_clips=10, n_segments=3, source=source)
        assert from_query(to_query(config), rooms) == config
    rooms.open(config, submit)
    assert from_query({"quiz": str(config.number)}, rooms) == config


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiz": "x"},
        {"quiz": "77"},
        {"quiz": "1", "clips": "5"},
        {"quiz": "1", "clips": "5", "segments": "9", "run": "lab-cnn"},
    ],
)
def test_a_wrong_address_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        from_query(wrong, QuizRooms())


def test_addresses_of_version_0_1_still_open() -> None:
    lines = VERSION_0_1.read_text(encoding="utf-8").splitlines()
    queries = [dict(parse_qsl(line.partition("?")[2])) for line in lines if line.startswith("quiz?")]
    rooms = QuizRooms()
    found = [from_query(parameters, rooms) for parameters in queries if "clips" in parameters]
    assert found == [
        QuizConfig("two-networks", 1234, n_clips=5, n_segments=2, source="synthetic"),
        QuizConfig("logistic-levelled", 4321, n_clips=10, n_segments=3),
    ]
    rooms.open(found[0], submit)
    (by_number,) = (from_query(parameters, rooms) for parameters in queries if "clips" not in parameters)
    assert by_number == found[0]
