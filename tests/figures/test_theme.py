"""Genres can be told apart without seeing all colors."""

import itertools

import numpy as np
import pytest

from genre_core import exploration
from genre_core.datasets import Dataset
from genre_core.figures import explore, train
from genre_core.figures.theme import genre_colors, genre_symbols
from genre_core.models.history import Epoch

GENRES = ["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"]
# G. Machado, M. Oliveira and L. Fernandes, "A physiologically-based model for simulation of color vision deficiency",
# IEEE Transactions on Visualization and Computer Graphics 15(6), 2009: linear RGB, severity 1.
SIGHT: dict[str, list[list[float]]] = {
    "full color vision": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
CLEARLY_DIFFERENT = 20.0
"""Euclidean distance in CIELAB; about 2 is just noticeable."""


def to_lab(color: str, sight: list[list[float]]) -> np.ndarray:
    """CIELAB of a color (#rrggbb) as it is seen."""
    values = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(sight) @ linear, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = (
        np.cbrt(value) if value > 0.008856 else 7.787 * value + 16 / 116 for value in to_xyz @ seen / [0.9505, 1, 1.089]
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_genres_differ_in_color_for_everyone(sight: str) -> None:
    seen = {genre: to_lab(color, SIGHT[sight]) for genre, color in genre_colors(GENRES).items()}
    near = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in itertools.combinations(GENRES, 2)}
    assert min(near.values()) > CLEARLY_DIFFERENT, min(near, key=near.__getitem__)


def test_genres_have_symbols_of_their_own() -> None:
    assert len(set(genre_symbols(map(str, range(20))).values())) == 20


def test_the_projection_has_a_symbol_for_each_genre(bundled: Dataset) -> None:
    figure = explore.projection(bundled, exploration.project(bundled, "PCA"), bundled.genres)
    assert {trace.name: trace.marker.symbol for trace in figure.data} == genre_symbols(bundled.genres)


def test_cumulative_curves_and_learning_curves_differ_in_dashes(bundled: Dataset) -> None:
    neighbors = explore.distribution(bundled, "tempo", bundled.genres[:4], "Cumulative").data
    assert len({trace.line.dash for trace in neighbors}) == 4
    training, test = train.learning_curve([Epoch(1, 1.0, 0.5, 1.2, 0.4, 0.1)], "loss").data
    assert training.line.dash != test.line.dash
