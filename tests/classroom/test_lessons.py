"""The store of lessons: codes, damage, deleting."""

import json
from pathlib import Path

import pytest

from genre_core import storage
from genre_core.classroom import lessons as lessons_module
from genre_core.classroom.lessons import MAX_TEXT_LENGTH, MAX_TITLE_LENGTH, Lesson, Lessons
from genre_core.errors import ConfigError, DamagedFileError


def create(title: str = "Two splits", page: str = "train") -> Lesson:
    return Lessons().create(
        page, title, text="Train both.", parameters={"model": "knn", "split": "track"}, hidden=("split", "seed")
    )


def test_a_lesson_is_opened_as_it_was_created() -> None:
    lesson = create()
    assert Lessons().open(lesson.code) == lesson
    assert (lesson.page, lesson.title, lesson.text) == ("train", "Two splits", "Train both.")
    assert lesson.parameters == {"model": "knn", "split": "track"}
    assert lesson.shows("model") and not lesson.shows("split")


def test_a_code_may_be_typed_in_small_letters_and_with_spaces() -> None:
    lesson = create()
    typed = f" {lesson.code[:3].lower()} {lesson.code[3:].lower()}"
    assert Lessons().open(typed) == lesson


def test_no_two_lessons_have_one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["ACDEFG", "ACDEFG", "ACDEFG", "HJKLMN"])
    monkeypatch.setattr(lessons_module, "new_code", lambda: next(drawn))
    assert [create().code, create().code] == ["ACDEFG", "HJKLMN"]


@pytest.mark.parametrize("code", ["ACDEFG", "../settings", "", "x" * 5000, "ACDEF", "ACDEFGH", "\u0130CDEFG"])
def test_an_unknown_code_is_one_sentence(code: str) -> None:
    create()
    with pytest.raises(ConfigError, match="There is no lesson") as refused:
        Lessons().open(code)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"code": "ACDEFG"}', '{"code": "ACDEFG", "page": "train", "title": ""}']
)
def test_a_damaged_lesson_is_left_out_and_named_when_it_is_opened(content: str) -> None:
    whole = create()
    path = storage.home() / "lessons" / "ACDEFG.json"
    path.write_text(content, encoding="utf-8")
    assert Lessons().of_page("train") == [whole]
    with pytest.raises(DamagedFileError, match=r"ask for a new link.*ACDEFG"):
        Lessons().open("ACDEFG")


def test_a_file_under_another_name_is_damaged() -> None:
    lesson = create()
    folder = storage.home() / "lessons"
    (folder / f"{lesson.code}.json").rename(folder / "ACDEFG.json")
    with pytest.raises(DamagedFileError, match="another lesson"):
        Lessons().open("ACDEFG")


def test_the_lessons_of_a_page_are_listed_newest_first(tmp_path: Path) -> None:
    store = Lessons(tmp_path)
    codes = [store.create("train", title).code for title in ("first", "second")]
    store.create("predict", "another page")
    for code, created in zip(codes, ("2026-11-27T10:00:00+00:00", "2026-11-27T11:00:00+00:00"), strict=True):
        path = tmp_path / f"{code}.json"
        stored = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**stored, "created": created}), encoding="utf-8")
    (tmp_path / "note.json").write_text("{}", encoding="utf-8")
    assert [lesson.title for lesson in store.of_page("train")] == ["second", "first"]


def test_a_deleted_lesson_is_unknown() -> None:
    lesson = create()
    Lessons().delete(lesson.code)
    Lessons().delete(lesson.code)
    Lessons().delete("../settings")
    assert not Lessons().of_page("train")
    with pytest.raises(ConfigError):
        Lessons().open(lesson.code)


@pytest.mark.parametrize(
    ("title", "text", "message"),
    [
        (" ", "", "Enter a title"),
        ("x" * (MAX_TITLE_LENGTH + 1), "", "The title of a lesson has at most"),
        ("x", "x" * (MAX_TEXT_LENGTH + 1), "The text of a lesson has at most"),
    ],
)
def test_a_lesson_has_a_title_and_is_not_too_long(title: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Lessons().create("train", title, text=text)
    assert not Lessons().of_page("train")
