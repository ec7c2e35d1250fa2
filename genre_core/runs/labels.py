"""Names of runs for people: in pickers, tables, legends and messages."""

import re
from collections.abc import Sequence
from datetime import datetime

from genre_core import datasets
from genre_core.features import FEATURE_SETS, stem_of
from genre_core.runs.info import RunInfo
from genre_core.wording import percent


def run_label(info: RunInfo) -> str:
    """The label of a run, the most telling first: its title, or else the model and the feature set; the split, the
    accuracy per track and the time of training.

    As in "MLP on 58 features · random split · 99 % · 27 Nov 10:12".
    """
    accuracy, stopped = percent(info.scores.track_accuracy), ["stopped early"] if info.stopped else []
    return " · ".join([run_title(info), info.split.description, accuracy, *stopped, _short_time(info.created)])


def run_labels(infos: Sequence[RunInfo]) -> dict[str, str]:
    """The label of each run by its name, no two the same."""
    texts = {info.name: run_label(info) for info in infos}
    known = list(texts.values())
    return {name: f"{text} · {name}" if known.count(text) > 1 else text for name, text in texts.items()}


def run_title(info: RunInfo) -> str:
    """The title that the user gave a run, or else its model and feature set, and whether it was augmented.

    The titles that a sweep gives its runs are replaced by their settings.
    """
    if info.sweep and re.fullmatch(rf"{re.escape(info.sweep)}, \d+ of \d+", info.title):
        return info.description
    if info.sweep and info.title == f"Best of {info.sweep}":
        return f"Best of sweep: {info.description}"
    augmented = ", augmented" if info.augmentations else ""
    return info.title or f"{info.config.short_title} on {feature_set_name(info.features)}{augmented}"


def feature_set_name(features: str) -> str:
    """The short title of a feature set, as in "58 features of the vocals"; of an unknown one its name."""
    name, at, _ = features.partition("@")
    title = FEATURE_SETS[name].short_title if name in FEATURE_SETS else name
    return title + (f" of the {stem_of(features)}" if at else "")


def dataset_name(info: RunInfo) -> str:
    """The name of a run's dataset for people."""
    return "GTZAN-mini" if info.dataset == datasets.BUNDLED else info.dataset


def _short_time(created: str) -> str:
    """A time of this year as "27 Nov 10:12", of another year as "27 Nov 2025", in the local time zone."""
    time = datetime.fromisoformat(created).astimezone()
    if time.year == datetime.now().astimezone().year:
        return f"{time.day} {time:%b %H:%M}"
    return f"{time.day} {time:%b %Y}"
