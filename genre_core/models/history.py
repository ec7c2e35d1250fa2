"""The learning curve of a network, epoch by epoch, and its file."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from genre_core.reading import read_json

HISTORY_FILE = "history.json"
_MOST_BYTES = 32_000_000
"""Of HISTORY_FILE; an epoch takes 160."""


@dataclass(frozen=True)
class Epoch:
    """Results of one pass over the training set."""

    epoch: int
    """Number of the epoch, from 1."""
    loss: float
    """Mean cross-entropy on the training set, in nats."""
    accuracy: float
    test_loss: float | None
    """On the test set, or the validation set while the number of epochs is chosen; None where there is neither."""
    test_accuracy: float | None
    seconds: float
    """Time since the start of the training."""


def write_history(folder: Path, history: Sequence[Epoch]) -> None:
    """Write a learning curve to a folder."""
    (folder / HISTORY_FILE).write_text(json.dumps([asdict(epoch) for epoch in history]), encoding="utf-8")


def read_history(folder: Path) -> list[Epoch]:
    """Read the learning curve in a folder; DamagedFileError if it is missing or damaged."""
    history: list[Epoch] = read_json(folder / HISTORY_FILE, list[Epoch], most_bytes=_MOST_BYTES)
    return history
