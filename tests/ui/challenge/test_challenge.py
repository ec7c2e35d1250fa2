"""The challenge on the page Class: an operator and two students, from opening to the reveal."""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from genre_core import storage
from genre_core.classroom import challenges
from genre_core.classroom.challenges import ChallengeConfig
from genre_core.datasets import Dataset
from genre_core.training import Trainer
from genre_core.visitors import OPERATOR
from tests.page_text import plain
from tests.ui.challenge.visits import ANNA, BEN, Class, click, enter, open_challenge, submit, texts, train
from tests.waiting import PATIENCE_S, run_until
from ui import cached
from ui.state import Keys


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


def test_a_run_that_is_not_offered_can_not_be_submitted(
    pages: Class, trainer: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = open_challenge(pages.page(OPERATOR)).code
    enter(pages.page(BEN), code, "Ben")
    app = enter(pages.page(ANNA), code, "Anna")
    mine, other = (train(trainer, code, visitor, "lda") for visitor in (ANNA, BEN))
    app.run()
    any_text = property(lambda box: WidgetState(id=box.id, string_value=other))  # as a browser may answer
    monkeypatch.setattr(Selectbox, "_widget_state", any_text)
    submit(app)
    assert [submission.run for submission in challenges.submissions(code)] == [mine]


def test_a_reveal_that_was_cut_off_offers_no_opening(pages: Class) -> None:
    code = open_challenge(pages.page(OPERATOR)).code
    challenges.store.begin_reveal(code)
    labels = [button.label for button in pages.page(OPERATOR).run().button]
    assert "Reveal now" in labels and "Open submissions again" not in labels


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
