"""The part of the page Class with challenges, as the visitors of a class use it."""

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.classroom import challenges
from genre_core.classroom.challenges import SPLIT, Challenge
from genre_core.models.config import make_config
from genre_core.training import Trainer
from genre_core.visitors import Visitor
from tests.page_text import plain
from tests.waiting import PATIENCE_S, run_until
from ui import visitors

ANNA, BEN = Visitor("anna"), Visitor("ben")


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
