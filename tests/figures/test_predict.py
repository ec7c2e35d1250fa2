"""The figures of Predict agree with the prediction."""

import numpy as np
import plotly.graph_objects as go
import pytest

from genre_core.figures import predict as figures
from genre_core.figures.theme import genre_colors
from genre_core.prediction import GenreChange, Reliability, SegmentPrediction, SimilarTrack, SongPrediction, Tag
from genre_core.prediction.explanation import Contribution, PictureExplanation

GENRES = ("blues", "jazz", "metal")


def named(shares: tuple[float, ...]) -> tuple[str, dict[str, float]]:
    """The most probable genre, and the probabilities by name."""
    by_name = dict(zip(GENRES, shares, strict=True))
    return max(by_name, key=lambda genre: by_name[genre]), by_name


def segment(
    place: int, shares: tuple[float, ...], silent: bool = False, in_domain: float | None = None
) -> SegmentPrediction:
    return SegmentPrediction(3.0 * place, 3.0 * place + 3, *named(shares), silent, in_domain)


def prediction_of(
    duration_s: float, segments: list[SegmentPrediction], shares: tuple[float, ...], *changes: GenreChange
) -> SongPrediction:
    tags = [Tag("jazz", 0.6, "genre"), Tag("sad", 0.3, "mood"), Tag("blues", 0.2, "genre"), Tag("60s", 0.1, "era")]
    genre, by_name = named(shares)
    return SongPrediction(
        duration_s=duration_s,
        genre=genre,
        runner_up=sorted(by_name, key=lambda other: -by_name[other])[1],
        probabilities=by_name,
        changes=list(changes),
        tags=tags,
        reliability=Reliability(0.9, []),
        similar=[SimilarTrack("jazz/jazz.00001", 0.9, from_audio=True)],
        segments=segments,
        warnings=[],
    )


@pytest.fixture
def prediction() -> SongPrediction:
    """Ten seconds: blues, a silent segment, metal, and a rest of one second."""
    segments = [segment(0, (0.9, 0.1, 0.0)), segment(1, (0.5, 0.4, 0.1), silent=True), segment(2, (0.1, 0.2, 0.7))]
    return prediction_of(10.0, segments, (0.5, 0.15, 0.35))


def bars(figure: go.Figure) -> list[go.Bar]:
    """The bars that show the segments over the wave."""
    return [trace for trace in figure.data if trace.type == "bar" and trace.base == -1]


def test_probabilities_are_ranked(prediction: SongPrediction) -> None:
    (trace,) = figures.probabilities(prediction.probabilities).data
    assert list(trace.y) == ["jazz", "metal", "blues"]
    assert list(trace.x) == [0.15, 0.35, 0.5]
    assert [text.replace("\u00a0", " ") for text in trace.text] == ["15 %", "35 %", "50 %"]


def test_the_timeline_covers_the_song(prediction: SongPrediction) -> None:
    figure = figures.timeline(prediction, np.ones(100, dtype=np.float32))
    low, high = figure.layout.xaxis.range
    assert low <= 0 and high >= 10
    edges = sorted(
        (x - width / 2, x + width / 2) for trace in bars(figure) for x, width in zip(trace.x, trace.width, strict=True)
    )
    assert edges == [(0, 3), (3, 6), (6, 9)]
    waves = [trace for trace in figure.data if trace.type == "scatter"]
    times = [x for trace in waves for x in trace.x if x is not None]
    assert (min(times), max(times)) == (0, 10)
    heights = [y for trace in waves for y in trace.y if y is not None]
    assert -1 < min(heights) < max(heights) < 1


def test_without_an_envelope_the_colors_fill_the_timeline(prediction: SongPrediction) -> None:
    figure = figures.timeline(prediction)
    assert {trace.type for trace in figure.data} == {"bar"}
    assert [trace.name for trace in bars(figure)] == ["blues", "metal", "silent"]
    assert all(trace.marker.opacity == 1 and trace.showlegend for trace in figure.data)


def test_segments_have_the_color_of_their_genre_and_silence_has_none(prediction: SongPrediction) -> None:
    drawn = {trace.name: trace for trace in bars(figures.timeline(prediction, np.ones(100, dtype=np.float32)))}
    assert set(drawn) == {"blues", "metal", "silent"}
    colors = genre_colors(GENRES)
    assert drawn["blues"].marker.color == colors["blues"]
    assert drawn["metal"].marker.color == colors["metal"]
    assert drawn["silent"].marker.pattern.shape == "/"
    assert not drawn["metal"].marker.pattern.shape


def test_out_of_domain_sections_are_hatched_and_said_to_be_so() -> None:
    blues = (0.9, 0.1, 0.0)
    segments = [
        segment(0, blues, in_domain=0.9),
        segment(1, blues, in_domain=0.1),
        segment(2, (0.1, 0.2, 0.7), in_domain=0.1),
    ]
    figure = figures.timeline(prediction_of(9.0, segments, blues), np.ones(90, dtype=np.float32))
    drawn = {(trace.name, trace.marker.pattern.shape): trace for trace in bars(figure)}
    assert set(drawn) == {("blues", ""), ("blues", "x"), ("metal", "x")}
    assert drawn["blues", "x"].marker.color == drawn["blues", ""].marker.color
    for trace in drawn.values():
        assert ("out-of-domain" in trace.hovertext[0]) == (trace.marker.pattern.shape == "x")
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert names == ["blues", "metal", "Out-of-domain"]


def test_silence_is_no_out_of_domain_section() -> None:
    segments = [segment(0, (0.9, 0.1, 0.0), in_domain=0.9), segment(1, (0.9, 0.1, 0.0), silent=True, in_domain=0.1)]
    figure = figures.timeline(prediction_of(6.0, segments, (0.9, 0.1, 0.0)), np.ones(60, dtype=np.float32))
    assert [trace.name for trace in bars(figure)] == ["blues", "silent"]


def test_the_hover_of_a_segment_has_time_genre_and_probability(prediction: SongPrediction) -> None:
    drawn = {trace.name: trace for trace in bars(figures.timeline(prediction, np.ones(100, dtype=np.float32)))}
    assert drawn["metal"].hovertext[0].replace("\u00a0", " ") == ("0:06 to 0:09<br><b>metal</b> 70 %<br>then jazz 20 %")
    assert "silent" in drawn["silent"].hovertext[0]


def test_segments_that_overlap_meet_halfway() -> None:
    shares = ((0.9, 0.1, 0.0), (0.1, 0.9, 0.0), (0.0, 0.1, 0.9))
    segments = [SegmentPrediction(1.5 * i, 1.5 * i + 3, *named(s), silent=False) for i, s in enumerate(shares)]
    figure = figures.timeline(prediction_of(6.0, segments, shares[0]), np.ones(60, dtype=np.float32))
    edges = sorted((x - w / 2, x + w / 2) for trace in bars(figure) for x, w in zip(trace.x, trace.width, strict=True))
    assert edges == [(0, 2.25), (2.25, 3.75), (3.75, 6)]


def test_gaps_between_segments_are_gray() -> None:
    segments = [SegmentPrediction(6.0 * i, 6.0 * i + 3, *named((0.9, 0.1, 0.0)), silent=False) for i in range(2)]
    figure = figures.timeline(prediction_of(9.0, segments, (0.9, 0.1, 0.0)), np.ones(90, dtype=np.float32))
    edges = sorted((x - w / 2, x + w / 2) for trace in bars(figure) for x, w in zip(trace.x, trace.width, strict=True))
    assert edges == [(0, 3), (6, 9)]
    gray = [x for x in figure.data[0].x if x is not None]
    assert (min(gray), max(gray)) == (3, 6)


def test_a_genre_change_is_marked_where_it_is() -> None:
    segments = [segment(i, (0.9, 0.1, 0.0) if i < 3 else (0.0, 0.1, 0.9)) for i in range(6)]
    change = GenreChange(9.0, "blues", "metal", 0.8)
    figure = figures.timeline(prediction_of(18.0, segments, (0.5, 0.1, 0.4), change), np.ones(100, dtype=np.float32))
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == 9.0
    (mark,) = figure.layout.annotations
    assert (mark.x, mark.text) == (9.0, "0:09 → metal")
    assert mark.hovertext.replace("\u00a0", " ") == "blues → metal, confidence 80 %"


def test_tags_are_shown_by_kind_on_one_scale(prediction: SongPrediction) -> None:
    genres, others = figures.tags(prediction, {"genre"}), figures.tags(prediction, {"mood", "era"})
    assert list(genres.data[0].y) == ["blues", "jazz"]
    assert list(others.data[0].y) == ["60s", "sad"]
    assert genres.layout.xaxis.range == others.layout.xaxis.range


def test_a_baseline_is_marked_on_the_bars_of_the_same_genres(prediction: SongPrediction) -> None:
    baseline = dict(zip(GENRES, (0.1, 0.2, 0.7), strict=True))
    bar, marks = figures.probabilities(prediction.probabilities, baseline).data
    assert list(bar.y) == list(marks.y)
    assert list(marks.x) == [baseline[genre] for genre in bar.y]


def test_contributions_point_right_for_the_genre_and_left_against_it() -> None:
    parts = [
        Contribution("timbre", ("mfcc1_mean", "mfcc2_mean"), 2.0, 1.0),
        Contribution("tempo", ("tempo",), -0.5, 3.0),
    ]
    (trace,) = figures.contributions(parts, "jazz").data
    assert list(trace.y) == ["tempo", "timbre"]
    assert list(trace.x) == [-0.5, 2.0]
    assert list(trace.text) == ["-0.5", "+2.0"]
    assert trace.marker.color[1] == genre_colors(["jazz"])["jazz"] != trace.marker.color[0]


def test_blocks_lie_over_their_picture(rng: np.random.Generator) -> None:
    picture = rng.integers(0, 255, (64, 48, 1), dtype=np.uint8)
    below, over = figures.occlusion(picture, PictureExplanation("jazz", rng.normal(size=(8, 8))), 3.0, 6.0).data
    np.testing.assert_array_equal(below.z, picture[:, :, 0])
    assert (over.x[0] + over.x[-1]) / 2 == pytest.approx((below.x[0] + below.x[-1]) / 2) == pytest.approx(4.5)
    assert (over.y[0] + over.y[-1]) / 2 == pytest.approx(63 / 2)
    assert -over.zmin == over.zmax == np.abs(over.z).max()


def test_each_genre_is_in_the_legend_once(prediction: SongPrediction) -> None:
    figure = figures.timeline(prediction, np.ones(100, dtype=np.float32))
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert names == ["blues", "metal", "silent"]


def test_the_timeline_of_a_quarter_of_an_hour_stays_small() -> None:
    segments = [segment(i, (0.9, 0.1, 0.0)) for i in range(300)]
    prediction = prediction_of(900.0, segments, (0.9, 0.1, 0.0))
    figure = figures.timeline(prediction, np.ones(1200, dtype=np.float32))
    assert len(figure.layout.xaxis.tickvals) <= 8
    assert figure.layout.xaxis.ticktext[-1] == "15:00"
    assert len(figure.to_json()) < 300_000
