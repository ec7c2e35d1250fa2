"""Datasets of a few features, for tests."""

import numpy as np

from genre_core.datasets import Dataset
from genre_core.features import paper


def make_dataset(values: np.ndarray, genre: list[str], per_track: int = 1) -> Dataset:
    """A dataset of which only the first columns vary; the rest of the 58 are zero."""
    padded = np.zeros((len(values), len(paper.COLUMNS)))
    padded[:, : values.shape[1]] = values
    place = np.arange(len(values))
    track = np.array([f"{g}/{i // per_track}" for i, g in zip(place, genre, strict=True)])
    return Dataset("made", "paper", padded, np.array(genre), track, (place % per_track) * 3.0)
