"""Names of datasets and genres that mean something in Markdown are shown literally."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.training import Trainer
from tests.evaluate_page import train
from tests.page_text import plain
from ui import cached
from ui.state import Keys

GENRES = ("*a*", "[b](c)", "$d$")
NAME = " ".join(GENRES)
INTERPRETED = re.compile(r"(?<!\\)\*a|(?<!\\)\[b|(?<!\\)\$d")


@pytest.fixture
def dataset() -> Dataset:
    rng = np.random.default_rng(3)
    genre = np.repeat(GENRES, 20)
    track = np.array([f"{name}/{i // 5}" for i, name in enumerate(genre)])
    return Dataset(NAME, "paper", rng.normal(size=(60, 58)), genre, track, np.arange(60) % 5 * 3.0)


def markdown(app: AppTest) -> list[str]:
    """Everything on a page that is Markdown: texts, messages, and labels of buttons and pills."""
    texts = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    pills = [option.content for group in app.get("button_group") for option in group.proto.options]
    return [*(element.value for element in texts), *(button.label for button in app.button), *pills]


@pytest.mark.parametrize("page", ["explore", "train", "evaluate"])
def test_no_name_is_interpreted(
    page: str, visit: Callable[[str], AppTest], dataset: Dataset, trainer: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visit(f"pages/{page}.py")
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    app.session_state[Keys.DATASET] = dataset
    if page == "evaluate":
        app.session_state[Keys.RUN] = train(trainer, dataset, SplitConfig("track")).name
    app.run()
    assert not app.exception
    shown = markdown(app)
    assert [text for text in shown if INTERPRETED.search(text)] == []
    assert any(GENRES[0] in plain(text) for text in shown)
