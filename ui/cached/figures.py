"""Figures, drawn once for all visitors who look at the same."""

import itertools
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import plotly.graph_objects as go

from genre_core.datasets import Dataset
from ui.cached.datasets import digest

_MOST_BYTES = 60_000_000
"""What all kept figures may take, as JSON."""


class DrawnFigure(go.Figure):
    """A figure that does not change any more; Plotly would copy it each time it is shown."""

    def __init__(self, figure: go.Figure) -> None:
        super().__init__()
        self._drawn = figure.to_dict()
        self._json_bytes = len(figure.to_json())

    @property
    def json_bytes(self) -> int:
        """Its size as JSON."""
        return self._json_bytes

    def to_dict(self) -> dict[str, Any]:
        """The figure as Plotly's JavaScript takes it: never change it."""
        return self._drawn


def figure(draw: Callable[..., go.Figure], *arguments: Any, **settings: Any) -> DrawnFigure:
    """What `draw` returns for these arguments, drawn at most once as long as it is kept.

    Numbers, texts and what is made of them are compared by value, datasets by their content, and everything else by
    identity: results of the caches here are the same objects each time.
    """
    key = (draw, _key(arguments), _key(settings))
    with _lock:
        if key in _figures:
            _figures.move_to_end(key)
            return _figures[key]
    drawn = DrawnFigure(draw(*arguments, **settings))
    with _lock:
        _figures[key] = drawn
        while sum(kept.json_bytes for kept in _figures.values()) > _MOST_BYTES and len(_figures) > 1:
            _figures.popitem(last=False)
    return drawn


_figures: OrderedDict[Hashable, DrawnFigure] = OrderedDict()
_lock = threading.Lock()
_numbers = itertools.count()
_known: dict[int, tuple[weakref.ref[Any], int]] = {}
"""The number of each object that was an argument, by its id, which another object may get later."""


def _key(value: Any) -> Hashable:
    if value is None or isinstance(value, bool | int | float | str):
        return type(value), value
    if isinstance(value, tuple | list):
        return tuple(map(_key, value))
    if isinstance(value, set | frozenset):
        return frozenset(map(_key, value))
    if isinstance(value, Mapping):
        return tuple((_key(name), _key(content)) for name, content in value.items())
    if isinstance(value, Dataset):
        return digest(value)
    reference, number = _known.get(id(value), (None, 0))
    if reference is None or reference() is not value:
        number = next(_numbers)
        place = id(value)
        _known[place] = weakref.ref(value, lambda gone: _forget(place, gone)), number
    return "object", number


def _forget(place: int, gone: "weakref.ref[Any]") -> None:
    if place in _known and _known[place][0] is gone:
        del _known[place]
