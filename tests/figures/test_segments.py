"""Figures of segments show their probabilities, and frequencies at the right place."""

import numpy as np
import pytest

from genre_core.evaluation import Evaluation
from genre_core.features import mel
from genre_core.figures import segments as figures
from tests.confusion import GENRES


def test_the_true_genre_of_a_segment_is_marked() -> None:
    bars = figures.segment_probabilities([0.2, 0.7, 0.1], GENRES, "blues").data[0]
    assert list(bars.y) == ["polka", "<b>blues (true)</b>", "jazz"]
    assert list(bars.x) == [0.1, 0.2, 0.7]


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
    figure = figures.segment_spectrogram(mel.picture(samples), 6.0, 3.0)
    (heat,) = figure.data
    z = np.array(heat.z)
    assert z.max() == 0
    assert z.min() == -80
    axis = figure.layout.yaxis
    (tick,) = [place for place, name in zip(axis.tickvals, axis.ticktext, strict=True) if name == "1\u00a0kHz"]
    assert (z[:, 32].argmax() - tick) == pytest.approx(0, abs=0.6)
    assert 6 < heat.x[0] < heat.x[-1] < 9


def test_silence_is_dark() -> None:
    heat = figures.segment_spectrogram(np.zeros(mel.SHAPE, dtype=np.uint8), 0.0, 3.0).data[0]
    assert (np.array(heat.z) == -80).all()


def test_no_color_is_one_that_streamlit_replaces() -> None:
    """Its theme replaces #000001 to #000020 by its own colors."""
    heat = figures.segment_spectrogram(np.zeros(mel.SHAPE, dtype=np.uint8), 0.0, 3.0).data[0]
    assert not any(color.startswith("#0000") for _, color in heat.colorscale)
