"""A served dashboard: what visitors see and change of each other's work, and the pages of a class."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import runs
from genre_core.visitors import Visitor, Visitors
from tests.compare_page import add_run, choose, words
from ui import cached, server
from ui.state import Keys

Open = Callable[[str, str], AppTest]
"""Opens a page as the visitor with an id, who is the operator if it is empty."""


@pytest.fixture
def people(home: Path) -> tuple[Visitor, Visitor]:
    """Two visitors: the first has a run that is not shared, one that is, and a trial of a sweep."""
    visitors = Visitors()
    one, two = (visitors.meet(visitors.new_id()) for _ in range(2))
    add_run(home, "private", title="My private run", owner=one.id)
    add_run(home, "shared", title="A run for all", owner=one.id, shared=True)
    add_run(home, "of-operator", title="Prepared by the teacher")
    return one, two


@pytest.fixture
def open_as(visit: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setenv("GENRE_LAB_SERVE", "1")
    monkeypatch.setattr(cached, "trainer", lambda: SimpleNamespace(jobs=[], slowdown=1.0))

    def open_(id_: str, page: str) -> AppTest:
        monkeypatch.setattr(server, "who", lambda cookies: id_)
        return visit(f"pages/{page}.py").run()

    return open_


def titles(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["title"])


def test_a_visitor_sees_the_own_runs_and_those_that_are_shared(people: tuple[Visitor, Visitor], open_as: Open) -> None:
    one, two = people
    own, others = titles(open_as(one.id, "compare")), titles(open_as(two.id, "compare"))
    assert {"My private run", "A run for all"} <= set(own)
    assert "A run for all" in others and "My private run" not in others
    assert "Prepared by the teacher" not in own + others  # not shared either
    assert {"My private run", "A run for all", "Prepared by the teacher"} <= set(titles(open_as("", "compare")))


def test_the_table_says_whose_each_run_is(people: tuple[Visitor, Visitor], open_as: Open) -> None:
    def owners(id_: str) -> dict[str, str]:
        table = open_as(id_, "compare").dataframe[0].value
        return dict(zip(table["title"], table["owner"], strict=True))

    one, two = people
    assert owners(one.id)["My private run"] == "You" and owners(one.id)["A run for all"] == "You, shared"
    assert owners(two.id)["A run for all"] == "Class"
    assert owners("")["My private run"].startswith("Visitor ") and owners("")["Prepared by the teacher"] == "You"


@pytest.mark.parametrize("page", ["evaluate", "predict", "quiz"])
def test_an_address_opens_no_run_of_another(people: tuple[Visitor, Visitor], open_as: Open, page: str) -> None:
    _, two = people
    app = open_as(two.id, "start")
    app.switch_page(f"pages/{page}.py")
    app.query_params["run"] = "private"
    app.run()
    assert not app.exception
    assert app.selectbox(key="run_picker").value != "private"
    assert "My private run" not in words(app) + str(app.selectbox(key="run_picker").options)


def test_a_quiz_on_the_run_of_another_is_not_made(people: tuple[Visitor, Visitor], open_as: Open) -> None:
    _, two = people
    app = open_as(two.id, "start")
    app.switch_page("pages/quiz.py")
    app.query_params |= {"quiz": "1234", "run": "private", "clips": "5", "segments": "1", "songs": "synthetic"}
    app.run()
    assert not app.exception and app.session_state[Keys.QUIZ] is None
    assert any("does not exist" in error.value for error in app.error)


def test_a_run_of_another_is_told_as_one_that_does_not_exist(people: tuple[Visitor, Visitor], open_as: Open) -> None:
    _, two = people
    app = open_as(two.id, "compare")
    app.session_state[Keys.COMPARED] = ["private"]
    app.run()
    assert not app.exception and app.session_state[Keys.COMPARED] == []


def test_what_is_shared_can_not_be_changed_by_others(people: tuple[Visitor, Visitor], open_as: Open) -> None:
    one, two = people
    app = choose(open_as(two.id, "compare"), "shared")
    assert app.button(key="compare_edit").disabled and app.button(key="compare_delete").disabled
    assert not app.toggle
    assert "Only the visitor who trained a run" in words(app)
    app = choose(open_as(one.id, "compare"), "shared")
    assert not app.button(key="compare_edit").disabled and not app.button(key="compare_delete").disabled


def test_the_owner_shares_a_run_and_takes_it_back(people: tuple[Visitor, Visitor], open_as: Open) -> None:
    one, two = people
    app = choose(open_as(one.id, "compare"), "private")
    app.toggle(key="compare_share_private").set_value(True).run()
    assert runs.run_info("private").shared and "My private run" in titles(open_as(two.id, "compare"))
    app = choose(open_as(one.id, "compare"), "private")
    app.toggle(key="compare_share_private").set_value(False).run()
    assert not runs.run_info("private").shared and "My private run" not in titles(open_as(two.id, "compare"))


def test_a_page_of_a_former_visitor_changes_nothing(
    people: tuple[Visitor, Visitor], open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that was drawn for its owner, used after the browser became another visitor."""
    one, two = people
    app = choose(open_as(one.id, "compare"), "private")
    toggle = app.toggle(key="compare_share_private")
    monkeypatch.setattr(server, "who", lambda cookies: two.id)
    toggle.set_value(True).run()
    assert not runs.run_info("private").shared
    app.session_state[Keys.DATASET] = "of the former visitor"
    app = app.switch_page("app.py").run()  # AppTest runs the frame of the pages with the first page only
    assert app.session_state[Keys.WHO] == two
    assert Keys.COMPARED not in app.session_state and app.session_state[Keys.DATASET] is None


def test_the_operators_page_is_for_the_operator(people: tuple[Visitor, Visitor], open_as: Open) -> None:
    for visitor in people:
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            open_as(visitor.id, "operator")
    app = open_as("", "operator")
    assert not app.exception
    assert {metric.label: metric.value for metric in app.metric}["Visitors"] == "2"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "who", lambda cookies: people[0].id)
        assert "Visitors" not in {metric.label for metric in app.run().metric}


def test_on_localhost_nothing_of_a_class_is_shown(home: Path, visit: Callable[[str], AppTest]) -> None:
    add_run(home, "mine")
    app = choose(visit("pages/compare.py").run(), "mine")
    assert not app.toggle and "owner" not in app.dataframe[0].value.columns
    assert not app.button(key="compare_edit").disabled


def test_a_browser_without_cookies_is_told_that_its_work_is_lost(
    visit: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENRE_LAB_SERVE", "1")
    app = visit("pages/classroom.py").run()
    assert not app.exception
    assert "keeps no cookies" in words(app)


def test_a_visitor_is_shown_the_code_and_what_is_private(people: tuple[Visitor, Visitor], open_as: Open) -> None:
    one, _ = people
    app = open_as(one.id, "classroom")
    assert [code.value.replace("-", "") for code in app.code] == [one.code]
    assert "visible to you" in words(app) and "24 hours" in words(app)
    assert not open_as("", "classroom").code
