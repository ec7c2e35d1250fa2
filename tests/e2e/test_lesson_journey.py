"""A lesson link of Train in a real browser: a teacher makes it, and a student on a phone opens it."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import assert_fits, new_context, settled

pytestmark = pytest.mark.e2e

SETUP = "model=knn&features=paper&neighbors=15&weights=uniform&metric=euclidean&scaling=standard&split=track&seed=0"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_student_sees_only_what_the_teacher_chose(
    unchanged_server: str, page: Page, browser: Browser, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{unchanged_server}/train?{SETUP}")
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    settled(page)
    page.get_by_text("Lesson link", exact=True).click()
    title = page.get_by_role("textbox", name="Title")
    expect(title).to_be_visible()
    settled(page)
    chosen = page.locator("[class*=st-key-lesson_visible_train]")
    chosen.get_by_label("Clear all").click()
    settled(page)
    for label in ("Split", "Number of neighbors"):
        chosen.get_by_role("combobox").fill(label)
        page.get_by_role("option", name=label, exact=True).click()
        settled(page)
    page.keyboard.press("Escape")
    title.fill("Random or track split?")
    page.get_by_role("textbox", name="Text for the students").fill("Train with each split. Which one is honest?")
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name="Create the lesson link").click()
    link = page.locator("code").filter(has_text="train?lesson=")
    expect(link).to_be_visible()
    settled(page)
    assert_fits(page)
    address = link.inner_text()

    context = new_context(browser, viewport={"width": width, "height": 844})
    student = context.new_page()
    student.goto(f"{unchanged_server}/train?{urlsplit(address).query}&seed=7")
    expect(student.get_by_text("Random or track split?")).to_be_visible()
    expect(student.get_by_role("button", name="Start training")).to_be_visible()
    settled(student)
    assert student.url.endswith(urlsplit(address).query)  # the seed is hidden
    assert_fits(student)
    assert student.get_by_role("slider").count() == 1
    assert student.get_by_role("radiogroup").count() == 1
    for label in ("Change dataset", "Preset", "Seed", "Test size", "Hyperparameter sweep"):
        assert student.get_by_text(label, exact=True).count() == 0, label
    student.locator("[data-testid=stRadio]").get_by_text("Random", exact=True).click()
    student.wait_for_url(re.compile("split=random"))
    settled(student)
    student.reload()
    expect(student.get_by_role("radio", name="Random")).to_be_checked()
    settled(student)
    student.get_by_role("button", name="Leave the lesson").click()
    expect(student.get_by_role("spinbutton", name="Seed")).to_have_value("0")
    settled(student)
    assert "lesson=" not in student.url and "split=random" in student.url
    context.close()
