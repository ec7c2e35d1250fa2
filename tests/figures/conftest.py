"""Facts of runs, made from those of a bundled one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from genre_core import runs
from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation import Interval
from genre_core.models.base import ModelConfig
from genre_core.runs import RunInfo


@pytest.fixture
def make() -> Callable[..., RunInfo]:
    """Makes the facts of a run with a name, a configuration, an accuracy and a split."""
    base = runs.load_run("paper-track").info

    def made(
        name: str, config: ModelConfig, accuracy: float = 0.5, split: SplitConfig | None = None, **other: Any
    ) -> RunInfo:
        scores = replace(base.scores, accuracy=accuracy, track_accuracy=accuracy, macro_f1=accuracy)
        interval = Interval(accuracy - 0.1, accuracy + 0.05)
        ci95 = dict.fromkeys(base.ci95, interval)
        changed: dict[str, Any] = {
            "title": "",
            "split": split or base.split,
            "config": config,
            "scores": scores,
            "ci95": ci95,
        }
        return replace(base, **(changed | {"name": name} | other))

    return made
