"""The challenge on the page Class: an operator and two students, from opening to the reveal."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import runs, storage
from genre_core.classroom import challenges
from genre_core.classroom.challenges import SPLIT, Challenge, ChallengeConfig, files
from genre_core.datasets import Dataset
from genre_core.jobs import Workers
from genre_core.models.config import make_config
from genre_core.training import Trainer
from genre_core.visitors import OPERATOR, Visitor
from tests.page_text import plain
from tests.waiting import PATIENCE_S, run_until
from ui import cached, visitors
from ui.cached import challenges as calls
from ui.state import Keys

ANNA, BEN = Visitor("anna"), Visitor("ben")


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """One worker process for all jobs of the page."""
    workers = Workers(1)
    for name in ("workers", "background_workers"):
        monkeypatch.setattr(calls, name, lambda: workers)
    yield workers
    workers.close()


def part_of_the_page() -> None:
    from ui import challenge, state

    state.start()
    challenge.show()


class Class:
    """The visitors of a class, each with a page of their own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._pages: dict[str, AppTest] = {}

    def page(self, visitor: Visitor) -> AppTest:
        """The page of a visitor, who is the one of the session from now on."""
        self._monkeypatch.setattr(visitors, "current", lambda: visitor)
        return self._pages.setdefault(visitor.id, AppTest.from_function(part_of_the_page, default_timeout=PATIENCE_S))


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch, workers: Workers, home: Path) -> Iterator[Class]:
    st.cache_resource.clear()
    yield Class(monkeypatch)
    st.cache_resource.clear()


def click(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    """Everything that a page shows, with tables, figures and choices."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error")
    shown = [plain(str(getattr(element, "value", ""))) for kind in kinds for element in app.get(kind)]
    shown += [table.value.to_string() for table in app.dataframe]
    shown += [str(choice.options) for choice in app.selectbox]
    shown += [str(element.proto) for kind in ("plotly_chart", "download_button") for element in app.get(kind)]
    return "\n".join(shown)


def enter(app: AppTest, code: str, nickname: str) -> AppTest:
    app.query_params["challenge"] = code.lower()
    app.run()
    app.text_input(key="class_nickname").set_value(nickname)
    return click(app, "Take part")


def train(trainer: Trainer, code: str, visitor: Visitor, model: str) -> str:
    job = trainer.start(challenges.student_dataset(code), make_config(model, {}), SPLIT, owner=visitor.id)
    return job.result().info.name


def submit(app: AppTest) -> AppTest:
    click(app, "Submit")
    return run_until(app, lambda app: "of 50" in texts(app))


def open_challenge(app: AppTest, title: str = "Who tunes best?") -> Challenge:
    app.run()
    app.text_input(key="class_title").set_value(title)
    click(app, "Open challenge")
    (challenge,) = challenges.list_challenges()
    assert isinstance(challenge, Challenge)
    return challenge


def test_a_challenge_from_opening_to_the_reveal(pages: Class, trainer: Trainer) -> None:
    operator = pages.page(OPERATOR)
    code = open_challenge(operator).code
    assert "Who tunes best?" in texts(operator) and code in texts(operator)
    for visitor, nickname, model in ((ANNA, "Anna", "lda"), (BEN, "Ben", "knn")):
        app = enter(pages.page(visitor), code, nickname)
        assert f"You take part as {nickname}." in texts(app)
        assert "You have no run to submit yet" in texts(app)
        train(trainer, code, visitor, model)
        submit(app.run())
    board = pages.page(OPERATOR).run().dataframe[0].value
    assert set(board["Student"]) == {"Anna", "Ben"}
    assert list(board["Submissions"]) == [1, 1]
    assert board["Difference from the leader"][0] == "Leader"
    assert "chance" in board["Difference from the leader"][1]

    click(pages.page(OPERATOR), "Reveal now")
    run_until(pages.page(OPERATOR), lambda app: "Results on the test set" in texts(app))
    for visitor in (ANNA, BEN, OPERATOR):
        app = pages.page(visitor).run()
        shown = app.dataframe[0].value
        assert shown["Rank"][0] == 1 and set(shown["Student"]) == {"Anna", "Ben"}
        assert "On average, the accuracy" in texts(app)
        assert not [button for button in app.button if button.label in ("Submit", "Reveal now", "Close submissions")]


def test_before_the_reveal_nothing_of_the_test_set_is_anywhere(
    pages: Class, trainer: Trainer, bundled: Dataset, home: Path
) -> None:
    operator = pages.page(OPERATOR)
    challenge = open_challenge(operator)
    folder = storage.home() / "challenges" / challenge.code
    app = enter(pages.page(ANNA), challenge.code, "Anna")
    name = train(trainer, challenge.code, ANNA, "lda")
    submit(app.run())
    click(pages.page(OPERATOR), "Close submissions")
    test = files.read_dataset(folder / "test_set.npz", challenge)
    known = {row.tobytes(): track for row, track in zip(bundled.values, bundled.track.tolist(), strict=True)}
    names = {known[row.tobytes()] for row in test.values}
    assert len(names) == 30

    # What students get, and where their runs are listed.
    dataset = challenges.student_dataset(challenge.code)
    assert not {row.tobytes() for row in dataset.values} & {row.tobytes() for row in test.values}
    visible = [dataset.to_frame().drop(columns=list(dataset.columns)).to_csv()]
    infos = {info.name: info for info in runs.list_runs()}
    visible.append(repr(infos[name]))
    run = runs.load_run(name)
    assert not run.seen(test.values).any()
    assert set(run.evaluation().track.tolist()) <= set(dataset.track.tolist())
    visible += [path.read_text() for path in run.folder.glob("*.json")]
    # The files of the challenge beside the test set, what the board gives, pages, and addresses.
    for path in folder.rglob("*"):
        if path.is_file() and path != folder / "test_set.npz":
            content = path.read_bytes()
            assert not any(name.encode() in content for name in names), path
            assert not any(np.ascontiguousarray(row).tobytes() in content for row in test.values[::50]), path
    visible += [path.read_text() for path in folder.rglob("*.json")]
    visible.append(json.dumps(cached.challenge_board(challenge.code).to_frame().to_dict()))
    assert cached.challenge_outcome(challenge.code) is None
    for visitor in (ANNA, BEN, OPERATOR):
        app = pages.page(visitor)
        app.query_params["challenge"] = challenge.code
        app.run()
        visible += [texts(app), repr(app.query_params), repr(app.session_state)]
        assert not app.get("download_button")
    score = accuracy_on(run, test)
    for text in visible:
        assert not [name for name in names if name in text or name.partition("/")[2] in text]
        assert f"{100 * score:.1f} %" not in text.replace("\u00a0", " ")
        assert not [word for word in ("Test accuracy", "test_accuracy", 'seed": 4') if word in text]


def accuracy_on(run: Any, test: Dataset) -> float:
    return float((np.array(run.info.genres)[run.probabilities(test.values).argmax(axis=1)] == test.genre).mean())


def test_students_see_neither_the_operator_s_buttons_nor_a_list_of_challenges(pages: Class) -> None:
    code = open_challenge(pages.page(OPERATOR), "Mine").code
    app = pages.page(ANNA).run()
    assert "Mine" not in texts(app) and code not in texts(app)
    enter(app, code, "Anna")
    labels = {button.label for button in app.button}
    assert not labels & {"Reveal now", "Close submissions", "Remove", "Delete challenge", "Open challenge"}


def test_a_wrong_code_and_a_taken_nickname_are_refused_in_a_sentence(pages: Class) -> None:
    code = open_challenge(pages.page(OPERATOR)).code
    app = pages.page(ANNA).run()
    app.text_input[0].set_value("<b>x</b>")
    click(app, "Open")
    assert "There is no challenge" in plain(app.error[0].value)
    enter(app, code, "Anna")
    other = enter(pages.page(BEN), code, "ANNA")
    assert "The nickname 'ANNA' is taken, or looks like one that is; choose another." in plain(other.error[0].value)
    assert [student.owner for student in challenges.students(code)] == ["anna"]


def test_the_operator_removes_a_student_and_deletes_the_challenge(pages: Class) -> None:
    code = open_challenge(pages.page(OPERATOR)).code
    enter(pages.page(ANNA), code, "Anna")
    app = pages.page(OPERATOR).run()
    assert "Without a submission: Anna." in texts(app)
    click(app, "Remove")
    assert challenges.students(code) == ()
    assert pages.page(ANNA).run().text_input(key="class_nickname").label == "Nickname"
    click(pages.page(OPERATOR), "Delete challenge")
    assert challenges.list_challenges() == []
    assert "There is no challenge" in plain(pages.page(ANNA).run().error[0].value)


def test_a_damaged_challenge_is_named_and_can_be_deleted(pages: Class, bundled: Dataset) -> None:
    challenge = challenges.open_challenge(bundled, ChallengeConfig("Damaged"))
    (storage.home() / "challenges" / challenge.code / "challenge.json").write_text("{}")
    app = pages.page(OPERATOR).run()
    assert "challenge.json is damaged" in texts(app)
    click(app, "Delete challenge")
    assert challenges.list_challenges() == []


def test_names_are_shown_literally(pages: Class, bundled: Dataset) -> None:
    challenge = challenges.open_challenge(bundled, ChallengeConfig("**<b>x</b>** :material/home:"))
    app = pages.page(ANNA)
    app.query_params["challenge"] = challenge.code
    app.run()
    assert not [one for one in app.markdown if "<b>x</b>" in one.value]
    assert not app.exception


def test_its_dataset_is_used_in_train_with_its_split(
    pages: Class, bundled: Dataset, trainer: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = challenges.open_challenge(bundled, ChallengeConfig("Test"))
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    app = AppTest.from_file("../../../app.py", default_timeout=PATIENCE_S)
    app.session_state[Keys.DATASET] = cached.challenge_dataset(challenge)
    app.run()
    app.query_params.update({"model": "mlp", "features": "paper", "split": "column"})
    app.switch_page("pages/train.py").run()
    assert not app.exception and not app.error and not app.warning
    assert app.radio(key="train_split").value == "column"
    app.selectbox(key="train_model").set_value("lda").run()
    click(app, "Start training")
    run = app.session_state[Keys.TRAINING].result()
    assert challenges.unsuitable(challenge, "", run.info) is None
    app.run()
    assert "validation set of a predefined split" in texts(app)


@pytest.fixture(autouse=True)
def no_second_reveal() -> Callable[[], None]:
    """Forget the reveals of earlier tests."""
    cached.reveals().clear()
    return cached.reveals().clear
