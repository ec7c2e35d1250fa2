"""Helpers for tests of the page Evaluate."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.models.config import LogisticConfig
from genre_core.runs import RunInfo
from genre_core.training import Trainer
from tests.page_text import plain


def train(trainer: Trainer, dataset: Dataset, split: SplitConfig) -> RunInfo:
    """Train a quick run."""
    return trainer.start(dataset, LogisticConfig(), split).result().info


def open_view(app: AppTest, view: str) -> AppTest:
    """Choose a view of the predictions."""
    return app.segmented_control(key="evaluate_view").set_value(view).run()


def words(app: AppTest) -> str:
    """All texts of the page."""
    text = "\n".join(element.value for element in (*app.markdown, *app.caption, *app.warning, *app.info))
    return plain(text)


def playlist(app: AppTest) -> dict[str, Any]:
    """What the browser gets to play."""
    (component,) = [found for found in app.get("bidi_component") if found.proto.component_name == "genre_lab_playlist"]
    data: dict[str, Any] = json.loads(component.proto.json)
    return data
