"""The figures of Predict say what the verdict says."""

import numpy as np
import pytest

from genre_core.figures import predict as figures
from genre_core.figures.theme import genre_colours
from genre_core.prediction import SegmentVerdict, Verdict

GENRES = ("blues", "jazz", "metal")


def segment(place: int, shares: tuple[float, ...], silent: bool = False) -> SegmentVerdict:
    named = dict(zip(GENRES, shares, strict=True))
    return SegmentVerdict(3.0 * place, 3.0 * place + 3, max(named, key=lambda genre: named[genre]), named, silent)


@pytest.fixture
def verdict() -> Verdict:
    """Ten seconds: blues, a silent segment, metal, and a second that is left over."""
    segments = [segment(0, (0.9, 0.1, 0.0)), segment(1, (0.5, 0.4, 0.1), silent=True), segment(2, (0.1, 0.2, 0.7))]
    return Verdict(10.0, "blues", dict(zip(GENRES, (0.5, 0.15, 0.35), strict=True)), segments, [])


def bars(figure) -> list:
    """The bars that show the segments over the wave."""
    return [trace for trace in figure.data if trace.type == "bar" and trace.base == -1]


def test_probabilities_are_ranked(verdict):
    (trace,) = figures.probabilities(verdict).data
    assert list(trace.y) == ["jazz", "metal", "blues"]
    assert list(trace.x) == [0.15, 0.35, 0.5]
    assert [text.replace("\u00a0", " ") for text in trace.text] == ["15 %", "35 %", "50 %"]


def test_the_timeline_covers_the_song(verdict):
    figure = figures.timeline(verdict, np.ones(100, dtype=np.float32))
    low, high = figure.layout.xaxis.range
    assert low <= 0 and high >= 10
    edges = sorted(
        (x - width / 2, x + width / 2) for trace in bars(figure) for x, width in zip(trace.x, trace.width, strict=True)
    )
    assert edges == [(0, 3), (3, 6), (6, 9)]
    waves = [trace for trace in figure.data if trace.type == "scatter"]
    times = [x for trace in waves for x in trace.x if x is not None]
    assert (min(times), max(times)) == (0, 10)


def test_segments_have_the_colour_of_their_genre_and_silence_has_none(verdict):
    drawn = {trace.name: trace for trace in bars(figures.timeline(verdict, np.ones(100, dtype=np.float32)))}
    assert set(drawn) == {"blues", "metal", "silent"}
    colours = genre_colours(GENRES)
    assert drawn["blues"].marker.color == colours["blues"]
    assert drawn["metal"].marker.color == colours["metal"]
    assert drawn["silent"].marker.pattern.shape == "/"
    assert not drawn["metal"].marker.pattern.shape


def test_a_segment_tells_its_time_genre_and_probability_and_where_it_starts(verdict):
    drawn = {trace.name: trace for trace in bars(figures.timeline(verdict, np.ones(100, dtype=np.float32)))}
    assert drawn["metal"].hovertext[0].replace("\u00a0", " ") == ("0:06 to 0:09<br><b>metal</b> 70 %<br>then jazz 20 %")
    assert [start for (start,) in drawn["metal"].customdata] == [6.0]
    assert "silent" in drawn["silent"].hovertext[0]


def test_each_genre_stands_in_the_legend_once(verdict):
    figure = figures.timeline(verdict, np.ones(100, dtype=np.float32))
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert names == ["blues", "metal", "silent"]


def test_a_quarter_of_an_hour_stays_small():
    segments = [segment(i, (0.9, 0.1, 0.0)) for i in range(300)]
    verdict = Verdict(900.0, "blues", dict(zip(GENRES, (0.9, 0.1, 0.0), strict=True)), segments, [])
    figure = figures.timeline(verdict, np.ones(1200, dtype=np.float32))
    assert len(figure.layout.xaxis.tickvals) <= 8
    assert figure.layout.xaxis.ticktext[-1] == "15:00"
    assert len(figure.to_json()) < 300_000


def test_the_envelope_is_the_loudest_sample_of_each_piece(rng):
    samples = rng.normal(size=10_000).astype(np.float32)
    loudness = figures.envelope(samples, points=100)
    assert loudness.shape == (100,)
    np.testing.assert_allclose(loudness, np.abs(samples).reshape(100, 100).max(axis=1) / np.abs(samples).max())


def test_the_envelope_of_little_or_of_silence():
    np.testing.assert_array_equal(figures.envelope(np.array([0.5, -1.0], dtype=np.float32)), [0.5, 1.0])
    np.testing.assert_array_equal(figures.envelope(np.zeros(5000, dtype=np.float32), points=4), [0, 0, 0, 0])
