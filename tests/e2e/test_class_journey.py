"""A lesson with a class in real browsers: an operator and students, a lesson link, and a challenge up to its reveal."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import assert_fits, go, new_context, settled
from tests.e2e.conftest import TOKEN

pytestmark = pytest.mark.e2e
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class People:
    """The browsers of a class; each is closed at the end."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.browser, self.server = browser, server
        self.contexts: list[BrowserContext] = []

    def visitor(self, *, phone: bool = False, path: str = "/") -> Page:
        """A new browser, on a page."""
        context = new_context(self.browser, viewport=PHONE if phone else WIDE, base_url=self.server)
        self.contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    def operator(self) -> Page:
        """The operator's browser, which has opened the operator's link."""
        page = self.visitor(path=f"/enter#{TOKEN}")
        page.get_by_role("heading", name="Genre Lab").wait_for()
        assert TOKEN not in page.url
        return page


@pytest.fixture
def people(browser: Browser, class_server: str) -> Iterator[People]:
    people = People(browser, class_server)
    yield people
    for context in people.contexts:
        for page in context.pages:
            assert page.get_by_test_id("stException").count() == 0
        context.close()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where GENRE_LAB_PICTURES names a folder."""
    if folder := os.environ.get("GENRE_LAB_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box."""
    page.get_by_role("combobox", name=re.compile(label)).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def train(page: Page, model: str) -> None:
    """Train a quick model with what is set up."""
    choose(page, "Model", model)
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("Training complete")).to_be_visible()
    settled(page)


def take_part(page: Page, code: str, nickname: str, model: str) -> None:
    """Enter a challenge, and train a run on its dataset."""
    page.goto(f"/class?challenge={code}")
    page.get_by_role("textbox", name="Nickname").fill(nickname)
    page.get_by_role("button", name="Take part").click()
    expect(page.get_by_text(f"You take part as {nickname}")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Use its dataset in Train").click()
    page.get_by_role("heading", name="Train", exact=True).wait_for()
    settled(page)
    train(page, model)


def submit(page: Page, code: str) -> None:
    """Reload the page, which loses no run, and submit the newest to a challenge."""
    page.goto(f"/class?challenge={code}")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("The last one has an accuracy of")).to_be_visible()


def open_challenge(operator: Page, title: str) -> str:
    """Open a challenge on the bundled dataset; returns its code."""
    go(operator, "Class")
    settled(operator)
    operator.get_by_text("Open a new challenge").click()
    settled(operator)
    operator.get_by_role("textbox", name="Title").fill(title)
    operator.get_by_role("textbox", name="Title").press("Enter")
    settled(operator)
    operator.get_by_role("button", name="Open challenge").click()
    place = operator.get_by_text(re.compile(r"^Code [A-Z0-9]{6} · "))
    place.wait_for()
    return place.inner_text().split()[1]


def test_a_lesson_is_played_through(people: People) -> None:
    operator = people.operator()
    go(operator, "Train")
    settled(operator)
    operator.get_by_text("Lesson link", exact=True).click()
    settled(operator)
    operator.get_by_role("textbox", name="Title").fill("Neighbors")
    operator.get_by_role("textbox", name="Title").press("Enter")
    settled(operator)
    operator.get_by_role("button", name="Create the lesson link").click()
    link = operator.get_by_text(re.compile(r"/train\?lesson=[A-Z0-9]{6}$"))
    link.wait_for()
    picture(operator, "lesson-operator")
    student = people.visitor(phone=True, path=f"/train?lesson={link.inner_text().rpartition('=')[2]}")
    expect(student.get_by_text("Neighbors", exact=True)).to_be_visible()
    assert_fits(student)
    picture(student, "lesson-student")

    code = open_challenge(operator, "Who tunes best?")
    picture(operator, "challenge-operator")
    first, second = people.visitor(), people.visitor(phone=True)
    take_part(first, code, "Ada", "k-nearest neighbors")
    go(first, "Class")
    first.get_by_text("Go on in another browser").click()
    own_code = first.get_by_text(re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$")).inner_text()
    picture(first, "challenge-student")
    run_address = first.get_by_role("link", name="Evaluate", exact=True).first
    run_address.click()
    first.wait_for_url(re.compile(r"run=knn-"))
    name = first.url.partition("run=")[2].partition("&")[0]
    first.context.close()  # in the middle
    people.contexts.remove(first.context)

    take_part(second, code, "Grace", "Linear discriminant analysis (LDA)")
    submit(second, code)
    assert_fits(second)
    picture(second, "challenge-student")
    second.goto(f"/evaluate?run={name}")  # not theirs
    expect(second.get_by_text(re.compile(f"{name}.* was not found"))).to_be_visible()
    second.goto("/operator")
    expect(second.get_by_text("Page not found")).to_be_visible()
    assert second.request.get("/class.zip").status == 404

    again = people.visitor(path="/enter")
    again.get_by_label("Code").fill(own_code.lower())
    again.get_by_role("button", name="Go on").click()
    again.get_by_role("heading", name="Genre Lab").wait_for()
    submit(again, code)
    expect(again.get_by_text("You take part as Ada")).to_be_visible()
    for page in (operator, second):
        page.goto(f"/class?challenge={code}")
        expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    assert "Test accuracy" not in again.content()
    picture(operator, "challenge-board")

    operator.get_by_role("button", name="Reveal results").click()
    operator.get_by_role("button", name="Reveal now").click()
    for page in (operator, second, again):
        expect(page.get_by_text("Results on the test set")).to_be_visible()
        settled(page)
        picture(page, f"challenge-results-{'operator' if page is operator else 'student'}")
    assert_fits(second)


def test_who_leaves_a_shared_computer_is_a_new_visitor(people: People) -> None:
    page = people.visitor(path="/class")
    page.get_by_text("Go on in another browser").click()
    codes = page.get_by_text(re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$"))
    before = codes.inner_text()
    page.get_by_role("link", name="This isn't me").click()
    page.get_by_role("button", name="Start afresh").click()
    page.get_by_role("heading", name="Genre Lab").wait_for()
    go(page, "Class")
    page.get_by_text("Go on in another browser").click()
    expect(codes).to_be_visible()
    assert codes.inner_text() != before


def test_the_operator_ends_the_class(people: People, tmp_path: Path) -> None:
    people.visitor(path="/compare").get_by_role("heading", name="Compare", exact=True).wait_for()
    operator = people.operator()
    go(operator, "Operator")
    settled(operator)
    operator.get_by_role("button", name="Make the ZIP file").click()
    with operator.expect_download() as download:
        operator.get_by_role("link", name="Download the ZIP file of the class").click()
    download.value.save_as(tmp_path / "class.zip")
    assert (tmp_path / "class.zip").read_bytes()[:2] == b"PK"
    picture(operator, "operator-end")
    operator.get_by_role("button", name="Delete the work of the class").click()
    operator.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(operator.get_by_role("button", name="Make the ZIP file")).to_be_visible()
    assert operator.request.get("/class.zip").status == 404
