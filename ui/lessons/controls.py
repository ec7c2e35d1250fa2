"""The controls of each page that a lesson can hide, in the order of the page."""

from dataclasses import dataclass
from functools import cache

from genre_core.models.config import MODELS


@dataclass(frozen=True)
class Control:
    """A control of a page.

    Attributes
    ----------
    name : as page code and stored lessons name it.
    label : as the page labels it.
    parameters : the parameters of the address that it sets.
    of : the parameter that must be as in the lesson for the lesson's value of this control to apply: a setting of one
        model says nothing about another.
    """

    name: str
    label: str
    parameters: tuple[str, ...]
    of: str = ""


def _control(name: str, label: str) -> Control:
    return Control(name, label, (name,))


def _settings() -> tuple[Control, ...]:
    """The settings of all models; one that several models have is one control."""
    labels: dict[str, str] = {}
    for config_class in MODELS.values():
        for name, setting in config_class.settings().items():
            labels.setdefault(name, setting.label)
    return tuple(Control(name, label, (name,), of="model") for name, label in labels.items())


@cache
def controls_of(page: str) -> tuple[Control, ...]:
    """The controls of a page; none if it has no lessons."""
    if page == "train":
        return (*_TRAIN[:4], *_settings(), *_TRAIN[4:])
    return _OTHERS.get(page, ())


_DATASET = Control("dataset", "Dataset", ())
_RUN = _control("run", "Run")
_TRAIN = (
    _DATASET,
    Control("preset", "Preset", ()),
    _control("model", "Model"),
    _control("features", "Feature set"),
    _control("split", "Split"),
    _control("folds", "Folds"),
    _control("seed", "Seed"),
    _control("test_size", "Test size"),
    _control("augmentations", "Augment the training set"),
    Control("sweep", "Hyperparameter sweep", ()),
)
_OTHERS: dict[str, tuple[Control, ...]] = {
    "explore": (
        _DATASET,
        _control("genres", "Genres"),
        _control("section", "Sections"),
        _control("feature", "Feature"),
        _control("plot", "Plot type"),
        _control("ranking", "Feature ranking"),
        _control("x", "Horizontal axis"),
        _control("y", "Vertical axis"),
        _control("grouped", "Group correlated features"),
        _control("method", "Projection method"),
    ),
    "listen": (_RUN, _control("compare", "Compare with")),
    "evaluate": (
        _RUN,
        _control("downloads", "Downloads"),
        _control("splits", "Effect of the split"),
        _control("view", "Views"),
    ),
    "predict": (
        _RUN,
        _control("hop", "Hop"),
        _control("compare", "Compare with the paper's network"),
        _control("view", "Views"),
    ),
    "quiz": (
        Control("join", "Join a quiz", ()),
        _RUN,
        _control("songs", "Clips from"),
        _control("clips", "Number of clips"),
        _control("segments", "Clip length"),
        Control("class", "Play as a class", ()),
    ),
}
