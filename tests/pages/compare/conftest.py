"""The page Compare, runs of the user's, and a sweep."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.compare_page import add_run


@pytest.fixture
def app(visit: Callable[[str], AppTest]) -> AppTest:
    """The page."""
    return visit("pages/compare.py")


@pytest.fixture
def own_runs(home: Path) -> list[str]:
    return [
        add_run(home, "small", title="Small", config={"layers": [32, 16]}, scores={"track_accuracy": 0.4}),
        add_run(home, "smaller", title="Smaller", config={"layers": [16]}, note="hardly learns anything"),
        add_run(home, "leaky", like="paper-random", title="Leaky"),
    ]


@pytest.fixture
def sweep(home: Path) -> str:
    name = "sweep-mlp-1"
    for number, (dropout, accuracy) in enumerate(((0.0, 0.3), (0.2, 0.7), (0.4, 0.5)), 1):
        add_run(
            home,
            f"trial-{number}",
            sweep=name,
            title=f"{name}, {number} of 3",
            split={"selection": True},
            config={"dropout": dropout},
            scores={"track_accuracy": accuracy},
        )
    add_run(home, "final", sweep=name, title=f"Best of {name}", scores={"track_accuracy": 0.6})
    return name
