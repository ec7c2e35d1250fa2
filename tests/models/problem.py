"""A classification problem that every model can learn."""

import numpy as np

from genre_core.models.training_data import TrainingData

N_GENRES = 3


def make_problem(*, pictures: bool = False) -> TrainingData:
    """Segments of three genres that are easily told apart, as numbers or as pictures with a bright band."""
    rng = np.random.default_rng(1)
    labels = np.arange(150) % N_GENRES
    if pictures:
        x = rng.integers(0, 120, size=(150, 32, 32, 2), dtype=np.uint8)
        for row, label in enumerate(labels):
            x[row, 10 * label : 10 * label + 6] += 120
    else:
        x = rng.normal(size=(150, 6)).astype(np.float32)
        x[:, 0] += 3 * labels
    groups = np.arange(150) // 5
    return TrainingData(x[:120], labels[:120], groups[:120], x[120:], labels[120:], x.mean(), x.std(), N_GENRES)
