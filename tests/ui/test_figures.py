"""Figures that are drawn once: what counts as the same arguments, and how many are kept."""

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.feature_table import make_dataset
from ui import cached
from ui.cached import figures


class Drawing:
    """A function that draws, and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, *arguments: object, **settings: object) -> go.Figure:
        self.count += 1
        return go.Figure(go.Bar(y=[self.count]))


@pytest.fixture
def draw() -> Drawing:
    return Drawing()


def test_the_same_values_and_the_same_objects_are_drawn_once(draw: Drawing) -> None:
    values = np.arange(3)
    first = cached.figure(draw, values, ["a", 1], {"x": 0.5}, drag="pan")
    assert cached.figure(draw, values, ["a", 1], {"x": 0.5}, drag="pan") is first
    assert first.to_dict()["data"][0]["y"] == [1]
    others = [
        cached.figure(draw, np.arange(3), ["a", 1], {"x": 0.5}, drag="pan"),
        cached.figure(draw, values, ["a", True], {"x": 0.5}, drag="pan"),
        cached.figure(draw, values, ["a", 1], {"x": 0.6}, drag="pan"),
        cached.figure(draw, values, ["a", 1], {"x": 0.5}, drag="lasso"),
    ]
    assert [figure.to_dict()["data"][0]["y"] for figure in others] == [[2], [3], [4], [5]]


def test_datasets_are_the_same_by_their_content(draw: Drawing) -> None:
    values, genres = np.arange(4.0).reshape(2, 2), ["blues", "jazz"]
    first = cached.figure(draw, make_dataset(values, genres))
    assert cached.figure(draw, make_dataset(values.copy(), genres)) is first
    assert cached.figure(draw, make_dataset(values + 1, genres)) is not first


def test_an_object_at_the_address_of_another_is_drawn_too(draw: Drawing) -> None:
    known = len(figures._known)
    for _ in range(20):
        cached.figure(draw, np.arange(3))  # gone before the next one is made
    assert draw.count == 20
    assert len(figures._known) < known + 20


def test_the_oldest_figures_are_forgotten(draw: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    size = cached.figure(draw, "first").json_bytes
    monkeypatch.setattr(figures, "_MOST_BYTES", 3 * size + 100)
    for name in ("second", "third", "first", "fourth"):
        cached.figure(draw, name)
    assert draw.count == 4
    cached.figure(draw, "first")
    assert draw.count == 4
    cached.figure(draw, "second")
    assert draw.count == 5
