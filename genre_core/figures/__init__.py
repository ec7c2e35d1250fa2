"""Figures: pure functions from results to Plotly figures.

explore, listen, train, evaluate, compare, predict, quiz : the figures of each page (those of Start are in explore).
confusion, curves, folds, segments, settings : further figures of Evaluate and Compare.
theme : the common layout, and a color for each genre.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genre_core.figures import compare, evaluate, explore, listen, predict, quiz, train

__all__ = ["compare", "evaluate", "explore", "listen", "predict", "quiz", "train"]

if not TYPE_CHECKING:  # or else a type checker would find any name here

    def __getattr__(name: str) -> object:
        """The module of a page, loaded when it is first used, as in `figures.predict.timeline(prediction)`."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")
