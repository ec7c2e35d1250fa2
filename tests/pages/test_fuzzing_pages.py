"""Changed uploads and random addresses through the pages: each ends in a result or in messages of one sentence.

A few cases here, and more by `make soak`; a case is made by its number alone.
"""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core.classroom import QuizConfig, uploads
from tests import changed_uploads
from tests.test_fuzzing import is_one_sentence
from tests.test_fuzzing_texts import random_name, random_query
from tests.waiting import predicted, run_until
from ui import cached
from ui.quiz.address import to_query

Visit = Callable[[str], AppTest]
CASES, SOAK_CASES = 4, 40
"""Number of cases of each page."""
ADDRESSES = {
    "train": {
        "model": "mlp",
        "features": "paper",
        "layers": "512,256",
        "split": "track",
        "test_size": "0.33",
        "seed": "0",
    },
    "evaluate": {"run": "paper-track"},
    "predict": {"run": "two-networks"},
    "quiz": to_query(QuizConfig("two-networks", 1234, source="synthetic")),
}


@pytest.fixture(autouse=True)
def idle_trainer(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trainer without a worker process."""
    monkeypatch.setattr(cached, "trainer", lambda: SimpleNamespace(jobs=[], slowdown=1.0))


def check_page(app: AppTest, case: str) -> bool:
    """Whether a page shows no error; what it shows is a sentence."""
    assert not app.exception, (case, app.exception)
    for error in app.error:
        assert is_one_sentence(error.value), (case, error.value)
    return not app.error


def upload_song(visit: Visit, number: int) -> bool:
    for song in uploads.list_uploads(""):  # the page shows the songs of earlier cases too
        uploads.remove("", song.id)
    _, content = changed_uploads.audio(np.random.default_rng([11, number]))
    app = visit("pages/predict.py")
    app.run()
    app.file_uploader[0].set_value([("song.mp3", content, "")])
    return check_page(predicted(app), f"song {number}")


def upload_table(visit: Visit, number: int) -> bool:
    rng = np.random.default_rng([12, number])
    name, content = list(changed_uploads.KINDS.values())[1 + number % 3](rng)
    app = visit("pages/explore.py")
    app.run()
    app.segmented_control(key="picker_source").set_value("Table").run()
    app.file_uploader[0].set_value((name, content, ""))
    return check_page(predicted(app), f"table {number}")


def open_address(visit: Visit, number: int) -> bool:
    rng = np.random.default_rng([13, number])
    page = sorted(ADDRESSES)[number % len(ADDRESSES)]
    app = visit(f"pages/{page}.py")
    query = random_query([ADDRESSES[page]], rng) | {random_name(rng): "x"}
    for name, value in query.items():  # no browser sends half of a surrogate pair
        app.query_params[name.encode(errors="replace").decode()] = value.encode(errors="replace").decode()
    return check_page(run_until(app, is_ready), f"address {number}")


def is_ready(app: AppTest) -> bool:
    """Whether a page waits for nothing, or a quiz has begun, which shows how far it is."""
    return not app.get("progress") or any(button.label == "Leave quiz" for button in app.button)


KINDS = {"songs": upload_song, "tables": upload_table, "addresses": open_address}


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_shows_a_result_or_a_sentence(visit: Visit, kind: str) -> None:
    for number in range(CASES):
        KINDS[kind](visit, number)


@pytest.mark.soak
def test_many_uploads_and_addresses_on_pages(visit: Visit) -> None:
    for kind, check in KINDS.items():
        used = sum(check(visit, number) for number in range(CASES, CASES + SOAK_CASES))
        assert used
        print(f"\n{kind} on pages: {SOAK_CASES} cases, {used} without a message")
