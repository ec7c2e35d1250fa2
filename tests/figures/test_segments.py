"""What is shown of segments: their probabilities, and frequencies at the right place."""

import numpy as np
import pytest

from genre_core.evaluation import Evaluation
from genre_core.features import mel
from genre_core.figures import segments as figures
from tests.confusion import GENRES


def test_the_probable_genres_come_first_and_the_true_one_is_always_there() -> None:
    shares = figures.genre_shares([0.004, 0.7, 0.296], GENRES, "blues")
    assert [(share.genre, share.probability, share.is_true) for share in shares] == [
        ("jazz", 0.7, False),
        ("polka", 0.296, False),
        ("blues", 0.004, True),
    ]
    assert len({share.color for share in shares}) == 3
    assert [share.genre for share in figures.genre_shares([0.004, 0.7, 0.296], GENRES, "jazz")] == ["jazz", "polka"]


def test_the_segments_of_a_track_run_over_its_time() -> None:
    labels = np.zeros(3, dtype=np.int64)
    probabilities = np.array([[0.7, 0.25, 0.05], [0.3, 0.65, 0.05], [0.97, 0.02, 0.01]])
    track = Evaluation(GENRES, labels, np.full(3, "blues/a"), np.array([0.0, 3.0, 9.0]), probabilities)
    figure = figures.track_segments(track.to_frame(), GENRES, 3.0, chosen=3.0)
    *layers, predicted = figure.data
    assert [layer.name for layer in layers] == ["blues", "jazz", "others"]
    assert np.sum([layer.y for layer in layers], axis=0) == pytest.approx([1, 1, 1])
    assert all(list(layer.x) == [1.5, 4.5, 10.5] for layer in layers)
    assert list(predicted.text) == ["✓", "✗", "✓"]
    assert predicted.marker.color[0] == layers[0].marker.color == predicted.marker.color[2]
    assert all(list(trace.customdata) == [0.0, 3.0, 9.0] for trace in figure.data)
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1) == (3.0, 6.0)
    assert not figures.track_segments(track.to_frame(), GENRES, 3.0).layout.shapes


def test_a_tone_is_at_its_frequency() -> None:
    samples = np.sin(2 * np.pi * 1000 * np.arange(66_149) / mel.RATE).astype(np.float32)
    loudest = mel.picture(samples)[:, 32, 0].argmax()
    (height,) = [height for height, name in figures.frequency_ticks() if name == "1\u00a0kHz"]
    assert (loudest + 0.5) / mel.BANDS == pytest.approx(height, abs=0.6 / mel.BANDS)


def test_low_levels_are_dark_and_high_ones_bright() -> None:
    colors = np.array(figures.magma_colors())
    assert colors.shape[1] == 3 and colors.min() >= 0 and colors.max() <= 255
    assert (np.diff(colors.sum(axis=1)) > 0).all()
    assert colors[0].sum() < 20 and colors[-1].sum() > 600
